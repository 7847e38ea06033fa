package dev.heliostat.routing;

import java.util.concurrent.ThreadLocalRandom;

import dev.heliostat.attempt.Health;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.pricing.Pricer;
import dev.heliostat.provider.ParameterRules;
import dev.heliostat.provider.Providers;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Wires {@link Router}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RoutingProperties.class)
class RoutingConfiguration {

	@Bean
	Router router(Catalogs catalogs, Providers providers, ParameterRules rules, Pricer pricer, Health health,
			RoutingProperties properties) {
		Turns turns = new Turns();
		Scoring scoring = new Scoring(health, turns, properties);
		Departure departure = new Departure(scoring, turns, health, properties.explore(),
				() -> ThreadLocalRandom.current().nextDouble());
		return new Router(catalogs, new Eligibility(providers, properties), rules, pricer, scoring, departure);
	}

}
