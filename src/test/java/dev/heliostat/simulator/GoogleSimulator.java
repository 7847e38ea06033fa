package dev.heliostat.simulator;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.option;

/**
 * Google's models at one of its two doors: generateContent makes one picture, predict
 * several.
 * <p>
 * Knobs: {@code status=400|400-precondition|403|404|429|429-day|500|503|504},
 * {@code retry-after=s} (in RetryInfo), and those of {@link SyncSimulator}. For
 * generateContent: {@code moderated=finish} (usual; IMAGE_SAFETY and no content) or
 * another finishReason by its name, {@code moderated=text} (IMAGE_SAFETY and text),
 * {@code moderated=prompt} (blockReason SAFETY) or {@code moderated=prompt-NAME} for
 * another one; {@code empty} (NO_IMAGE and text), {@code thought} (an interim picture
 * comes first), {@code twice} (the same picture again). For predict:
 * {@code moderated=rai} (usual; only raiFilteredReason), {@code moderated=some} (the
 * first picture only), {@code moderated=absent} (no predictions), {@code moderated=http}
 * (400); {@code empty} (an empty list).
 */
abstract class GoogleSimulator extends SyncSimulator {

	private static final InputRules.Rule DATA = nested(
			new InputRules().with(matching("image/(png|jpeg|webp|gif)"), "mimeType")
				.with(plainBase64(), "data")
				.require("mimeType", "data"));

	private static final InputRules.Rule PART = either(nested(new InputRules().text("text").require("text")),
			nested(new InputRules().with(DATA, "inlineData").require("inlineData")));

	private static final InputRules CONTENT = new InputRules().with(option("user", "model"), "role")
		.with(list(1, 20, PART), "parts")
		.require("parts");

	private static final InputRules IMAGE_CONFIG = new InputRules()
		.with(option("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9", "1:4", "4:1", "1:8",
				"8:1"), "aspectRatio")
		.with(option("512", "1K", "2K", "4K"), "imageSize");

	private static final InputRules CONFIG = new InputRules()
		.with(list(1, 2, option("TEXT", "IMAGE")), "responseModalities")
		.with(nested(IMAGE_CONFIG), "imageConfig")
		.with(integer(Integer.MIN_VALUE, Integer.MAX_VALUE), "seed");

	private static final InputRules SAFETY = new InputRules().with(matching("HARM_CATEGORY_[A-Z_]+"), "category")
		.with(matching("BLOCK_[A-Z_]+|OFF"), "threshold")
		.require("category", "threshold");

	private static final InputRules GENERATE = new InputRules().with(list(1, 20, nested(CONTENT)), "contents")
		.with(nested(CONFIG), "generationConfig")
		.with(list(0, 10, nested(SAFETY)), "safetySettings")
		.require("contents");

	private static final InputRules OUTPUT = new InputRules().with(option("image/png", "image/jpeg"), "mimeType")
		.with(integer(0, 100), "compressionQuality");

	private final Pattern path;

	private final InputRules predict;

	/** A simulator whose models are behind a prefix. */
	protected GoogleSimulator(int port, String prefix, InputRules predict) {
		super(port);
		this.path = Pattern.compile(prefix + "/models/([\\w.-]+):(generateContent|predict)");
		this.predict = predict;
	}

	/** What Imagen takes at both doors. */
	protected static InputRules parameters() {
		return new InputRules().text("negativePrompt")
			.with(integer(1, 4), "sampleCount")
			.with(option("1:1", "3:4", "4:3", "9:16", "16:9"), "aspectRatio")
			.with(option("1K", "2K"), "sampleImageSize")
			.with(option("allow_adult", "allow_all", "dont_allow"), "personGeneration")
			.with(integer(0, 4294967295L), "seed")
			.with(flag(), "addWatermark", "enhancePrompt", "includeRaiReason")
			.with(matching("block_\\w+"), "safetySetting")
			.with(nested(OUTPUT), "outputOptions");
	}

	protected static InputRules predict(InputRules instance, InputRules parameters) {
		return new InputRules().with(list(1, 1, nested(instance)), "instances")
			.with(nested(parameters), "parameters")
			.require("instances");
	}

	@Override
	protected Optional<Door> door(String path) {
		Matcher matcher = this.path.matcher(path);
		return matcher.matches() ? Optional.of(Door.json(matcher.group(2).equals("predict") ? this.predict : GENERATE))
				: Optional.empty();
	}

	protected static boolean isPredict(Call call) {
		return call.path().endsWith(":predict");
	}

	@Override
	protected String promptOf(JsonNode input) {
		String instance = input.path("instances").path(0).path("prompt").asString("");
		return instance + input.path("contents")
			.valueStream()
			.flatMap(content -> content.path("parts").valueStream())
			.map(part -> part.path("text").asString(""))
			.collect(Collectors.joining("\n"));
	}

	@Override
	protected Mono<Void> make(Call call, HttpServerResponse response) {
		if (isPredict(call) && call.isModerated("http", false)) {
			return error(response, 400, "The prompt could not be submitted: it may violate the policies.");
		}
		ObjectNode answer = isPredict(call) ? predictions(call) : candidates(call);
		return whole(call.scenario(), response, answer.toString());
	}

