package dev.heliostat.pricing;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Wires {@link Pricer}.
 */
@Configuration(proxyBeanMethods = false)
class PricingConfiguration {

	@Bean
	Pricer pricer() {
		return new Pricer();
	}

}
