package dev.heliostat.attempt;

import java.util.Optional;

import dev.heliostat.image.ImageSize;

/**
 * How large a picture is, as far as speed and success depend on it.
 */
public enum SizeClass {

	/** Nobody can tell beforehand. */
	UNKNOWN,
	/** Up to 0.6 megapixels. */
	SMALL,
	/** Up to 1.3 megapixels: the size that most models are made for. */
	MEDIUM,
	/** Up to 2.6 megapixels. */
	LARGE,
	/** More than that. */
	HUGE;

	/** The class of a picture of some dimensions. */
	public static SizeClass of(Optional<ImageSize> size) {
		return size.map(known -> of(known.pixels() / 1e6)).orElse(UNKNOWN);
	}

	private static SizeClass of(double megapixels) {
		if (megapixels <= 0.6) {
			return SMALL;
		}
		if (megapixels <= 1.3) {
			return MEDIUM;
		}
		return (megapixels <= 2.6) ? LARGE : HUGE;
	}

}
