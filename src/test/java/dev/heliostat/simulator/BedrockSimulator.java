package dev.heliostat.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.option;

/**
 * AWS Bedrock with the bodies of Amazon's models and of Stability's. It takes a signed
 * request, or the key of {@link #API_KEY} as a bearer.
 * <p>
 * Knobs: {@code status=400|403|404|408|424|429|429-ready|500|503}; and those of
 * {@link SyncSimulator}. Amazon: {@code moderated=http} (usual; ValidationException),
 * {@code moderated=some} (the first picture is missing and error says why). Stability:
 * {@code moderated=prompt} (usual), {@code moderated=input}, {@code moderated=output}
 * (with a black picture), {@code moderated=error} (Inference error).
 */
public class BedrockSimulator extends SyncSimulator {

	/** A key of Bedrock, for requests without a signature. */
	public static final String API_KEY = "bedrock-api-key-c2ltdWxhdGVk";

	private static final AwsSignature SIGNATURE = new AwsSignature("AKIASIMULATED0000001",
			"simulated-secret-key-0123456789", "bedrock");

	private static final Pattern PATH = Pattern.compile("/model/([^/]+)/invoke");

	private static final InputRules NOVA_CONFIG = config().with(InputRules.multiple(16, 320, 4096), "width", "height")
		.with(integer(0, 858993459), "seed");

	private static final InputRules TITAN_CONFIG = config().with(integer(256, 4096), "width", "height")
		.with(integer(0, Integer.MAX_VALUE), "seed");

	/** Where each task of Amazon's models has its parameters. */
	private static final Map<String, String> TASKS = Map.of("TEXT_IMAGE", "textToImageParams",
			"COLOR_GUIDED_GENERATION", "colorGuidedGenerationParams", "IMAGE_VARIATION", "imageVariationParams",
			"INPAINTING", "inPaintingParams", "OUTPAINTING", "outPaintingParams", "BACKGROUND_REMOVAL",
			"backgroundRemovalParams");

	private static final InputRules NOVA = amazon(NOVA_CONFIG, 1024);

	private static final InputRules TITAN = amazon(TITAN_CONFIG, 512);

	private static final InputRules STABILITY = new InputRules().text("prompt", "negative_prompt")
		.with(option("text-to-image", "image-to-image"), "mode")
		.with(option("16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"), "aspect_ratio")
		.with(integer(0, 4294967294L), "seed")
		.with(option("png", "jpeg", "webp"), "output_format")
		.with(plainBase64(), "image")
		.with(number(0, 1), "strength")
		.require("prompt");

	public BedrockSimulator(int port) {
		super(port);
	}

	private static InputRules config() {
		return new InputRules().with(option("standard", "premium"), "quality")
			.with(integer(1, 5), "numberOfImages")
			.with(number(1.1, 10), "cfgScale");
	}

	private static InputRules worded(int most) {
		return new InputRules().with(textUpTo(most), "text", "negativeText");
	}

	private static InputRules amazon(InputRules config, int most) {
		return new InputRules().with(option(TASKS.keySet().toArray(String[]::new)), "taskType")
			.with(nested(worded(most).require("text")), "textToImageParams")
			.with(nested(worded(most).with(list(1, 10, matching("#[0-9A-Fa-f]{6}")), "colors")
				.with(plainBase64(), "referenceImage")
				.require("text", "colors")), "colorGuidedGenerationParams")
			.with(nested(worded(most).with(list(1, 5, plainBase64()), "images")
				.with(number(0.2, 1), "similarityStrength")
				.require("images")), "imageVariationParams")
			.with(nested(worded(most).with(InputRules.text(), "maskPrompt")
				.with(plainBase64(), "image", "maskImage")
				.require("image")), "inPaintingParams")
			.with(nested(worded(most).with(InputRules.text(), "maskPrompt")
				.with(plainBase64(), "image", "maskImage")
				.with(option("DEFAULT", "PRECISE"), "outPaintingMode")
				.require("image")), "outPaintingParams")
			.with(nested(new InputRules().with(plainBase64(), "image").require("image")), "backgroundRemovalParams")
			.with(nested(config), "imageGenerationConfig")
			.require("taskType");
	}

	@Override
	public String provider() {
		return "bedrock";
	}

	@Override
	public String baseUrl() {
		return origin();
	}

	@Override
	public String credential() {
		return SIGNATURE.accessKey() + ":" + SIGNATURE.secret();
	}

	@Override
	protected boolean isAuthorized(Received received) {
		return isBearer(received, API_KEY) || SIGNATURE.isValid(received);
	}

	@Override
	protected Mono<Void> unauthorized(HttpServerResponse response) {
		return error(response, 403, "The security token included in the request is invalid.");
	}

