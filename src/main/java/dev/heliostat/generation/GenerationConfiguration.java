package dev.heliostat.generation;

import java.time.Clock;

import dev.heliostat.access.SecretKey;
import dev.heliostat.attempt.Attempts;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.ledger.Leases;
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
	Running runningGenerations(GatewayMeters meters, Ledger ledger, GenerationProperties properties) {
		return new Running(meters, ledger, properties.shutdownPatience(), properties.deadline());
	}

	@Bean
	Awaited awaitedGenerations(Ledger ledger) {
		return new Awaited(ledger);
	}

	@Bean
	Delivery delivery(MediaStore media) {
		return new Delivery(media);
	}

	@Bean
	Results results(SecretKey secret, Delivery delivery) {
		return new Results(secret, delivery);
	}

	@Bean
	Booking booking(Pricer pricer, GatewayMeters meters) {
		return new Booking(pricer, meters);
	}

	@Bean
	Repetitions repetitions(Running running, Awaited awaited, Results results, GatewayMeters meters) {
		return new Repetitions(running, awaited, results, meters);
	}

	@Bean
	Recovery recovery(Leases leases, Catalogs catalogs, Providers providers, Attempts attempts, Booking booking,
			Delivery delivery, Results results, Ledger ledger, SecretKey secret, GenerationProperties properties) {
		return new Recovery(leases, new Resumption(catalogs, providers, attempts, booking, delivery, results, ledger,
				secret, Clock.systemUTC()), properties.lease());
	}

	@Bean
	Generations generations(Router router, Providers providers, ParameterRules rules, Pricer pricer, Attempts attempts,
			Ledger ledger, Delivery delivery, GatewayMeters meters, Running running, RoutingProperties routing,
			GenerationProperties properties, Repetitions repetitions, Results results, Booking booking, Leases leases,
			SecretKey secret) {
		Submissions submissions = new Submissions(providers, rules, pricer, attempts, ledger, meters, booking, secret);
		return new Generations(router, new Pictures(submissions, routing.retry() == RoutingProperties.Retry.EAGER),
				ledger, delivery, running, new Admission(ledger, properties, Clock.systemUTC()), repetitions, results,
				leases::owner, Clock.systemUTC());
	}

}
