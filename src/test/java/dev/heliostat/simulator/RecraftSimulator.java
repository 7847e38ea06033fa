package dev.heliostat.simulator;

import java.util.Optional;
import java.util.UUID;

import reactor.core.publisher.Mono;
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
 * Recraft: pictures from text, from a picture, and inpainting; no vectors.
 * <p>
 * Knobs: {@code status=400|401|402|404|429|500}, {@code moderated} (400), and those of
 * {@link SyncSimulator}.
 */
public class RecraftSimulator extends OpenAiShapedSimulator {

	private static final String KEY = "simulatedRecraftToken0123456789abcdefghijklmnopqrstuvwxyz0123456";

	private static final InputRules COLOR = new InputRules().with(list(3, 3, integer(0, 255)), "rgb").require("rgb");

	private static final InputRules CONTROLS = new InputRules().with(list(0, 16, nested(COLOR)), "colors")
		.with(nested(COLOR), "background_color")
		.with(flag(), "no_text")
		.with(integer(0, 5), "artistic_level");

	private static final InputRules LAYOUT = new InputRules().text("text")
		.with(list(4, 4, list(2, 2, number(0, 1))), "bbox")
		.require("text", "bbox");

	private static final InputRules GENERATION = rules()
		.with(matching("\\d{3,4}x\\d{3,4}|1:1|2:1|1:2|3:2|2:3|4:3|3:4|5:4|4:5|6:10|14:10|10:14|16:9|9:16"), "size")
		.with(nested(CONTROLS), "controls")
		.with(list(0, 100, nested(LAYOUT)), "text_layout")
		.require("prompt");

	private static final InputRules FROM_PICTURE = rules().with(number(0, 1), "strength").require("prompt", "strength");

	private static final InputRules INPAINT = rules().require("prompt");

	public RecraftSimulator(int port) {
		super(port);
	}

	private static InputRules rules() {
		return new InputRules().text("prompt", "style", "substyle", "style_id", "negative_prompt")
			.with(textUpTo(10000), "prompt")
			.with(option("recraftv4_1", "recraftv4_1_pro", "recraftv4_1_utility", "recraftv4_1_utility_pro",
					"recraftv4", "recraftv4_pro", "recraftv3", "recraftv2"), "model")
			.with(integer(1, 6), "n")
			.with(option("url", "b64_json"), "response_format");
	}

	@Override
	public String provider() {
		return "recraft";
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
		return Optional.ofNullable(switch (path) {
			case "/v1/images/generations", "/v1/images/generations/raster" -> Door.json(GENERATION);
			case "/v1/images/imageToImage" -> Door.form(FROM_PICTURE, 1, "image").demand("image");
			case "/v1/images/inpaint" -> Door.form(INPAINT, 1, "image", "mask").demand("image", "mask");
			default -> null;
		});
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		return (received.method().equals("GET") && received.path().equals("/v1/users/me"))
				? json(response, 200, "{\"id\":\"simulated\",\"credits\":1000}")
				: super.serve(received, scenario, response);
	}

	@Override
	protected Optional<Mono<Void>> moderated(Call call, HttpServerResponse response) {
		return Optional.of(json(response, 400,
				object().put("code", "content_moderation")
					.put("message", "The prompt was rejected by content moderation.")
					.toString()));
	}

	@Override
	protected PictureSize size(Call call) {
		String size = call.text("size", "1024x1024");
		return size.contains(":") ? PictureSize.ratio(size, 1024)
				: call.file("image").map(SyncSimulator::sizeOf).orElseGet(() -> PictureSize.of(size, SQUARE));
	}

	@Override
	protected boolean isUrl(Call call) {
		return call.text("response_format", "url").equals("url");
	}

	@Override
	protected void describe(Call call, int index, ObjectNode item) {
		item.put("image_id", UUID.randomUUID().toString()).put("revised_prompt", call.text("prompt", ""));
	}

	@Override
	protected void complete(Call call, ObjectNode answer) {
		String model = call.text("model", "recraftv4_1");
		int units = model.endsWith("_pro") ? 250 : model.equals("recraftv2") ? 22 : 40;
		answer.put("credits", units * answer.path("data").size());
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		String code = switch (status) {
			case 400 -> "invalid_request_parameter";
			case 401 -> "unauthorized";
			case 402 -> "not_enough_credits";
			case 404 -> "not_found";
			case 429 -> "rate_limit_exceeded";
			default -> "internal_error";
		};
		return json(response, status, object().put("code", code).put("message", message).toString());
	}

}
