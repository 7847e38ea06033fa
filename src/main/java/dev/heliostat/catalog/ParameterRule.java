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
 * @param pixels the picture's area at an aspect ratio, for
 * {@link Conversion#ASPECT_RATIO}; 0 when unknown
 * @param multiple the number that both sides are a multiple of, for
 * {@link Conversion#WIDTH_HEIGHT} and {@link Conversion#SIZE}; 1 when any goes
 * @param defaultValue what the provider assumes when nothing is sent
 * @param reason the sentence shown to the caller, for {@link Kind#REJECT}
 * @param description what the parameter does, for the schema
 */
public record ParameterRule(Kind kind, String field, Optional<Conversion> conversion, Optional<String> type,
		Optional<BigDecimal> minimum, Optional<BigDecimal> maximum, List<JsonNode> values, Map<String, JsonNode> map,
		long pixels, int multiple, Optional<JsonNode> defaultValue, Optional<String> reason,
		Optional<String> description) {

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
		 * maximum.
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
		MAP

	}

}
