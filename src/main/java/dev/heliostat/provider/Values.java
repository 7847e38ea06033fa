package dev.heliostat.provider;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.image.GatewayError;
import tools.jackson.databind.JsonNode;

/**
 * Checks a parameter's value against its rule.
 */
final class Values {

	private Values() {
	}

	/** Fails with {@code invalid_value} when the type or the range does not fit. */
	static void check(String parameter, JsonNode value, ParameterRule rule) {
		if (rule.type().isPresent()) {
			checkType(parameter, value, rule.type().get(), rule);
		}
		if (value.isNumber()) {
			BigDecimal number = value.decimalValue();
			boolean low = rule.minimum().isPresent() && number.compareTo(rule.minimum().get()) < 0;
			boolean high = rule.maximum().isPresent() && number.compareTo(rule.maximum().get()) > 0;
			if (low || high) {
				throw invalid(parameter, value, range(rule));
			}
		}
	}

	private static void checkType(String parameter, JsonNode value, String type, ParameterRule rule) {
		boolean fits = switch (type) {
			// A form knows no types: a listed text may look like a number.
			case "string" -> value.isString() || (value.isValueNode() && !rule.values().isEmpty());
			case "integer" -> value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
			case "number" -> value.isNumber();
			case "boolean" -> value.isBoolean();
			case "array" -> value.isArray();
			case "object" -> value.isObject();
			default -> true;
		};
		if (!fits) {
			throw invalid(parameter, value, (type.matches("[aeio].*") ? "an " : "a ") + type);
		}
	}

	private static String range(ParameterRule rule) {
		if (rule.minimum().isPresent() && rule.maximum().isPresent()) {
			return rule.minimum().get().toPlainString() + " to " + rule.maximum().get().toPlainString();
		}
		return rule.minimum()
			.map(minimum -> "at least " + minimum.toPlainString())
			.orElseGet(() -> "at most " + rule.maximum().orElseThrow().toPlainString());
	}

	/** Whether a rule's list of values holds one; an empty list holds all. */
	static boolean isListed(JsonNode value, ParameterRule rule) {
		return listed(value, rule).isPresent();
	}

	/** A value as the rule's list writes it; as it is where the list is empty. */
	static Optional<JsonNode> listed(JsonNode value, ParameterRule rule) {
		if (rule.values().isEmpty()) {
			return Optional.of(value);
		}
		for (JsonNode allowed : rule.values()) {
			if (allowed.equals(value) || allowed.asString().equals(value.asString())) {
				return Optional.of(allowed);
			}
		}
		return Optional.empty();
	}

	static String list(Iterable<JsonNode> values) {
		return StreamSupport.stream(values.spliterator(), false)
			.map(JsonNode::asString)
			.collect(Collectors.joining(", "));
	}

	static RuntimeException invalid(String parameter, JsonNode value, String expected) {
		return new GatewayError.InvalidValue(parameter,
				parameter + ": " + shown(value) + " (expected: " + expected + ")")
			.asException();
	}

	/** A value as a message may show it. */
	static String shown(JsonNode value) {
		String text = value.isString() ? value.asString() : value.toString();
		return (text.length() <= 60) ? text : text.substring(0, 60) + "…";
	}

}
