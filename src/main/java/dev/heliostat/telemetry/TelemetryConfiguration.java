package dev.heliostat.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Wires {@link GatewayMeters}.
 */
@Configuration(proxyBeanMethods = false)
class TelemetryConfiguration {

	@Bean
	GatewayMeters gatewayMeters(MeterRegistry registry) {
		return new GatewayMeters(registry);
	}

}
