package dev.heliostat.simulator;

import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.option;

/**
 * BytePlus ModelArk; streams are not played. More than one picture comes from
 * sequential_image_generation alone.
 * <p>
 * Knobs: {@code status=400|401|403|404|429|500|503}, {@code moderated=item} (usual; an
 * error in the place of each picture), {@code moderated=some} (of the first picture),
 * {@code moderated=http} (400); and those of {@link SyncSimulator}.
 */
public class BytePlusSimulator extends OpenAiShapedSimulator {

	private static final String KEY = "51e9c1a7-0000-4000-8000-simulated000";

	private static final InputRules RULES = new InputRules().text("prompt", "model")
		.with(either(list(1, 14, link()), link()), "image")
		.with(matching("[124]K|\\d{3,4}x\\d{3,4}"), "size")
		.with(anyInteger(), "seed")
		.with(option("url", "b64_json"), "response_format")
		.with(flag(), "watermark", "stream")
		.with(option("auto", "disabled"), "sequential_image_generation")
		.with(nested(new InputRules().with(integer(1, 15), "max_images")), "sequential_image_generation_options")
		.require("prompt", "model");

	public BytePlusSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "byteplus";
	}

	@Override
	public String baseUrl() {
		return origin() + "/api/v3";
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
		return path.equals("/api/v3/images/generations") ? Optional.of(Door.json(RULES)) : Optional.empty();
	}

	@Override
	protected Optional<Mono<Void>> moderated(Call call, HttpServerResponse response) {
		return call.isModerated("http", false)
				? Optional.of(json(response, 400, body("InputTextSensitiveContentDetected"))) : Optional.empty();
	}

	@Override
	protected int asked(Call call) {
		boolean several = call.text("sequential_image_generation", "disabled").equals("auto");
		return several ? call.input().path("sequential_image_generation_options").path("max_images").asInt(1) : 1;
	}

	@Override
	protected PictureSize size(Call call) {
		String size = call.text("size", "2K");
		return PictureSize.of(size, PictureSize.ratio("1:1", size));
	}

	@Override
	protected String format(Call call) {
		return "jpeg";
	}

	@Override
	protected boolean isUrl(Call call) {
		return call.text("response_format", "url").equals("url");
	}

	@Override
	protected void describe(Call call, int index, ObjectNode item) {
		if (call.isMarked(index)) {
			item.removeAll();
			item.setAll((ObjectNode) JSON.readTree(body("OutputImageSensitiveContentDetected")));
		}
		else {
			item.put("size", size(call).width() + "x" + size(call).height());
		}
	}

	@Override
	protected void complete(Call call, ObjectNode answer) {
		long made = answer.path("data").valueStream().filter(item -> !item.has("error")).count();
		answer.put("model", call.text("model", ""))
			.putObject("usage")
			.put("generated_images", made)
			.put("output_tokens", 16384 * made)
			.put("total_tokens", 16384 * made);
	}

	private static String body(String code) {
		ObjectNode body = object();
		body.putObject("error").put("code", code).put("message", "The content may be sensitive.");
		return body.toString();
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		ObjectNode body = object();
		body.putObject("error").put("code", switch (status) {
			case 400 -> "InvalidParameter";
			case 401 -> "AuthenticationError";
			case 403 -> "AccessDenied";
			case 404 -> "ModelNotFound";
			case 429 -> "RateLimitExceeded";
			case 503 -> "ServerOverloaded";
			default -> "InternalServiceError";
		}).put("message", message);
		return json(response, status, body.toString());
	}

}
