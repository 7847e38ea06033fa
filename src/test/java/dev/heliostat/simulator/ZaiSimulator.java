package dev.heliostat.simulator;

import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.option;

/**
 * Z.ai: one picture for each request, always as a URL.
 * <p>
 * Knobs: {@code status=400|401|402|404|429|500|503}, {@code moderated} (400), and those
 * of {@link SyncSimulator}.
 */
public class ZaiSimulator extends OpenAiShapedSimulator {

	private static final String KEY = "0123456789abcdef.simulatedzai";

	private static final InputRules RULES = new InputRules().text("prompt", "model", "user_id")
		.with(matching("\\d{3,4}x\\d{3,4}"), "size")
		.with(option("hd", "standard"), "quality")
		.require("prompt", "model");

	public ZaiSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "zai";
	}

	@Override
	public String baseUrl() {
		return origin() + "/api/paas/v4";
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
		return path.equals("/api/paas/v4/images/generations") ? Optional.of(Door.json(RULES)) : Optional.empty();
	}

	@Override
	protected boolean isUrl(Call call) {
		return true;
	}

	@Override
	protected Optional<Mono<Void>> moderated(Call call, HttpServerResponse response) {
		return Optional.of(json(response, 400, openAiError("invalid_request_error", "prompt", "1301",
				"The input or the generation may contain unsafe or sensitive content.")
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
