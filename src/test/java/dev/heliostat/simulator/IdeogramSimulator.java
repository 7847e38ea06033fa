package dev.heliostat.simulator;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.any;
import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.option;
import static dev.heliostat.simulator.InputRules.text;

/**
 * Ideogram 3 (generate, edit, inpaint, remix), 4, and the legacy API.
 * <p>
 * Knobs: {@code status=400|401|422|429|500}, 400 and 401 also with the suffix
 * {@code -detail} for another form; {@code moderated=flag} (usual; is_image_safe is false
 * and url is null), {@code moderated=some} (the first picture only),
 * {@code moderated=flag-empty} (url is empty text), {@code moderated=http} (422); and
 * those of {@link SyncSimulator}.
 */
public class IdeogramSimulator extends SyncSimulator {

	private static final String KEY = "simulatedIdeogramKey0123456789abcdefghijklmnopqrstuvwxyz";

	private static final List<String> RATIOS = List.of("1x1", "16x9", "9x16", "4x3", "3x4", "3x2", "2x3", "4x5", "5x4",
			"16x10", "10x16", "1x2", "2x1", "1x3", "3x1");

	private static final InputRules V3 = v3();

	private static final InputRules REMIX = v3().with(integer(1, 100), "image_weight");

	private static final InputRules V4 = rules().with(option("AUTO", "ON", "OFF"), "magic_prompt_option");

	private static final InputRules IMAGE_REQUEST = new InputRules().text("prompt", "negative_prompt")
		.with(integer(0, Integer.MAX_VALUE), "seed")
		.with(matching("V_\\w+"), "model")
		.with(matching("ASPECT_\\d+_\\d+"), "aspect_ratio")
		.with(option("AUTO", "ON", "OFF"), "magic_prompt_option")
		.with(matching("[A-Z_0-9]+"), "style_type")
		.with(integer(1, 8), "num_images")
		.require("prompt");

	private static final InputRules LEGACY = new InputRules().with(nested(IMAGE_REQUEST), "image_request")
		.require("image_request");

	public IdeogramSimulator(int port) {
		super(port);
	}

	private static InputRules rules() {
		return new InputRules().text("prompt", "custom_model_uri")
			.with(integer(0, Integer.MAX_VALUE), "seed")
			.require("prompt");
	}

	private static InputRules v3() {
		return rules().text("negative_prompt", "style_preset", "style_codes")
			.with(matching("\\d{3,4}x\\d{3,4}"), "resolution")
			.with(option(RATIOS.toArray(String[]::new)), "aspect_ratio")
			.with(option("FLASH", "TURBO", "DEFAULT", "QUALITY"), "rendering_speed")
			.with(option("AUTO", "ON", "OFF"), "magic_prompt")
			.with(integer(1, 8), "num_images")
			.with(option("AUTO", "GENERAL", "REALISTIC", "DESIGN", "FICTION"), "style_type")
			.with(either(text(), list(1, 50, text())), "style_codes")
			.with(any(), "color_palette");
	}

	@Override
	public String provider() {
		return "ideogram";
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
		return KEY.equals(received.headers().get("api-key"));
	}

	@Override
	protected Optional<Door> door(String path) {
		return Optional.ofNullable(switch (path) {
			case "/v1/ideogram-v3/generate" -> form(V3).orJson();
			case "/v1/ideogram-v3/edit", "/v1/ideogram-v3/inpaint" -> form(V3, "image", "mask").demand("image", "mask");
			case "/v1/ideogram-v3/remix" -> form(REMIX, "image").demand("image");
			case "/v1/ideogram-v4/generate" -> Door.form(V4, 0).orJson();
			case "/generate" -> Door.json(LEGACY);
			default -> null;
		});
	}

	private static Door form(InputRules rules, String... files) {
		return Door.form(rules, 10,
				Stream
					.concat(Stream.of(files), Stream.of("style_reference_images", "character_reference_images",
							"character_reference_images_mask"))
					.toArray(String[]::new));
	}

	@Override
	protected String promptOf(JsonNode input) {
		return fields(input).path("prompt").asString("");
	}

	private static JsonNode fields(JsonNode input) {
		return input.has("image_request") ? input.path("image_request") : input;
	}

	@Override
	protected Optional<InputRules.Fault> conflict(Call call) {
		String resolution = call.text("resolution", "1024x1024");
		PictureSize size = PictureSize.of(resolution, SQUARE);
		if (call.input().has("resolution") && call.input().has("aspect_ratio")) {
			return Optional.of(fault("resolution", "Only one of resolution and aspect_ratio may be given"));
		}
		boolean right = Stream.of(size.width(), size.height())
			.allMatch(side -> side >= 512 && side <= 1536 && side % 16 == 0);
		return right ? Optional.empty() : Optional.of(fault("resolution", "Not among the resolutions"));
	}

	@Override
	protected Mono<Void> make(Call call, HttpServerResponse response) {
		JsonNode input = fields(call.input());
		String refused = call.scenario().text("moderated", "");
		if (refused.equals("http")) {
			return error(response, 422, "Prompt failed the safety check");
		}
		PictureSize size = size(call, input);
		ObjectNode answer = object().put("created", "2026-01-01T00:00:00Z");
		ArrayNode data = answer.putArray("data");
		int count = call.count(input.path("num_images").asInt(1));
		for (int i = 0; i < count; i++) {
			boolean marked = call.isMarked(i);
			String none = refused.equals("flag-empty") ? "" : null;
			data.addObject()
				.put("url", marked ? none : host(size.picture(call.scenario(), "png")))
				.put("prompt", input.path("prompt").asString() + ", rewritten")
				.put("resolution", size.width() + "x" + size.height())
				.put("is_image_safe", !marked)
				.put("seed", input.path("seed").asInt(12345) + i)
				.put("style_type", input.path("style_type").asString("GENERAL"));
		}
		return whole(call.scenario(), response, answer.toString());
	}

	private static PictureSize size(Call call, JsonNode input) {
		String ratio = input.path("aspect_ratio").asString("1x1").replace("ASPECT_", "").replace('_', 'x');
		return call.file("image")
			.map(SyncSimulator::sizeOf)
			.orElseGet(() -> PictureSize.of(input.path("resolution").asString(""), PictureSize.ratio(ratio, 1024)));
	}

	@Override
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		return call.scenario().text("status", "").endsWith("-detail")
				? json(response, status, object().put("detail", words(status)).toString())
				: super.refuse(call, status, response);
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		return json(response, status, object().put("error", message).toString());
	}

}
