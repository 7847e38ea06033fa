package dev.heliostat.generation;

import java.util.List;
import java.util.Optional;

import dev.heliostat.attempt.AttemptOutcome;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Adds up the usage of several submissions.
 */
final class Usage {

	private Usage() {
	}

	/** The whole usage of one submission as it is; of several, every number added up. */
	static Optional<ObjectNode> sum(List<AttemptOutcome> outcomes) {
		ObjectNode total = null;
		for (AttemptOutcome outcome : outcomes) {
			if (outcome instanceof AttemptOutcome.Served served && served.result().usage().isPresent()) {
				ObjectNode usage = served.result().usage().get();
				if (total == null) {
					total = usage.deepCopy();
				}
				else {
					add(total, usage);
				}
			}
		}
		return Optional.ofNullable(total);
	}

	private static void add(ObjectNode total, ObjectNode usage) {
		for (String field : usage.propertyNames()) {
			JsonNode value = usage.path(field);
			JsonNode known = total.path(field);
			if (value.isIntegralNumber()) {
				total.put(field, known.asLong(0) + value.asLong());
			}
			else if (value instanceof ObjectNode details && known instanceof ObjectNode sums) {
				add(sums, details);
			}
		}
	}

}
