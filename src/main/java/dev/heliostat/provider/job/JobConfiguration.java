package dev.heliostat.provider.job;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.heliostat.catalog.Offering;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.media.PictureReader;
import dev.heliostat.provider.InputPreparation;
import dev.heliostat.provider.Protocol;
import dev.heliostat.provider.ProviderConnection;

/**
 * Registers the {@code job} protocol.
 */
@Configuration(proxyBeanMethods = false)
class JobConfiguration {

	@Bean
	Protocol jobProtocol(PictureReader pictures, InputPreparation preparation) {
		return new Protocol() {

			@Override
			public String name() {
				return "job";
			}

			@Override
			public ImageProvider open(ProviderConnection connection, Offering offering) {
				return new JobProvider(connection, offering, pictures, preparation);
			}

		};
	}

}
