package dev.heliostat.provider.sync;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.heliostat.catalog.Offering;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.media.PictureReader;
import dev.heliostat.provider.InputPreparation;
import dev.heliostat.provider.Protocol;
import dev.heliostat.provider.ProviderConnection;

/**
 * Registers the {@code sync} protocol.
 */
@Configuration(proxyBeanMethods = false)
class SyncConfiguration {

	@Bean
	Protocol syncProtocol(PictureReader pictures, InputPreparation preparation) {
		return new Protocol() {

			@Override
			public String name() {
				return "sync";
			}

			@Override
			public ImageProvider open(ProviderConnection connection, Offering offering) {
				return new SyncProvider(connection, offering, pictures, preparation);
			}

		};
	}

}
