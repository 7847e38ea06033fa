package dev.heliostat.provider;

import java.util.Map;
import java.util.Optional;

import dev.heliostat.catalog.ParameterRule;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * Quality levels of one vocabulary in the words of another.
 */
final class Qualities {

	private static final Map<String, String> ALIKE = Map.of("standard", "medium", "hd", "high", "medium", "standard",
			"high", "hd", "low", "standard", "xhigh", "high", "max", "high");

	private Qualities() {
	}

	/** The value of a quality rule that means the same as one that it does not list. */
	static Optional<JsonNode> alike(String parameter, JsonNode value, ParameterRule rule) {
		if (!parameter.equals("quality")) {
			return Optional.empty();
		}
		return Optional.ofNullable(ALIKE.get(value.asString()))
			.<JsonNode>map(StringNode::valueOf)
			.filter(alike -> Values.isListed(alike, rule));
	}

}
