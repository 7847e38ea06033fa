package dev.heliostat.attempt;

import dev.heliostat.nodes.Hints;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Wires {@link Attempts} and {@link Health}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AttemptProperties.class)
class AttemptConfiguration {

	@Bean
	Health offeringHealth(AttemptProperties properties, MeterRegistry registry, Hints hints) {
		return new Health(properties, registry, hints);
	}

	@Bean
	Attempts attempts(Health health) {
		return new Attempts(health);
	}

}
