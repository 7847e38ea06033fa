package dev.heliostat.simulator;

import java.util.Optional;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.option;

/**
 * Together AI. Its file host refuses a request without a User-Agent.
 * <p>
 * Knobs: {@code status=400|401|402|404|422|429|500|503}, {@code moderated} (422 that
 * speaks of NSFW), and those of {@link SyncSimulator}.
 */
public class TogetherSimulator extends OpenAiShapedSimulator {

	private static final String KEY = "tgp_v1_simulated0123456789abcdefghijklmnop";

	private static final InputRules LORA = new InputRules().text("path").with(number(-10, 10), "scale").require("path");

	private static final InputRules RULES = new InputRules().text("prompt", "model", "negative_prompt")
		.with(integer(1, 4096), "width", "height")
		.with(integer(1, 100), "steps")
		.with(integer(1, 4), "n")
		.with(anyInteger(), "seed")
		.with(number(0, 100), "guidance_scale")
		.with(option("base64", "url"), "response_format")
		.with(option("jpeg", "png"), "output_format")
		.with(link(), "image_url")
		.with(list(1, 16, link()), "reference_images")
		.with(list(1, 16, nested(LORA)), "image_loras")
		.with(flag(), "disable_safety_checker")
		.with(matching("\\d+:\\d+"), "aspect_ratio")
		.require("prompt", "model");

	public TogetherSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "together";
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
	protected Publisher<Void> answer(Received received, HttpServerRequest request, HttpServerResponse response) {
		boolean anonymous = received.headers().getOrDefault("user-agent", "").isBlank();
		return (anonymous && received.path().startsWith("/simulated-files/")) ? response.status(403).send()
				: super.answer(received, request, response);
	}

	@Override
	protected Optional<Door> door(String path) {
		return path.equals("/v1/images/generations") ? Optional.of(Door.json(RULES)) : Optional.empty();
	}

	@Override
	protected Optional<Mono<Void>> moderated(Call call, HttpServerResponse response) {
		return Optional.of(error(response, 422, "The prompt or the picture may contain NSFW content."));
	}

	@Override
	protected PictureSize size(Call call) {
		PictureSize ratio = PictureSize.ratio(call.text("aspect_ratio", "1:1"), 1024);
		return new PictureSize(call.input().path("width").asInt(ratio.width()),
				call.input().path("height").asInt(ratio.height()));
	}

	@Override
	protected String format(Call call) {
		return call.text("output_format", "jpeg");
	}

	@Override
	protected boolean isUrl(Call call) {
		return call.text("response_format", "url").equals("url");
	}

	@Override
	protected void describe(Call call, int index, ObjectNode item) {
		item.put("index", index).put("type", isUrl(call) ? "url" : "b64_json");
	}

	@Override
	protected void complete(Call call, ObjectNode answer) {
		answer.remove("created");
		answer.put("id", "oFake12-4YNCb4-simulated").put("model", call.text("model", "")).put("object", "list");
	}

	@Override
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		if (status == 429) {
			response.header("x-ratelimit-limit", "10")
				.header("x-ratelimit-remaining", "0")
				.header("x-ratelimit-reset", "1")
				.header("retry-after", call.scenario().text("retry-after", "1"));
		}
		return error(response, status, (status == 402) ? "Credit limit exceeded, please add credits." : words(status));
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		String type = switch (status) {
			case 401 -> "authentication_error";
			case 402 -> "credit_limit";
			case 404 -> "model_not_available";
			case 429 -> "rate_limit";
			default -> (status < 500) ? "invalid_request_error" : "server_error";
		};
		return json(response, status,
				openAiError(type, null, null, message).put("id", "oFake12-4YNCb4-simulated").toString());
	}

}