	private static ObjectNode predictions(Call call) {
		JsonNode parameters = call.input().path("parameters");
		String type = parameters.path("outputOptions").path("mimeType").asString("image/png");
		PictureSize size = PictureSize.ratio(parameters.path("aspectRatio").asString("1:1"),
				parameters.path("sampleImageSize").asString(parameters.path("imageSize").asString("1K")));
		ObjectNode answer = object();
		if (call.isModerated("absent", false)) {
			return answer;
		}
		ArrayNode predictions = answer.putArray("predictions");
		int count = call.count(parameters.path("sampleCount").asInt(1));
		for (int i = 0; i < count; i++) {
			if (call.isMarked(i)) {
				predictions.addObject()
					.put("raiFilteredReason", "Unable to show generated images. Support codes: 56562880");
			}
			else {
				predictions.addObject()
					.put("mimeType", type)
					.put("bytesBase64Encoded", base64(size.picture(call.scenario(), type.substring(6))))
					.put("prompt", "An enhanced prompt");
			}
		}
		return answer;
	}

	private ObjectNode candidates(Call call) {
		Matcher matcher = this.path.matcher(call.path());
		String model = matcher.matches() ? matcher.group(1) : "";
		JsonNode settings = call.input().path("generationConfig").path("imageConfig");
		String tier = settings.path("imageSize").asString("1K");
		Scenario scenario = call.scenario();
		String moderated = scenario.text("moderated", "");
		ObjectNode answer = object();
		int tokens = 0;
		if (moderated.startsWith("prompt")) {
			answer.putObject("promptFeedback")
				.put("blockReason", moderated.equals("prompt") ? "SAFETY" : moderated.substring("prompt-".length()));
		}
		else if (scenario.has("moderated") || scenario.has("empty")) {
			ObjectNode candidate = answer.putArray("candidates").addObject();
			boolean named = moderated.equals(moderated.toUpperCase()) && !moderated.isEmpty();
			if (scenario.has("empty") || moderated.equals("text")) {
				candidate.putObject("content").put("role", "model").putArray("parts").addObject().put("text", "Sorry.");
			}
			else {
				candidate.putNull("content");
			}
			candidate.put("finishReason", named ? moderated : scenario.has("moderated") ? "IMAGE_SAFETY" : "NO_IMAGE")
				.put("index", 0);
		}
		else {
			tokens = tokens(model, tier);
			byte[] picture = PictureSize.ratio(settings.path("aspectRatio").asString("1:1"), tier)
				.picture(scenario, "png");
			ObjectNode candidate = answer.putArray("candidates").addObject();
			parts(candidate.putObject("content").put("role", "model").putArray("parts"), scenario, picture);
			candidate.put("finishReason", "STOP").put("index", 0);
		}
		ObjectNode usage = answer.putObject("usageMetadata")
			.put("promptTokenCount", 8)
			.put("candidatesTokenCount", tokens)
			.put("totalTokenCount", 8 + tokens)
			.put("thoughtsTokenCount", 0);
		usage.putArray("candidatesTokensDetails").addObject().put("modality", "IMAGE").put("tokenCount", tokens);
		return answer.put("modelVersion", model).put("responseId", "simulated-response");
	}

	private static void parts(ArrayNode parts, Scenario scenario, byte[] picture) {
		if (scenario.has("thought")) {
			picture(parts, TestPictures.picture(64, 64, "png")).put("thought", true);
		}
		parts.addObject().put("text", "Here is your picture.");
		picture(parts, picture).put("thoughtSignature", "c2ltdWxhdGVk");
		if (scenario.has("twice")) {
			picture(parts, picture);
		}
	}

	private static ObjectNode picture(ArrayNode parts, byte[] picture) {
		ObjectNode part = parts.addObject();
		part.putObject("inlineData").put("mimeType", "image/png").put("data", base64(picture));
		return part;
	}

	private static int tokens(String model, String tier) {
		if (model.contains("2.5")) {
			return 1290;
		}
		if (model.contains("flash") && !model.contains("lite")) {
			return switch (tier) {
				case "512" -> 747;
				case "2K" -> 1680;
				case "4K" -> 2520;
				default -> 1120;
			};
		}
		return tier.equals("4K") ? 2000 : 1120;
	}

	@Override
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		return call.scenario().text("status", "").equals("400-precondition")
				? json(response, 400, body(400, "FAILED_PRECONDITION", "A precondition does not hold.").toString())
				: super.refuse(call, status, response);
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		return json(response, status, body(status, switch (status) {
			case 400 -> "INVALID_ARGUMENT";
			case 401 -> "UNAUTHENTICATED";
			case 403 -> "PERMISSION_DENIED";
			case 404 -> "NOT_FOUND";
			case 429 -> "RESOURCE_EXHAUSTED";
			case 503 -> "UNAVAILABLE";
			case 504 -> "DEADLINE_EXCEEDED";
			default -> "INTERNAL";
		}, message).toString());
	}

	protected static ObjectNode body(int code, String status, String message) {
		ObjectNode body = object();
		body.putObject("error").put("code", code).put("message", message).put("status", status);
		return body;
	}

}
