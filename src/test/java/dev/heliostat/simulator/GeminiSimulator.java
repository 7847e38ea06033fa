package dev.heliostat.simulator;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.option;

/**
 * The Gemini API.
 * <p>
 * Knobs: {@code status=400-key} (the key is wrong), {@code status=429} (with RetryInfo),
 * {@code status=429-day} (the quota of the day), and those of {@link GoogleSimulator}.
 */
public class GeminiSimulator extends GoogleSimulator {

	private static final String KEY = "AIzaSySimulated0123456789abcdefghijklmn";

	private static final String TYPE = "type.googleapis.com/google.rpc.";

	public GeminiSimulator(int port) {
		super(port, "/v1beta", predict(new InputRules().text("prompt").require("prompt"),
				parameters().with(option("1K", "2K"), "imageSize")));
	}

	@Override
	public String provider() {
		return "gemini";
	}

	@Override
	public String baseUrl() {
		return origin() + "/v1beta";
	}

	@Override
	public String credential() {
		return KEY;
	}

	@Override
	protected boolean isAuthorized(Received received) {
		return KEY.equals(received.headers().get("x-goog-api-key"));
	}

	@Override
	protected Mono<Void> unauthorized(HttpServerResponse response) {
		ObjectNode body = body(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.");
		details(body).addObject()
			.put("@type", TYPE + "ErrorInfo")
			.put("reason", "API_KEY_INVALID")
			.put("domain", "googleapis.com");
		return json(response, 400, body.toString());
	}

	@Override
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		if (call.scenario().text("status", "").equals("400-key")) {
			return unauthorized(response);
		}
		if (status != 429) {
			return super.refuse(call, status, response);
		}
		String period = call.scenario().text("status", "").equals("429-day") ? "PerDay" : "PerMinute";
		ObjectNode body = body(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan.");
		ArrayNode details = details(body);
		ObjectNode violation = details.addObject()
			.put("@type", TYPE + "QuotaFailure")
			.putArray("violations")
			.addObject()
			.put("quotaMetric", "generativelanguage.googleapis.com/generate_requests")
			.put("quotaId", "GenerateRequests" + period + "PerProjectPerModel");
		violation.putObject("quotaDimensions").put("location", "global");
		details.addObject().put("@type", TYPE + "Help").putArray("links");
		details.addObject()
			.put("@type", TYPE + "RetryInfo")
			.put("retryDelay", call.scenario().text("retry-after", "31") + "s");
		response.responseHeaders().remove("retry-after");
		return json(response, 429, body.toString());
	}

	private static ArrayNode details(ObjectNode body) {
		return ((ObjectNode) body.path("error")).putArray("details");
	}

}
