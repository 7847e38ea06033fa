package dev.heliostat.pricing;

import java.util.Map;

import tools.jackson.databind.JsonNode;

/**
 * Judges whether the conditions of a price component hold.
 */
final class Conditions {

	/** The answer, as far as it can be known before the provider has answered. */
	enum Verdict {

		HOLD, POSSIBLE, FAIL

	}

	private Conditions() {
	}

	/**
	 * Judges against known values; a field whose value is not known, or is {@code auto},
	 * leaves it possible.
	 */
	static Verdict judge(Map<String, JsonNode> conditions, Map<String, JsonNode> known) {
		if (conditions.isEmpty()) {
			return Verdict.HOLD;
		}
		Verdict verdict = Verdict.HOLD;
		for (Map.Entry<String, JsonNode> condition : conditions.entrySet()) {
			JsonNode value = known.get(condition.getKey());
			if (value == null || (isAuto(value) && !isAuto(condition.getValue()))) {
				verdict = Verdict.POSSIBLE;
			}
			else if (!same(condition.getValue(), value)) {
				return Verdict.FAIL;
			}
		}
		return verdict;
	}

	private static boolean isAuto(JsonNode value) {
		return value.isString() && "auto".equals(value.asString());
	}

	/** A value, one of several values, or a range. */
	private static boolean same(JsonNode wanted, JsonNode value) {
		if (wanted.isArray()) {
			for (JsonNode each : wanted) {
				if (same(each, value)) {
					return true;
				}
			}
			return false;
		}
		if (wanted.isObject()) {
			return value.isNumber()
					&& (!wanted.has("minimum")
							|| value.decimalValue().compareTo(wanted.path("minimum").decimalValue()) >= 0)
					&& (!wanted.has("maximum")
							|| value.decimalValue().compareTo(wanted.path("maximum").decimalValue()) <= 0);
		}
		if (wanted.isNumber() && value.isNumber()) {
			return wanted.decimalValue().compareTo(value.decimalValue()) == 0;
		}
		return wanted.asString().equalsIgnoreCase(value.asString());
	}

}
