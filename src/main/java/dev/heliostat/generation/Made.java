package dev.heliostat.generation;

import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.Output;

/**
 * A picture as its provider made it, and what is left to be done to it.
 *
 * @param image the picture
 * @param output how it is wanted
 */
record Made(GeneratedImage image, Output output) {

	void release() {
		this.image.content().release();
	}

}
