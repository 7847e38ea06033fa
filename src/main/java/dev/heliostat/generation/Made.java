package dev.heliostat.generation;

import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.LinkedImage;
import dev.heliostat.image.Output;
import dev.heliostat.image.ProviderImage;

/**
 * A picture as its provider made it, and what is left to be done to it.
 *
 * @param image the picture
 * @param output how it is wanted
 */
record Made(ProviderImage image, Output output) {

	/** Its area; what was asked for where nobody has seen it, 0 where that is no size. */
	long pixels() {
		return switch (this.image) {
			case GeneratedImage image -> image.size().pixels();
			case LinkedImage _ -> this.output.size().map(ImageSize::pixels).orElse(0L);
		};
	}

	void release() {
		this.image.release();
	}

}
