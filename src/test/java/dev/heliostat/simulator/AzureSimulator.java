package dev.heliostat.simulator;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.option;

/**
 * Azure OpenAI, at the path of v1 and at those of deployments.
 * <p>
 * Knobs: {@code status=400|401|403|404|429|429-quota|500|503}, {@code retry-after=s},
 * {@code moderated=http} (usual; contentFilter with inner_error),
 * {@code moderated=content_filter}, {@code moderated=policy} (content_policy_violation),
 * {@code moderated=innererror} (the other spelling), {@code moderated=openai}
 * (moderation_blocked); those of {@link SyncSimulator}, and for streams those of
 * {@link ImageEvents}.
 */
public class AzureSimulator extends OpenAiShapedSimulator {

	private static final String KEY = "simulated0123456789abcdef0123456";

	private static final Pattern PATH = Pattern.compile("/openai/(v1|deployments/([^/]+))/images/(generations|edits)");

	private static final String CATEGORIES = """
			{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},\
			"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":%s,"severity":"%s"}}""";

	private final ImageEvents events = new ImageEvents();

	private static final InputRules GENERATION = rules().with(option("auto", "low"), "moderation")
		.with(option("vivid", "natural"), "style");

	private static final InputRules.Rule IMAGE = either(
			nested(new InputRules().with(link(), "image_url").require("image_url")),
			nested(new InputRules().with(matching("file-.+"), "file_id").require("file_id")));

	private static final InputRules EDIT = rules().with(option("low", "high"), "input_fidelity")
		.with(list(1, 16, IMAGE), "images")
		.with(IMAGE, "mask");

	public AzureSimulator(int port) {
		super(port);
	}

	private static InputRules rules() {
		return new InputRules().text("prompt", "model", "user")
			.with(textUpTo(32000), "prompt")
			.with(integer(1, 10), "n")
			.with(matching("auto|\\d{3,4}x\\d{3,4}"), "size")
			.with(option("low", "medium", "high", "auto", "standard", "hd"), "quality")
			.with(option("transparent", "opaque", "auto"), "background")
			.with(option("png", "jpeg", "webp"), "output_format")
			.with(integer(0, 100), "output_compression")
			.with(option("url", "b64_json"), "response_format")
			.with(flag(), "stream")
			.with(integer(0, 3), "partial_images")
			.require("prompt");
	}

	@Override
	public String provider() {
		return "azure";
	}

	@Override
	public String baseUrl() {
		return origin() + "/openai";
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
		Matcher matcher = PATH.matcher(path);
		if (!matcher.matches()) {
			return Optional.empty();
		}
		return Optional.of(matcher.group(3).equals("generations") ? Door.json(GENERATION)
				: Door.form(EDIT, 16, "image", "image[]", "mask").demand("image|image[]").orJson());
	}

	/** The deployment, which stands for the model. */
	private static String model(Call call) {
		Matcher matcher = PATH.matcher(call.path());
		return (matcher.matches() && matcher.group(2) != null) ? matcher.group(2) : call.text("model", "");
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		boolean versioned = received.path().matches(".*[?&]api-version=\\d{4}-\\d{2}-\\d{2}(-preview)?(&.*)?");
		return (received.plainPath().startsWith("/openai/deployments/") && !versioned) ? unknownPath(received, response)
				: super.serve(received, scenario, response);
	}

	@Override
	protected Optional<InputRules.Fault> conflict(Call call) {
		JsonNode input = call.input();
		PictureSize size = size(call);
		boolean old = model(call).contains("dall-e");
		boolean wide = size.width() > 3 * size.height() || size.height() > 3 * size.width()
				|| Math.max(size.width(), size.height()) > 3840 || Math.min(size.width(), size.height()) > 2160;
		if (model(call).isEmpty()) {
			return Optional.of(fault("model", "Field required"));
		}
		if (call.path().endsWith("/edits") && !isForm(call.received()) && !input.has("images")) {
			return Optional.of(fault("images", "Field required"));
		}
		if (wide || size.width() % 16 != 0 || size.height() % 16 != 0) {
			return Optional.of(fault("size", "Invalid size"));
		}
		if (call.text("background", "").equals("transparent") && format(call).equals("jpeg")) {
			return Optional.of(fault("background", "Transparent background needs png or webp"));
		}
		return Stream.of("response_format", "style")
			.filter(field -> input.has(field) && !old)
			.map(field -> new InputRules.Fault(field, "extra_forbidden", "Unknown parameter"))
			.findFirst();
	}

