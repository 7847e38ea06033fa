package dev.heliostat.generation;

import java.util.List;
import java.util.stream.Stream;

import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.LinkedImage;
import dev.heliostat.image.Output;
import dev.heliostat.image.ProviderImage;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;

/**
 * A picture as its provider made it, and what is left to be done to it.
 *
 * @param image the picture
 * @param output how it is wanted
 */
record Made(ProviderImage image, Output output) {

	/** What a submission brought. */
	static Stream<Made> of(List<ProviderImage> images, AttemptRecord attempt) {
		return images.stream().map(image -> new Made(image, attempt.output().orElse(Output.ANY)));
	}

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
