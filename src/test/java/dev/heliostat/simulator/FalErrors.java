package dev.heliostat.simulator;

import java.util.List;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How fal tells of errors: of its models with a list of details, of its infrastructure
 * with a text.
 */
final class FalErrors {

	private FalErrors() {
	}

	static Mono<Void> unauthorized(HttpServerResponse response) {
		return Simulator.json(response, 401, "{\"detail\":\"Authentication is required to access this application.\"}");
	}

	/** The answer to the knob {@code status}. */
	static Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		String status = scenario.text("status", "");
		int code = CheckedSimulator.code(scenario, response);
		return switch (status) {
			case "400" -> infrastructure(response, 400, "bad_request", "Bad request");
			case "400-downstream" -> problem(response, 400, "downstream_service_error", "", "Downstream service error");
			case "401" -> unauthorized(response);
			case "403", "403-balance" ->
				Simulator.json(response, 403, "{\"detail\":\"User is locked. Reason: Exhausted balance. "
						+ "Top up your balance at fal.ai/dashboard/billing.\"}");
			case "404" -> Simulator.json(response, 404, "{\"detail\":\"Application not found\"}");
			case "429", "429-queue" -> Simulator.json(response, 429, "{\"detail\":\"Too many concurrent requests.\"}");
			case "499" -> infrastructure(response, 499, "client_disconnected", "Client disconnected");
			case "500" -> problem(response, 500, "internal_server_error", "", "Internal server error");
			case "500-downstream" ->
				problem(response, 500, "downstream_service_unavailable", "", "Downstream service unavailable");
			case "500-runner" -> infrastructure(response, 500, "runner_server_error", "Runner server error");
			case "502" -> infrastructure(response, 502, "runner_incomplete_response", "Incomplete response");
			case "503" -> infrastructure(response, 503, "runner_scheduling_failure", "No runner was available");
			case "504" -> problem(response, 504, "generation_timeout", "", "Generation timed out");
			case "504-request" -> infrastructure(response, 504, "request_timeout", "Request timed out");
			case "504-startup" -> infrastructure(response, 504, "startup_timeout", "Startup timed out");
			default -> (code == 422)
					? problem(response, 422, status.equals("422") ? "image_too_small" : status.substring(4),
							"image_url", "The input was not accepted.")
					: infrastructure(response, code, "internal_error", "Error");
		};
	}

	/** An error of the model: a list of details. */
	static Mono<Void> problem(HttpServerResponse response, int status, String type, String field, String text) {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		ObjectNode detail = body.putArray("detail").addObject();
		ArrayNode loc = detail.putArray("loc").add("body");
		List.of(field.split("\\.")).stream().filter(part -> !List.of("", "body").contains(part)).forEach(loc::add);
		detail.put("msg", text).put("type", type).put("url", "https://docs.fal.ai/errors/#" + type);
		detail.putObject("ctx");
		detail.put("input", "");
		response.header("x-fal-retryable", Boolean.toString(status >= 500));
		return Simulator.json(response, status, body.toString());
	}

	/** An error of the infrastructure: a text. */
	static Mono<Void> infrastructure(HttpServerResponse response, int status, String type, String text) {
		response.header("x-fal-error-type", type);
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		return Simulator.json(response, status, body.put("detail", text).put("error_type", type).toString());
	}

}
