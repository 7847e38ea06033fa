package dev.heliostat.pricing;

import java.util.Map;

import org.jspecify.annotations.Nullable;
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

	private static boolean same(JsonNode wanted, @Nullable JsonNode value) {
		if (value == null) {
			return false;
		}
		if (wanted.isNumber() && value.isNumber()) {
			return wanted.decimalValue().compareTo(value.decimalValue()) == 0;
		}
		return wanted.asString().equalsIgnoreCase(value.asString());
	}

}
