package dev.heliostat.simulator;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.any;
import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.option;
import static dev.heliostat.simulator.InputRules.text;

/**
 * OpenRouter's images, and chat completions that answer pictures; no streams, no SVG.
 * <p>
 * Knobs: {@code status=400|401|402|403|404|408|429|500|502|503|524|529},
 * {@code status=200-error} (the error is in a body with status 200),
 * {@code moderated=http} (usual; 403 with reasons), {@code moderated=text} (chat: a
 * refusal in words); and those of {@link SyncSimulator}.
 */
public class OpenRouterSimulator extends OpenAiShapedSimulator {

	private static final String KEY = "sk-or-v1-simulated0123456789abcdef0123456789abcdef";

	private static final String RATIO = "\\d+:\\d+";

	private static final InputRules REFERENCE = new InputRules().with(option("image_url"), "type")
		.with(nested(new InputRules().with(link(), "url").require("url")), "image_url")
		.require("type", "image_url");

	private static final InputRules ROUTING = new InputRules().with(list(0, 50, text()), "only", "order", "ignore")
		.with(option("price", "throughput", "latency"), "sort")
		.with(flag(), "allow_fallbacks")
		.with(any(), "options");

	private static final InputRules IMAGES = new InputRules().text("prompt", "model")
		.with(integer(1, 10), "n")
		.with(option("512", "1K", "2K", "4K"), "resolution")
		.with(matching(RATIO + "|auto"), "aspect_ratio")
		.with(matching("512|[124]K|\\d{2,4}x\\d{2,4}"), "size")
		.with(option("auto", "low", "medium", "high"), "quality")
		.with(option("png", "jpeg", "webp"), "output_format")
		.with(integer(0, 100), "output_compression")
		.with(option("transparent", "opaque", "auto"), "background")
		.with(anyInteger(), "seed")
		.with(list(1, 16, nested(REFERENCE)), "input_references")
		.with(flag(), "stream")
		.with(nested(ROUTING), "provider")
		.require("prompt", "model");

	private static final InputRules TEXT_PART = new InputRules().text("text")
		.with(option("text"), "type")
		.require("type", "text");

	private static final InputRules MESSAGE = new InputRules().with(option("user", "system", "assistant"), "role")
		.with(either(text(), list(1, 20, either(nested(TEXT_PART), nested(REFERENCE)))), "content")
		.require("role", "content");

	private static final InputRules CHAT = new InputRules().text("model")
		.with(list(1, 20, nested(MESSAGE)), "messages")
		.with(list(1, 2, option("image", "text")), "modalities")
		.with(nested(new InputRules().with(matching(RATIO), "aspect_ratio")
			.with(option("512", "1K", "2K", "4K"), "image_size")), "image_config")
		.require("model", "messages", "modalities");

	public OpenRouterSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "openrouter";
	}

	@Override
	public String baseUrl() {
		return origin() + "/api/v1";
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
			case "/api/v1/images" -> Door.json(IMAGES);
			case "/api/v1/chat/completions" -> Door.json(CHAT);
			default -> null;
		});
	}

	@Override
	protected String promptOf(JsonNode input) {
		return input.has("prompt") ? super.promptOf(input)
				: input.path("messages")
					.valueStream()
					.map(message -> message.path("content"))
					.flatMap(content -> content.isArray() ? content.valueStream().map(part -> part.path("text"))
							: Stream.of(content))
					.map(content -> content.asString(""))
					.collect(Collectors.joining("\n"));
	}

	@Override
	protected Optional<InputRules.Fault> conflict(Call call) {
		String size = call.text("size", "");
		String ratio = call.text("aspect_ratio", "auto");
		String tier = call.text("resolution", size);
		PictureSize pixels = PictureSize.of(size, new PictureSize(1, 1));
		PictureSize sides = PictureSize.of(ratio, pixels);
		double distance = (double) pixels.width() * sides.height() / ((double) pixels.height() * sides.width());
		if (size.contains("x") && Math.abs(distance - 1) > 0.05) {
			return Optional.of(fault("aspect_ratio", "Conflicts with size"));
		}
		return (!size.isEmpty() && !size.contains("x") && !size.equals(tier))
				? Optional.of(fault("resolution", "Conflicts with size")) : Optional.empty();
	}

	@Override
	protected Mono<Void> make(Call call, HttpServerResponse response) {
		if (call.path().endsWith("/images") || call.isModerated("http", true)) {
			return super.make(call, response);
		}
		JsonNode settings = call.input().path("image_config");
		PictureSize size = PictureSize.ratio(settings.path("aspect_ratio").asString("1:1"),
				settings.path("image_size").asString("1K"));
		boolean refused = call.scenario().has("moderated");
		ObjectNode answer = object().put("id", "gen-1748372400-simulated")
			.put("object", "chat.completion")
			.put("created", Instant.now().getEpochSecond())
			.put("model", call.text("model", ""));
		ObjectNode choice = answer.putArray("choices").addObject().put("index", 0).put("finish_reason", "stop");
		ObjectNode message = choice.putObject("message")
			.put("role", "assistant")
			.put("content", refused ? "I cannot make that picture." : "");
		if (!refused && !call.scenario().has("empty")) {
			String url = "data:image/png;base64," + base64(size.picture(call.scenario(), "png"));
			ObjectNode image = message.putArray("images").addObject().put("type", "image_url").put("index", 0);
			image.putObject("image_url").put("url", url);
		}
		answer.set("usage", usage(1));
		return whole(call.scenario(), response, answer.toString());
	}

	@Override
	protected Optional<Mono<Void>> moderated(Call call, HttpServerResponse response) {
		ObjectNode body = object();
		ObjectNode metadata = body.putObject("error")
			.put("code", 403)
			.put("message", "Your chosen model requires moderation and your input was flagged.")
			.putObject("metadata");
		metadata.put("flagged_input", "a simulated prompt")
			.put("provider_name", "Simulated")
			.put("model_slug", call.text("model", ""))
			.putArray("reasons")
			.add("violence");
		return Optional.of(json(response, 403, body.toString()));
	}

	@Override
	protected PictureSize size(Call call) {
		String size = call.text("size", "1K");
		PictureSize tier = PictureSize.ratio(call.text("aspect_ratio", "1:1").replace("auto", "1:1"),
				call.text("resolution", size));
		return PictureSize.of(size, tier);
	}

	@Override
	protected void describe(Call call, int index, ObjectNode item) {
		item.put("media_type", "image/" + format(call));
	}

	@Override
	protected void complete(Call call, ObjectNode answer) {
		answer.set("usage", usage(answer.path("data").size()));
	}

	private static ObjectNode usage(int pictures) {
		int tokens = 4175 * pictures;
		ObjectNode usage = object().put("prompt_tokens", 0)
			.put("completion_tokens", tokens)
			.put("total_tokens", tokens)
			.put("cost", 0.04 * pictures);
		usage.putObject("completion_tokens_details").put("image_tokens", tokens);
		usage.putObject("cost_details").put("upstream_inference_cost", 0.04 * pictures);
		return usage;
	}

	@Override
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		return (status == 200) ? json(response, 200, body(502, "The provider failed after it had started."))
				: super.refuse(call, status, response);
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		return json(response, status, body(status, message));
	}

	private static String body(int code, String message) {
		ObjectNode body = object();
		body.putObject("error").put("code", code).put("message", message).putObject("metadata");
		return body.toString();
	}

}
