package dev.heliostat.catalog;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import tools.jackson.databind.JsonNode;

/**
 * What becomes of one client parameter at one offering.
 *
 * @param kind what is done
 * @param field the provider's field; the parameter's own name where the file names none
 * @param conversion how the value is translated, for {@link Kind#CONVERT}
 * @param type the JSON type of the client's value: string, integer, number, boolean,
 * array or object
 * @param minimum the smallest number allowed
 * @param maximum the largest number allowed
 * @param values the values that the offering takes, as the provider writes them; empty
 * when any goes
 * @param map client value to provider value, for {@link Conversion#MAP}
 * @param geometry which dimensions the offering makes, for the conversions of sizes
 * @param defaultValue what the provider assumes when nothing is sent
 * @param reason the sentence shown to the caller, for {@link Kind#REJECT}
 * @param description what the parameter does, for the schema
 * @param random whether the gateway sends a random number where the client sends none
 * @param strip a regular expression; what it finds is cut out of a text
 */
public record ParameterRule(Kind kind, String field, Optional<Conversion> conversion, Optional<String> type,
		Optional<BigDecimal> minimum, Optional<BigDecimal> maximum, List<JsonNode> values, Map<String, JsonNode> map,
		Geometry geometry, Optional<JsonNode> defaultValue, Optional<String> reason, Optional<String> description,
		boolean random, Optional<String> strip) {

	/** A rule that passes a parameter on under its own name. */
	public static ParameterRule passing(String name) {
		return new ParameterRule(Kind.PASS, name, Optional.empty(), Optional.empty(), Optional.empty(),
				Optional.empty(), List.of(), Map.of(), Geometry.ANY, Optional.empty(), Optional.empty(),
				Optional.empty(), false, Optional.empty());
	}

	/**
	 * Which dimensions an offering makes.
	 *
	 * @param pixels the picture's area at an aspect ratio; 0 when unknown
	 * @param multiple the number that both sides are a multiple of; 1 when any goes
	 * @param minimumPixels the smallest area
	 * @param maximumPixels the largest area; 0 for any
	 * @param maximumRatio the longer side may be so many times the shorter; 0 for any
	 * @param separator what stands between width and height in a text
	 */
	public record Geometry(long pixels, int multiple, long minimumPixels, long maximumPixels, double maximumRatio,
			String separator) {

		public static final Geometry ANY = new Geometry(0, 1, 0, 0, 0, "x");

	}

	/** What is done with a parameter, from weakest to strongest. */
	public enum Kind {

		/** The same name, the same value. */
		PASS,
		/** Another name, the same value. */
		RENAME,
		/** The value is translated. */
		CONVERT,
		/** The gateway does it; nothing is sent upstream. */
		EMULATE,
		/** The request is refused with an error that names the parameter. */
		REJECT

	}

	/** How a value is translated. */
	public enum Conversion {

		/** A size or ratio to the nearest allowed {@code W:H}, in {@code field}. */
		ASPECT_RATIO,
		/**
		 * A size to the integers {@code width} and {@code height}, within minimum and
		 * maximum; inside the object {@code field}, where the rule names one.
		 */
		WIDTH_HEIGHT,
		/**
		 * A size to one text {@code WxH}: the nearest of {@code values}, or any when
		 * there are none.
		 */
		SIZE,
		/**
		 * A resolution tier ({@code 0.5K} to {@code 4K}), or a size's nearest tier, to
		 * one of {@code values}.
		 */
		TIER,
		/**
		 * A value to another, by {@code map}; a value that is not in it is left to the
		 * gateway.
		 */
		MAP,
		/** A text that is put behind the prompt, after {@code field}. */
		PROMPT_SUFFIX

	}

}
