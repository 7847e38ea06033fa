package dev.heliostat.simulator;

import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.encoded;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.option;
import static dev.heliostat.simulator.InputRules.url;

/**
 * DeepInfra: its own inference, and the paths that are OpenAI's.
 * <p>
 * Knobs: {@code status=401|402|404|422|429|500|503}, {@code moderated=status} (usual;
 * inference_status says so) or {@code moderated=flag|some} (black pictures with
 * nsfw_content_detected), on OpenAI's paths always 422; {@code url} (the inference
 * answers URLs), and those of {@link SyncSimulator}.
 */
public class DeepInfraSimulator extends OpenAiShapedSimulator {

	private static final String KEY = "simulatedDeepInfraKey0123456789AB";

	private static final InputRules NATIVE = new InputRules().text("prompt", "negative_prompt")
		.with(integer(1, 10), "num_images")
		.with(integer(1, 4096), "width", "height")
		.with(integer(1, 100), "num_inference_steps")
		.with(number(0, 100), "guidance_scale")
		.with(anyInteger(), "seed")
		.with(number(0, 1), "strength")
		.with(either(url(), encoded()), "image")
		.with(url(), "webhook")
		.require("prompt");

	private static final InputRules GENERATION = new InputRules().text("prompt", "model", "user", "style", "quality")
		.with(matching("\\d{2,4}x\\d{2,4}"), "size")
		.with(integer(1, 4), "n")
		.with(option("b64_json"), "response_format")
		.require("prompt", "model");

	public DeepInfraSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "deepinfra";
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

	private static boolean isNative(String path) {
		return path.matches("/v1/inference/[\\w.-]+/[\\w.:-]+");
	}

	@Override
	protected Optional<Door> door(String path) {
		if (isNative(path)) {
			return Optional.of(Door.form(NATIVE, 1, "image").orJson());
		}
		return Optional.ofNullable(switch (path) {
			case "/v1/openai/images/generations" -> Door.json(GENERATION);
			case "/v1/openai/images/edits" ->
				Door.form(GENERATION, 16, "image", "image[]", "mask").demand("image|image[]");
			default -> null;
		});
	}

	@Override
	protected Mono<Void> make(Call call, HttpServerResponse response) {
		return isNative(call.path()) ? infer(call, response) : super.make(call, response);
	}

	private Mono<Void> infer(Call call, HttpServerResponse response) {
		JsonNode input = call.input();
		PictureSize size = new PictureSize(input.path("width").asInt(1024), input.path("height").asInt(1024));
		boolean refused = call.isModerated("status", true);
		int asked = input.path("num_images").asInt(1);
		int count = refused ? 0 : call.count(asked);
		ObjectNode answer = object();
		ArrayNode images = answer.putArray("images");
		ArrayNode flags = answer.putArray("nsfw_content_detected");
		for (int i = 0; i < count; i++) {
			byte[] picture = call.isMarked(i) ? size.black("png") : size.picture(call.scenario(), "png");
			images.add(call.scenario().has("url") ? host(picture) : "data:image/png;base64," + base64(picture));
			flags.add(call.isMarked(i));
		}
		double megapixels = size.width() / 1024.0 * size.height() / 1024.0;
		answer.put("seed", input.path("seed").asLong(42))
			.put("request_id", "RSimulated0123456789")
			.putObject("inference_status")
			.put("status", refused ? "request_moderated" : "succeeded")
			.put("runtime_ms", 900)
			.put("cost", refused ? 0 : 0.0005 * megapixels * input.path("num_inference_steps").asInt(1) * asked)
			.put("tokens_generated", 0)
			.put("tokens_input", 0);
		return whole(call.scenario(), response, answer.toString());
	}

	@Override
	protected Optional<Mono<Void>> moderated(Call call, HttpServerResponse response) {
		return Optional.of(openAiError(response, 422, "The request was moderated."));
	}

	@Override
	protected void describe(Call call, int index, ObjectNode item) {
		item.put("revised_prompt", call.text("prompt", ""));
	}

	@Override
	protected Mono<Void> invalid(Received received, InputRules.Fault fault, HttpServerResponse response) {
		if (!isNative(received.plainPath())) {
			return openAiError(response, 422, fault.text());
		}
		ObjectNode body = object();
		ObjectNode detail = body.putArray("detail").addObject();
		detail.putArray("loc").add("body").add(fault.field());
		detail.put("msg", fault.message()).put("type", fault.type());
		return json(response, 422, body.toString());
	}

	@Override
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		return isNative(call.path()) ? error(response, status, words(status))
				: openAiError(response, status, words(status));
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		ObjectNode body = object();
		body.putObject("detail").put("error", message);
		return json(response, status, body.toString());
	}

	private static Mono<Void> openAiError(HttpServerResponse response, int status, String message) {
		ObjectNode body = object();
		body.putObject("error").put("message", message);
		return json(response, status, body.toString());
	}

}
