package dev.heliostat.simulator;

import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.option;

/**
 * Nscale, which takes the least that OpenAI's shape has and answers base64 alone.
 * <p>
 * Knobs: {@code status=400|401|402|404|429|500|503}, {@code moderated} (400
 * content_policy_violation), and those of {@link SyncSimulator}.
 */
public class NscaleSimulator extends OpenAiShapedSimulator {

	private static final String KEY = "simulatedNscaleServiceToken0123456789";

	private static final InputRules RULES = new InputRules().text("prompt", "model", "user")
		.with(matching("\\d{2,4}x\\d{2,4}"), "size")
		.with(integer(1, 10), "n")
		.with(option("b64_json"), "response_format")
		.require("prompt", "model");

	public NscaleSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "nscale";
	}

	@Override
	public String baseUrl() {
		return origin() + "/v1";
	}

	@Override
	public String credential() {
		return KEY;
	}

	@Override
	protected boolean isAuthorized(Received received) {
		return isBearer(received, KEY);
	}

	@Override
	protected Optional<Door> door(String path) {
		return path.equals("/v1/images/generations") ? Optional.of(Door.json(RULES)) : Optional.empty();
	}

	@Override
	protected Optional<Mono<Void>> moderated(Call call, HttpServerResponse response) {
		return Optional.of(json(response, 400, openAiError("invalid_request_error", "prompt",
				"content_policy_violation", "Your request was rejected by the safety system.")
			.toString()));
	}

	@Override
	protected Mono<Void> invalid(Received received, InputRules.Fault fault, HttpServerResponse response) {
		return json(response, 400,
				openAiError("invalid_request_error", fault.field(), "invalid_value", fault.text()).toString());
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		String code = switch (status) {
			case 401 -> "invalid_api_key";
			case 402 -> "insufficient_quota";
			case 404 -> "model_not_found";
			case 429 -> "rate_limit_exceeded";
			default -> (status < 500) ? "invalid_value" : "server_error";
		};
		String type = (status < 500) ? "invalid_request_error" : "server_error";
		return json(response, status, openAiError(type, null, code, message).toString());
	}

}
