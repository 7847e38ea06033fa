package dev.heliostat.provider;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.catalog.Answer;

/**
 * The numbers of an answer: what was used, and what it cost.
 */
final class Figures {

	private Figures() {
	}

	/** Tokens, as OpenAI gives them. */
	static Optional<ObjectNode> usage(JsonNode json, Answer answer) {
		if (answer.usage().isPresent()) {
			for (JsonNode found : Places.find(json, json, answer.usage().get())) {
				if (found instanceof ObjectNode usage) {
					return Optional.of(usage);
				}
			}
			return Optional.empty();
		}
		if (answer.usageParts().isEmpty()) {
			return Optional.empty();
		}
		ObjectNode usage = JsonNodeFactory.instance.objectNode();
		answer.usageParts().forEach((place, paths) -> {
			List<JsonNode> numbers = new ArrayList<>();
			paths.forEach(path -> numbers.addAll(Places.find(json, json, path)));
			if (!numbers.isEmpty()) {
				Places.set(usage, usage, place,
						JsonNodeFactory.instance.numberNode(numbers.stream().mapToLong(node -> node.asLong(0)).sum()));
			}
		});
		return usage.isEmpty() ? Optional.empty() : Optional.of(usage);
	}

	/** What the provider says it charged, in dollars. */
	static Optional<BigDecimal> cost(JsonNode json, Answer answer, Map<String, String> values) {
		if (answer.cost().isEmpty()) {
			return Optional.empty();
		}
		String path = answer.cost().get();
		List<JsonNode> parts = (path.indexOf('{') < 0) ? Places.find(json, json, path)
				: List.of(JsonNodeFactory.instance.stringNode(Places.fill(path, values)));
		BigDecimal sum = null;
		for (JsonNode part : parts) {
			BigDecimal amount = amount(part);
			if (amount != null) {
				sum = (sum != null) ? sum.add(amount) : amount;
			}
		}
		return (sum != null) ? Optional.of(sum.multiply(answer.costUnit())) : Optional.empty();
	}

	private static @Nullable BigDecimal amount(JsonNode node) {
		try {
			return node.isNumber() ? node.decimalValue() : node.isString() ? new BigDecimal(node.asString()) : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	/** Result fields that prices depend on. */
	static Map<String, JsonNode> facts(JsonNode json, Answer answer) {
		if (answer.facts().isEmpty()) {
			return Map.of();
		}
		Map<String, JsonNode> facts = new HashMap<>();
		for (Map.Entry<String, String> fact : answer.facts().entrySet()) {
			for (JsonNode node : Places.find(json, json, fact.getValue())) {
				if (node.isValueNode() && !node.isNull()) {
					facts.put(fact.getKey(), node);
					break;
				}
			}
		}
		return facts;
	}

}
