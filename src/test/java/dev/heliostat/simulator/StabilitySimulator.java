package dev.heliostat.simulator;

import java.util.Optional;
import java.util.stream.Stream;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.option;

/**
 * Stability AI v2beta: forms in, bytes or JSON out.
 * <p>
 * Knobs: {@code status=400|401|402|403|404|413|422|429|500}, {@code moderated=http}
 * (usual; 403 content_moderation), {@code moderated=flag} (a picture that shows nothing,
 * and CONTENT_FILTERED), and those of {@link SyncSimulator}.
 */
public class StabilitySimulator extends SyncSimulator {

	private static final String KEY = "sk-simulatedStability0123456789abcdefghijklmnopqrs";

	private static final String ROOT = "/v2beta/stable-image/";

	private static final int LIMIT = 10 * 1024 * 1024;

	private static final InputRules SD3 = generation().with(number(0, 1), "strength")
		.with(option("sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium", "sd3.5-flash"), "model")
		.with(option("text-to-image", "image-to-image"), "mode")
		.with(number(1, 10), "cfg_scale");

	private static final InputRules CORE = generation();

	private static final InputRules ULTRA = generation().with(number(0, 1), "strength");

	private static final InputRules INPAINT = common().text("style_preset")
		.with(integer(0, 100), "grow_mask")
		.require("prompt");

	private static final InputRules FAST = new InputRules().with(option("png", "jpeg", "webp"), "output_format");

	private static final InputRules CONSERVATIVE = common().with(number(0.2, 0.5), "creativity").require("prompt");

	public StabilitySimulator(int port) {
		super(port);
	}

	private static InputRules common() {
		return new InputRules().text("prompt", "negative_prompt")
			.with(textUpTo(10000), "prompt", "negative_prompt")
			.with(integer(0, 4294967294L), "seed")
			.with(option("png", "jpeg", "webp"), "output_format");
	}

	private static InputRules generation() {
		return common().text("style_preset")
			.with(option("16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"), "aspect_ratio")
			.require("prompt");
	}

	@Override
	public String provider() {
		return "stability";
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
	protected Optional<Door> door(String path) {
		return Optional.ofNullable(switch (path.startsWith(ROOT) ? path.substring(ROOT.length()) : "") {
			case "generate/sd3" -> Door.form(SD3, 1, "image");
			case "generate/core" -> Door.form(CORE, 0);
			case "generate/ultra" -> Door.form(ULTRA, 1, "image");
			case "edit/inpaint" -> Door.form(INPAINT, 1, "image", "mask").demand("image");
			case "upscale/fast" -> Door.form(FAST, 1, "image").demand("image");
			case "upscale/conservative" -> Door.form(CONSERVATIVE, 1, "image").demand("image");
			default -> null;
		});
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		if (received.method().equals("GET") && received.path().equals("/v1/user/balance")) {
			return json(response, 200, "{\"credits\":1000}");
		}
		return (received.bytes().length > LIMIT) ? error(response, 413, words(413))
				: super.serve(received, scenario, response);
	}

	@Override
	protected Optional<InputRules.Fault> conflict(Call call) {
		boolean image = call.file("image").isPresent();
		boolean derived = call.text("mode", "text-to-image").equals("image-to-image");
		String accept = accept(call);
		if (!Stream.of("image/*", "application/json", "*/*").anyMatch(accept::equals)) {
			return Optional.of(fault("accept", "Must be image/* or application/json"));
		}
		if (call.path().contains("/upscale/") || call.path().contains("/edit/")) {
			return Optional.empty();
		}
		if (derived && !image) {
			return Optional.of(fault("image", "Required in the mode image-to-image"));
		}
		if (derived && call.input().has("aspect_ratio")) {
			return Optional.of(fault("aspect_ratio", "Not allowed in the mode image-to-image"));
		}
		if (call.path().endsWith("/sd3") && image && !derived) {
			return Optional.of(fault("image", "Not allowed in the mode text-to-image"));
		}
		return (image == call.input().has("strength")) ? Optional.empty()
				: Optional.of(fault("strength", "Goes together with image"));
	}

	private static String accept(Call call) {
		return call.received().headers().getOrDefault("accept", "*/*");
	}

	@Override
	protected Mono<Void> make(Call call, HttpServerResponse response) {
		Scenario scenario = call.scenario();
		boolean filtered = call.isModerated("flag", false);
		if (scenario.has("moderated") && !filtered) {
			return error(response, 403, "content_moderation",
					"Your request was flagged by our content moderation system, as a result your request was denied.");
		}
		String format = call.text("output_format", "png");
		PictureSize size = size(call);
		byte[] picture = scenario.has("empty") ? new byte[0]
				: filtered ? size.black(format) : size.picture(scenario, format);
		long seed = call.input().path("seed").asLong(0);
		String reason = filtered ? "CONTENT_FILTERED" : "SUCCESS";
		if (accept(call).equals("application/json")) {
			ObjectNode answer = object();
			if (picture.length > 0) {
				answer.put("image", base64(picture));
			}
			answer.put("finish_reason", reason).put("seed", (seed == 0) ? 343940597L : seed);
			return whole(scenario, response, answer.toString());
		}
		response.header("finish-reason", reason)
			.header("seed", Long.toString((seed == 0) ? 343940597L : seed))
			.header("x-request-id", "simulated0123456789");
		return wholeBytes(scenario, response, "image/" + format, picture);
	}

	/** An upscaled picture is only twice as large, to stay quick. */
	private static PictureSize size(Call call) {
		PictureSize made = PictureSize.ratio(call.text("aspect_ratio", "1:1"), 1024);
		PictureSize size = call.file("image").map(SyncSimulator::sizeOf).orElse(made);
		return call.path().contains("/upscale/") ? new PictureSize(2 * size.width(), 2 * size.height()) : size;
	}

	@Override
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		return (status == 422) ? error(response, 422, "invalid_language", "English is the only supported language.")
				: super.refuse(call, status, response);
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		return error(response, status, switch (status) {
			case 400 -> "bad_request";
			case 401 -> "unauthorized";
			case 402 -> "payment_required";
			case 403 -> "permission_denied";
			case 404 -> "not_found";
			case 413 -> "payload_too_large";
			case 429 -> "rate_limit_exceeded";
			default -> "internal_error";
		}, message);
	}

	private static Mono<Void> error(HttpServerResponse response, int status, String name, String message) {
		ObjectNode body = object().put("id", "simulated0123456789abcdef").put("name", name);
		body.putArray("errors").add(message);
		return json(response, status, body.toString());
	}

}