	private static String model(String path) {
		Matcher matcher = PATH.matcher(path);
		return matcher.matches() ? URLDecoder.decode(matcher.group(1), StandardCharsets.UTF_8) : "";
	}

	@Override
	protected Optional<Door> door(String path) {
		String model = model(path);
		return Optional.ofNullable(model.contains("amazon.nova-") ? Door.json(NOVA) : model.contains("amazon.titan-")
				? Door.json(TITAN) : model.contains("stability.") ? Door.json(STABILITY) : null);
	}

	@Override
	protected String promptOf(JsonNode input) {
		return super.promptOf(input) + parameters(input).path("text").asString("");
	}

	private static JsonNode parameters(JsonNode input) {
		return input.path(TASKS.getOrDefault(input.path("taskType").asString(""), ""));
	}

	@Override
	protected Optional<InputRules.Fault> conflict(Call call) {
		JsonNode input = call.input();
		if (model(call.path()).contains("stability.")) {
			boolean image = call.text("mode", "text-to-image").equals("image-to-image");
			return (image == input.has("image") && image == input.has("strength")
					&& !(image && input.has("aspect_ratio"))) ? Optional.empty()
							: Optional.of(fault("mode", "Does not fit image, strength and aspect_ratio"));
		}
		String params = TASKS.get(call.text("taskType", ""));
		if (!input.has(params)
				|| input.propertyNames().stream().anyMatch(name -> name.endsWith("Params") && !name.equals(params))) {
			return Optional.of(fault(params, "Required alone for this taskType"));
		}
		PictureSize size = size(call);
		boolean right = size.width() <= 4 * size.height() && size.height() <= 4 * size.width()
				&& size.width() * size.height() <= 4_194_304;
		return right ? Optional.empty() : Optional.of(fault("imageGenerationConfig.width", "Unsupported dimensions"));
	}

	private static PictureSize size(Call call) {
		JsonNode config = call.input().path("imageGenerationConfig");
		return new PictureSize(config.path("width").asInt(1024), config.path("height").asInt(1024));
	}

	@Override
	protected Mono<Void> make(Call call, HttpServerResponse response) {
		if (model(call.path()).contains("stability.")) {
			return whole(call.scenario(), response, stability(call).toString());
		}
		boolean some = call.isModerated("some", false);
		if (call.scenario().has("moderated") && !some) {
			return error(response, 400,
					"This request has been blocked by our content filters. Please adjust your text prompt.");
		}
		ObjectNode answer = object();
		ArrayNode images = answer.putArray("images");
		int asked = call.count(call.input().path("imageGenerationConfig").path("numberOfImages").asInt(1));
		for (int i = some ? 1 : 0; i < asked; i++) {
			images.add(base64(size(call).picture(call.scenario(), "png")));
		}
		answer.put("error", some ? "Some of the generated images were blocked by our content filters." : null);
		return whole(call.scenario(), response, answer.toString());
	}

	private static ObjectNode stability(Call call) {
		String format = call.text("output_format", "png");
		PictureSize size = call.input().has("image") ? sizeOf(decoded(call.text("image", "")))
				: PictureSize.ratio(call.text("aspect_ratio", "1:1"), 1024);
		String moderated = call.scenario().text("moderated", "no");
		ObjectNode answer = object();
		answer.putArray("seeds").add(call.input().path("seed").asLong(0));
		answer.putArray("finish_reasons").add(switch (moderated) {
			case "no" -> null;
			case "output" -> "Filter reason: output image";
			case "input" -> "Filter reason: input image";
			case "error" -> "Inference error";
			default -> "Filter reason: prompt";
		});
		ArrayNode images = answer.putArray("images");
		if (moderated.equals("no") && !call.scenario().has("empty")) {
			images.add(base64(size.picture(call.scenario(), format)));
		}
		else if (moderated.equals("output")) {
			images.add(base64(size.black(format)));
		}
		return answer;
	}

	@Override
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		return call.scenario().text("status", "").equals("429-ready")
				? error(response, 429, "ModelNotReadyException", "The model is not ready.")
				: super.refuse(call, status, response);
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		return error(response, status, switch (status) {
			case 400 -> "ValidationException";
			case 403 -> "AccessDeniedException";
			case 404 -> "ResourceNotFoundException";
			case 408 -> "ModelTimeoutException";
			case 424 -> "ModelErrorException";
			case 429 -> "ThrottlingException";
			case 503 -> "ServiceUnavailableException";
			default -> "InternalServerException";
		}, message);
	}

	private static Mono<Void> error(HttpServerResponse response, int status, String type, String message) {
		response.header("x-amzn-ErrorType", type);
		return json(response, status, object().put("message", message).toString());
	}

}