	@Override
	protected Optional<Mono<Void>> moderated(Call call, HttpServerResponse response) {
		String form = call.scenario().text("moderated", "");
		ObjectNode body = object();
		ObjectNode error = body.putObject("error").put("code", switch (form) {
			case "policy" -> "content_policy_violation";
			case "content_filter" -> "content_filter";
			case "openai" -> "moderation_blocked";
			default -> "contentFilter";
		}).put("message", "Your task failed as a result of our safety system.");
		if (form.equals("openai")) {
			error.put("type", "image_generation_user_error")
				.putNull("param")
				.putObject("moderation_details")
				.put("moderation_stage", "input")
				.putArray("categories")
				.add("violence");
		}
		else {
			error.putObject(form.equals("innererror") ? "innererror" : "inner_error")
				.put("code", "ResponsibleAIPolicyViolation")
				.set("content_filter_results", JSON.readTree(CATEGORIES.formatted("true", "high")));
		}
		return Optional.of(json(response, 400, body.toString()));
	}

	@Override
	protected Mono<Void> make(Call call, HttpServerResponse response) {
		boolean plain = !ImageEvents.wanted(call.input()) || call.scenario().has("moderated");
		return plain ? super.make(call, response) : this.events.send(call.scenario(), call.path().endsWith("/edits"),
				call.input(), answer(call), response);
	}

	@Override
	protected boolean isUrl(Call call) {
		return model(call).contains("dall-e") && call.text("response_format", "url").equals("url");
	}

	@Override
	protected void describe(Call call, int index, ObjectNode item) {
		if (model(call).contains("dall-e")) {
			JsonNode categories = JSON.readTree(CATEGORIES.formatted("false", "safe"));
			item.put("revised_prompt", call.text("prompt", "")).set("content_filter_results", categories);
			item.set("prompt_filter_results", categories);
		}
	}

	@Override
	protected void complete(Call call, ObjectNode answer) {
		if (model(call).contains("dall-e")) {
			return;
		}
		answer.put("background", call.text("background", "opaque").replace("auto", "opaque"))
			.put("output_format", format(call))
			.put("quality", call.text("quality", "high").replace("auto", "high"))
			.put("size", size(call).width() + "x" + size(call).height());
		int made = 4160 * answer.path("data").size();
		ObjectNode usage = answer.putObject("usage")
			.put("total_tokens", made + 50)
			.put("input_tokens", 50)
			.put("output_tokens", made);
		usage.putObject("input_tokens_details").put("text_tokens", 10).put("image_tokens", 40);
		usage.putObject("output_tokens_details").put("image_tokens", made).put("text_tokens", 0);
	}

	@Override
	protected Mono<Void> invalid(Received received, InputRules.Fault fault, HttpServerResponse response) {
		String code = fault.type().equals("extra_forbidden") ? "unknown_parameter" : "invalid_value";
		return json(response, 400, openAiError("invalid_request_error", fault.field(), code, fault.text()).toString());
	}

	@Override
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		if (call.scenario().text("status", "").equals("429-quota")) {
			return json(response, 429, openAiError("insufficient_quota", null, "insufficient_quota",
					"You exceeded your current quota, please check your plan and billing details.")
				.toString());
		}
		if (status == 429) {
			int seconds = call.scenario().number("retry-after", 1);
			response.header("retry-after", Integer.toString(seconds)).header("retry-after-ms", seconds + "000");
			return error(response, 429, "Rate limit reached, please retry after " + seconds + " seconds.");
		}
		return super.refuse(call, status, response);
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		ObjectNode body = object();
		body.putObject("error")
			.put("code", (status == 404) ? "DeploymentNotFound" : Integer.toString(status))
			.put("message", (status == 401) ? "Access denied due to invalid subscription key." : message);
		return json(response, status, body.toString());
	}

}
