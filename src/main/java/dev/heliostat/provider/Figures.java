package dev.heliostat.provider;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
			return Places.find(json, json, answer.usage().get())
				.stream()
				.filter(JsonNode::isObject)
				.map(ObjectNode.class::cast)
				.findFirst();
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
		List<BigDecimal> parts = answer.cost()
			.map(path -> (path.indexOf('{') < 0) ? Places.find(json, json, path)
					: List.<JsonNode>of(JsonNodeFactory.instance.stringNode(Places.fill(path, values))))
			.orElse(List.of())
			.stream()
			.flatMap(node -> amount(node).stream())
			.toList();
		return parts.isEmpty() ? Optional.empty()
				: Optional.of(parts.stream().reduce(BigDecimal.ZERO, BigDecimal::add).multiply(answer.costUnit()));
	}

	private static Optional<BigDecimal> amount(JsonNode node) {
		try {
			return node.isNumber() ? Optional.of(node.decimalValue())
					: node.isString() ? Optional.of(new BigDecimal(node.asString())) : Optional.empty();
		}
		catch (NumberFormatException ex) {
			return Optional.empty();
		}
	}

	/** Result fields that prices depend on. */
	static Map<String, JsonNode> facts(JsonNode json, Answer answer) {
		Map<String, JsonNode> facts = new HashMap<>();
		answer.facts()
			.forEach((name, path) -> Places.find(json, json, path)
				.stream()
				.filter(node -> node.isValueNode() && !node.isNull())
				.findFirst()
				.ifPresent(node -> facts.put(name, node)));
		return facts;
	}

}
