package dev.heliostat.generation;

import java.time.Clock;

import dev.heliostat.attempt.Attempts;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.media.MediaStore;
import dev.heliostat.pricing.Pricer;
import dev.heliostat.provider.ParameterRules;
import dev.heliostat.provider.Providers;
import dev.heliostat.routing.Router;
import dev.heliostat.routing.RoutingProperties;
import dev.heliostat.telemetry.GatewayMeters;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Wires {@link Generations}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GenerationProperties.class)
class GenerationConfiguration {

	@Bean
	Running runningGenerations(GatewayMeters meters, GenerationProperties properties) {
		return new Running(meters, properties.shutdownPatience(), properties.deadline());
	}

	@Bean
	Generations generations(Router router, Providers providers, ParameterRules rules, Pricer pricer, Attempts attempts,
			Ledger ledger, MediaStore media, GatewayMeters meters, Running running, RoutingProperties routing) {
		Submissions submissions = new Submissions(providers, rules, pricer, attempts, ledger, meters);
		return new Generations(router, new Pictures(submissions, routing.retry() == RoutingProperties.Retry.EAGER),
				ledger, new Delivery(media), running, Clock.systemUTC());
	}

}
