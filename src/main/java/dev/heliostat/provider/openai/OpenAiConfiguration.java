package dev.heliostat.provider.openai;

import dev.heliostat.catalog.Offering;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.media.PictureReader;
import dev.heliostat.provider.Protocol;
import dev.heliostat.provider.ProviderConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Registers the {@code openai} protocol.
 */
@Configuration(proxyBeanMethods = false)
class OpenAiConfiguration {

	@Bean
	Protocol openAiProtocol(PictureReader pictures) {
		return new Protocol() {

			@Override
			public String name() {
				return "openai";
			}

			@Override
			public ImageProvider open(ProviderConnection connection, Offering offering) {
				return new OpenAiImages(connection, pictures);
			}

		};
	}

}
