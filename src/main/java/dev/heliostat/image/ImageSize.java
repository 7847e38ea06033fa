package dev.heliostat.image;

import java.util.Optional;

/**
 * The dimensions of a picture in pixels.
 *
 * @param width at least 1
 * @param height at least 1
 */
public record ImageSize(int width, int height) {

	private static final int MOST_DIGITS = 6;

	public ImageSize {
		if (width < 1 || height < 1) {
			throw new IllegalArgumentException("size: " + width + "x" + height + " (expected: both sides >= 1)");
		}
	}

	/** Reads {@code 1024x768}; empty when the text is not of that form or a side is 0. */
	public static Optional<ImageSize> parse(String text) {
		int cross = text.indexOf('x');
		int width = side(text, 0, cross);
		int height = side(text, cross + 1, text.length());
		return (cross > 0 && width > 0 && height > 0) ? Optional.of(new ImageSize(width, height)) : Optional.empty();
	}

	/** A number of one to six digits; 0 where it is none. */
	private static int side(String text, int from, int end) {
		if (end - from < 1 || end - from > MOST_DIGITS) {
			return 0;
		}
		int side = 0;
		for (int i = from; i < end; i++) {
			int digit = text.charAt(i) - '0';
			if (digit < 0 || digit > 9) {
				return 0;
			}
			side = 10 * side + digit;
		}
		return side;
	}

	public long pixels() {
		return (long) this.width * this.height;
	}

	/** Width divided by height. */
	public double ratio() {
		return (double) this.width / this.height;
	}

	@Override
	public String toString() {
		return this.width + "x" + this.height;
	}

}
