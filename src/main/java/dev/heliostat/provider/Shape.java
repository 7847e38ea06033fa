package dev.heliostat.provider;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageSize;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a request says of a picture's dimensions: {@code size}, {@code aspect_ratio} and
 * {@code resolution} resolved into one. A size decides alone; a ratio and a tier go
 * together.
 *
 * @param size exact dimensions, when they were asked for
 * @param ratio width divided by height, when a shape was asked for
 * @param ratioText the shape as it was written
 * @param tier a scale such as {@code 2K}, when one was asked for
 * @param auto whether the choice was left to the provider in so many words
 */
record Shape(Optional<ImageSize> size, double ratio, String ratioText, Optional<String> tier, boolean auto) {

	static final int LONGEST_SIDE = 16384;

	private static final long LARGEST_TIER = 8192L * 8192;

	private static final Pattern PROPORTION = Pattern
		.compile("(?:[A-Z]+_)?([0-9]{1,6}(?:\\.[0-9]{1,4})?)[:x*_]([0-9]{1,6}(?:\\.[0-9]{1,4})?)");

	private static final Pattern TIER = Pattern.compile("(?:auto_)?([0-9]{1,5}(?:\\.[0-9]{1,4})?) ?(K|k|MP|)");

	private static final Shape NONE = new Shape(Optional.empty(), 0, "", Optional.empty(), false);

	/**
	 * Resolves the parameters of a request; fails with {@code invalid_value} that names
	 * the parameter.
	 */
	static Shape of(Map<String, JsonNode> parameters) {
		JsonNode size = parameters.get("size");
		Shape shape = (size != null) ? ofSize("size", size) : NONE;
		if (shape.size.isPresent()) {
			return shape;
		}
		JsonNode aspectRatio = parameters.get("aspect_ratio");
		if (shape.ratio == 0 && aspectRatio != null) {
			Shape ratio = ofSize("aspect_ratio", aspectRatio);
			if (ratio.size.isPresent()) {
				throw invalid("aspect_ratio", aspectRatio, "a ratio such as 16:9");
			}
			shape = ratio;
		}
		JsonNode resolution = parameters.get("resolution");
		if (resolution != null && !"auto".equals(resolution.asString())) {
			String tier = resolution.asString().toUpperCase(Locale.ROOT);
			if (tierPixels(tier) == 0 || tierPixels(tier) > LARGEST_TIER) {
				throw invalid("resolution", resolution, "0.5K, 1K, 2K, 4K or auto");
			}
			shape = new Shape(Optional.empty(), shape.ratio, shape.ratioText, Optional.of(tier), shape.auto);
		}
		return shape;
	}

	private static Shape ofSize(String parameter, JsonNode value) {
		String text = value.isString() ? value.asString().strip() : "";
		if (text.equals("auto")) {
			return new Shape(Optional.empty(), 0, "", Optional.empty(), true);
		}
		int colon = text.indexOf(':');
		if (colon > 0) {
			double ratio = ratio(text);
			if (ratio < 1.0 / 32 || ratio > 32) {
				throw invalid(parameter, value, expected(parameter));
			}
			return new Shape(Optional.empty(), ratio, text, Optional.empty(), false);
		}
		ImageSize size = ImageSize.parse(text)
			.filter(exact -> exact.width() <= LONGEST_SIDE && exact.height() <= LONGEST_SIDE)
			.orElseThrow(() -> invalid(parameter, value, expected(parameter)));
		return new Shape(Optional.of(size), size.ratio(), size.toString(), Optional.empty(), false);
	}

	private static String expected(String parameter) {
		return parameter.equals("size")
				? "WIDTHxHEIGHT with sides from 1 to " + LONGEST_SIDE + ", a ratio such as 16:9, or auto"
				: "a ratio such as 16:9";
	}

	private static RuntimeException invalid(String parameter, JsonNode value, String expected) {
		return new GatewayError.InvalidValue(parameter,
				parameter + ": " + Values.shown(value) + " (expected: " + expected + ")")
			.asException();
	}

	/** Whether anything was asked for. */
	boolean isGiven() {
		return this.auto || this.ratio > 0 || this.tier.isPresent();
	}

	/**
	 * The proportion in a text such as {@code 16:9}, {@code 16x9}, {@code 1024*768} or
	 * {@code ASPECT_16_9}; 0 when there is none.
	 */
	static double ratio(String text) {
		Matcher matcher = PROPORTION.matcher(text);
		if (!matcher.matches()) {
			return 0;
		}
		double width = Double.parseDouble(matcher.group(1));
		double height = Double.parseDouble(matcher.group(2));
		return (width > 0 && height > 0) ? width / height : 0;
	}

	/**
	 * The area of a tier, where 1K is 1024 x 1024 and {@code 2 MP} twice that; 0 when the
	 * text is no tier.
	 */
	static long tierPixels(@Nullable String tier) {
		if (tier == null) {
			return 0;
		}
		Matcher matcher = TIER.matcher(tier);
		if (!matcher.matches()) {
			return 0;
		}
		double number = Double.parseDouble(matcher.group(1));
		return switch (matcher.group(2).toUpperCase(Locale.ROOT)) {
			case "K" -> Math.round(number * 1024 * number * 1024);
			case "MP" -> Math.round(number * 1024 * 1024);
			default -> (number < 16) ? Math.round(number * 1024 * 1024) : Math.round(number * number);
		};
	}

	/** The dimensions with a given area and ratio, each side rounded half up. */
	static ImageSize sized(double ratio, long pixels) {
		int height = (int) Math.max(1, Math.round(Math.sqrt(pixels / ratio)));
		int width = (int) Math.max(1, Math.round(height * ratio));
		return new ImageSize(width, height);
	}

}
