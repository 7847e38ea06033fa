package dev.heliostat.provider.sandbox;

import dev.heliostat.catalog.Offering;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.media.PictureReader;
import dev.heliostat.provider.Protocol;
import dev.heliostat.provider.ProviderConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Registers the {@code sandbox} protocol.
 */
@Configuration(proxyBeanMethods = false)
class SandboxConfiguration {

	/**
	 * Drawing is work for the processor: as many threads as there are processors, and a
	 * queue.
	 */
	@Bean(destroyMethod = "dispose")
	Scheduler painterScheduler() {
		return Schedulers.newBoundedElastic(Runtime.getRuntime().availableProcessors(), 10_000, "heliostat-painter", 60,
				true);
	}

	@Bean
	Protocol sandboxProtocol(PictureReader pictures, Scheduler painterScheduler) {
		return new Protocol() {

			@Override
			public String name() {
				return "sandbox";
			}

			@Override
			public ImageProvider open(ProviderConnection connection, Offering offering) {
				return new SandboxProvider(offering, pictures, painterScheduler);
			}

		};
	}

}
