package dev.heliostat.provider.replicate;

import dev.heliostat.catalog.Offering;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.media.PictureReader;
import dev.heliostat.provider.Protocol;
import dev.heliostat.provider.ProviderConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Registers the {@code replicate} protocol.
 */
@Configuration(proxyBeanMethods = false)
class ReplicateConfiguration {

	@Bean
	Protocol replicateProtocol(PictureReader pictures) {
		return new Protocol() {

			@Override
			public String name() {
				return "replicate";
			}

			@Override
			public ImageProvider open(ProviderConnection connection, Offering offering) {
				return new ReplicateProvider(connection, offering, pictures);
			}

		};
	}

}
