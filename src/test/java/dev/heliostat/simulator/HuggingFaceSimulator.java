package dev.heliostat.simulator;

import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.number;

/**
 * Hugging Face's own inference, which answers bytes.
 * <p>
 * Knobs: {@code status=400|401|402|404|422|429|500|503|503-plain} (503 has estimated_time
 * where it is not plain), each also with the suffix {@code -list} for an error that is a
 * list; {@code cold} (503 unless the request says that it waits), {@code moderated}
 * (400), {@code wrong-type} (the picture is declared as text), and those of
 * {@link SyncSimulator}.
 */
public class HuggingFaceSimulator extends SyncSimulator {

	private static final String KEY = "hf_simulated0123456789abcdefghijklmnop";

	private static final InputRules PARAMETERS = new InputRules().text("negative_prompt", "scheduler")
		.with(number(0, 100), "guidance_scale")
		.with(integer(1, 200), "num_inference_steps")
		.with(integer(1, 4096), "width", "height")
		.with(anyInteger(), "seed");

	private static final InputRules RULES = new InputRules().text("inputs")
		.with(nested(PARAMETERS), "parameters")
		.require("inputs");

	public HuggingFaceSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "huggingface";
	}

	@Override
	public String baseUrl() {
		return origin();
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
	protected String promptOf(JsonNode input) {
		return input.path("inputs").asString("");
	}

	@Override
	protected Optional<Door> door(String path) {
		return path.matches("/hf-inference/models/[\\w.-]+/[\\w.-]+") ? Optional.of(Door.json(RULES))
				: Optional.empty();
	}

	@Override
	protected Mono<Void> make(Call call, HttpServerResponse response) {
		Scenario scenario = call.scenario();
		boolean waits = "true".equals(call.received().headers().get("x-wait-for-model"));
		if (scenario.has("cold") && !waits) {
			return loading(call, response);
		}
		if (scenario.has("moderated")) {
			return error(response, 400, "NSFW content was detected.");
		}
		JsonNode parameters = call.input().path("parameters");
		PictureSize size = new PictureSize(parameters.path("width").asInt(1024), parameters.path("height").asInt(1024));
		byte[] picture = scenario.has("empty") ? new byte[0] : size.picture(scenario, "jpeg");
		return wholeBytes(scenario, response, scenario.has("wrong-type") ? "text/plain" : "image/jpeg", picture);
	}

	private static Mono<Void> loading(Call call, HttpServerResponse response) {
		String model = call.path().substring("/hf-inference/models/".length());
		return json(response, 503,
				object().put("error", "Model " + model + " is currently loading")
					.put("estimated_time", 20.0)
					.toString());
	}

	@Override
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		String form = call.scenario().text("status", "");
		String text = (status == 402) ? "You have exceeded your monthly included credits." : words(status);
		if (form.endsWith("-list")) {
			ObjectNode body = object();
			body.putArray("error").add(text);
			return json(response, status, body.toString());
		}
		return form.equals("503") ? loading(call, response) : error(response, status, text);
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		return json(response, status, object().put("error", message).toString());
	}

}
