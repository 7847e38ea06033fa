package dev.heliostat.simulator;

import java.util.Optional;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

import static dev.heliostat.simulator.InputRules.any;

/**
 * What ComfyUI reads from a graph in the API format.
 */
final class ComfyUiGraph {

	private static final InputRules NODE = new InputRules().text("class_type")
		.with(any(), "inputs", "_meta")
		.require("class_type", "inputs");

	private ComfyUiGraph() {
	}

	/** What is wrong with a node. */
	static Optional<String> wrong(JsonNode node, JsonNode graph) {
		return NODE.check(node).map(InputRules.Fault::text).or(() -> brokenLink(node.path("inputs"), graph));
	}

	/** Whether nodes of a type save pictures. */
	static boolean saves(String type) {
		return type.matches("SaveImage.*|PreviewImage");
	}

	/** The inputs of the node that makes the empty pictures. */
	static JsonNode latent(JsonNode graph) {
		return graph.valueStream()
			.map(node -> node.path("inputs"))
			.filter(inputs -> inputs.path("width").isInt() && inputs.path("height").isInt() && inputs.has("batch_size"))
			.findFirst()
			.orElse(MissingNode.getInstance());
	}

	private static Optional<String> brokenLink(JsonNode inputs, JsonNode graph) {
		if (!inputs.isObject()) {
			return Optional.of("inputs is not an object");
		}
		return inputs.valueStream()
			.filter(value -> value.isArray() && value.size() == 2 && value.get(1).isInt())
			.map(value -> value.get(0).asString(""))
			.filter(id -> !graph.has(id))
			.findFirst()
			.map(id -> "no node " + id);
	}

}
