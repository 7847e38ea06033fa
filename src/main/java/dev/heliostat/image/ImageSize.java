package dev.heliostat.image;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The dimensions of a picture in pixels.
 *
 * @param width at least 1
 * @param height at least 1
 */
public record ImageSize(int width, int height) {

	private static final Pattern FORM = Pattern.compile("([0-9]{1,6})x([0-9]{1,6})");

	public ImageSize {
		if (width < 1 || height < 1) {
			throw new IllegalArgumentException("size: " + width + "x" + height + " (expected: both sides >= 1)");
		}
	}

	/** Reads {@code 1024x768}; empty when the text is not of that form or a side is 0. */
	public static Optional<ImageSize> parse(String text) {
		Matcher matcher = FORM.matcher(text);
		if (!matcher.matches()) {
			return Optional.empty();
		}
		int width = Integer.parseInt(matcher.group(1));
		int height = Integer.parseInt(matcher.group(2));
		return (width > 0 && height > 0) ? Optional.of(new ImageSize(width, height)) : Optional.empty();
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
