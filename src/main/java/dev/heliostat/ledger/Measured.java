package dev.heliostat.ledger;

import java.util.List;
import java.util.Optional;

import dev.heliostat.image.ImageSize;

/**
 * What was measured of a submission that brought pictures.
 *
 * @param reportedMicros what the provider says that it charged
 * @param inputTokens tokens that went in, where the provider counts them
 * @param outputTokens tokens that came out
 * @param waitedMillis time in the provider's queue and between polls
 * @param transferMillis time in which the pictures came over the wire
 * @param sizes the dimensions of the pictures as the provider made them
 */
public record Measured(Optional<Long> reportedMicros, long inputTokens, long outputTokens, long waitedMillis,
		long transferMillis, List<String> sizes) {

	public Measured {
		sizes = List.copyOf(sizes);
	}

	/** The area of all pictures. */
	long pixels() {
		return this.sizes.stream().flatMap(size -> ImageSize.parse(size).stream()).mapToLong(ImageSize::pixels).sum();
	}

}
