package dev.heliostat.generation;

import java.net.URI;
import java.util.Optional;

import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageContent;
import dev.heliostat.image.LinkedImage;
import dev.heliostat.image.ProviderImage;

/**
 * A picture in the form that the client wants: a URL, or bytes that wait in the spool.
 *
 * @param image the picture
 * @param mediaId what the media store calls it; empty when it could not be stored, or was
 * left where its provider keeps it
 * @param url where it can be fetched; empty when the bytes themselves are the answer
 */
public record DeliveredImage(ProviderImage image, Optional<String> mediaId, Optional<URI> url) {

	DeliveredImage at(URI address) {
		return new DeliveredImage(this.image, this.mediaId, Optional.of(address));
	}

	/** The picture as it is known here; empty where only its provider has it. */
	public Optional<GeneratedImage> known() {
		return switch (this.image) {
			case GeneratedImage image -> Optional.of(image);
			case LinkedImage _ -> Optional.empty();
		};
	}

	/** The bytes of a picture whose URL is not the answer. */
	public ImageContent content() {
		return known().orElseThrow(() -> new IllegalStateException("the picture's bytes are elsewhere")).content();
	}

}
