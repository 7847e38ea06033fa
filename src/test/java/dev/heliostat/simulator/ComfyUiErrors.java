package dev.heliostat.simulator;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How ComfyUI tells of errors.
 */
final class ComfyUiErrors {

	private ComfyUiErrors() {
	}

	/** The answer to the knob {@code status}. */
	static Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = CheckedSimulator.code(scenario, response);
		return switch (scenario.text("status", "")) {
			case "400" ->
				nodeError(response, "4", "CheckpointLoaderSimple", "ckpt_name: 'missing.safetensors' not in list");
			case "400-no-outputs" -> error(response, 400, "prompt_no_outputs", "Prompt has no outputs");
			case "400-invalid" -> error(response, 400, "invalid_prompt", "Cannot execute the prompt");
			case "400-missing-node" -> error(response, 400, "missing_node_type", "Node 'X' not found.");
			default -> response.status(code).sendString(Mono.just(code + ": Error")).then();
		};
	}

	static Mono<Void> nodeError(HttpServerResponse response, String node, String type, String details) {
		ObjectNode body = error("prompt_outputs_failed_validation", "Prompt outputs failed validation");
		ObjectNode error = body.withObject("node_errors").putObject(node);
		error.putArray("errors")
			.addObject()
			.put("type", "value_not_in_list")
			.put("message", "Value not in list")
			.put("details", details)
			.putObject("extra_info");
		error.putArray("dependent_outputs").add("9");
		error.put("class_type", type);
		return Simulator.json(response, 400, body.toString());
	}

	static Mono<Void> error(HttpServerResponse response, int status, String type, String message) {
		return Simulator.json(response, status, error(type, message).toString());
	}

	private static ObjectNode error(String type, String message) {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		body.putObject("error").put("type", type).put("message", message).put("details", "").putObject("extra_info");
		body.putObject("node_errors");
		return body;
	}

}
