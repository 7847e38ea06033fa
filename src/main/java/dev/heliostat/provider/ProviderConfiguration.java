package dev.heliostat.provider;

import java.time.Clock;
import java.util.List;

import dev.heliostat.access.AuditLog;
import dev.heliostat.ledger.StoreReads;
import dev.heliostat.media.Masks;
import dev.heliostat.media.MediaStore;
import dev.heliostat.nodes.Hints;
import dev.heliostat.telemetry.TraceExport;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Wires providers and parameter rules. Protocols are beans of their own packages.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ProvidersProperties.class)
class ProviderConfiguration {

	@Bean
	ParameterRules parameterRules() {
		return new CatalogParameterRules();
	}

	@Bean
	InputPreparation inputPreparation(Masks masks, MediaStore store) {
		return new InputPreparation(masks, store);
	}

	@Bean
	ProviderSwitches providerSwitches(StoreReads store, AuditLog audit, Hints hints) {
		return new ProviderSwitches(store, audit, Clock.systemUTC(), hints);
	}

	@Bean
	Providers providers(ProvidersProperties properties, Environment environment, List<Protocol> protocols,
			ObservationRegistry observations, ProviderSwitches switches) {
		return new ConfiguredProviders(properties, environment, protocols,
				new ProviderClients(TraceExport.isOn(environment) ? observations : ObservationRegistry.NOOP), switches);
	}

}
