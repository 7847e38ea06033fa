package dev.heliostat.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * OpenAI's Images API.
 * <p>
 * Knobs: {@code latency=ms},
 * {@code status=400|401|403|404|429|429-quota|500|500-once|503},
 * {@code retry-after=s|none}, {@code moderated}, {@code url} (answers URLs),
 * {@code url=gone} (they lead nowhere), {@code empty}, {@code cut} (the body breaks off),
 * {@code stall=headers|body} (they never come, or not whole), {@code stall=error} (the
 * body of an error does not come whole), {@code broken-base64}, {@code truncated-base64}
 * (the JSON is whole, the text of the picture is not), {@code lost} (reset after the
 * request was read), {@code big=side} (a picture of several megabytes), {@code no-stream}
 * (answers JSON whatever was asked for); for streams those of {@link ImageEvents}.
 */
public class OpenAiSimulator extends Simulator {

	public static final String TOKEN = "sk-simulated-0123456789";

	private static final Set<String> KNOWN = Set.of("prompt", "model", "n", "size", "quality", "background",
			"moderation", "output_format", "output_compression", "stream", "partial_images", "user", "input_fidelity");

	private final List<String> bill = new CopyOnWriteArrayList<>();

	private final ImageEvents events = new ImageEvents();

	private volatile UnaryOperator<String> chance = UnaryOperator.identity();

	private volatile Scenario usual = Scenario.parse("");

	public OpenAiSimulator(int port) {
		super(port);
	}

	/** What every request meets that says nothing else in its prompt. */
	public void usual(String directives) {
		this.usual = Scenario.parse(directives);
	}

	/**
	 * What becomes of each prompt: it gets knobs, one submission other ones than the
	 * next.
	 */
	public void chance(UnaryOperator<String> knobs) {
		this.chance = knobs;
	}

	/**
	 * The prompts of every picture that is charged for: all that were made, and with the
	 * knob {@code charged} also what was lost.
	 */
	public List<String> bill() {
		return List.copyOf(this.bill);
	}

	/** Lets the next events of each stream go, where they wait for it. */
	public void pass(int events) {
		this.events.pass(events);
	}

	/** The look with an index. */
	public static byte[] look(int index) {
		return ImageEvents.picture(index);
	}

	/** The base URL for {@code heliostat.providers.openai.base-url}. */
	public String baseUrl() {
		return origin() + "/v1";
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.path().startsWith("/v1/images/");
	}

	@Override
	public void clear() {
		super.clear();
		this.events.clear();
		this.usual = Scenario.parse("");
	}

	@Override
	protected Publisher<Void> answer(Received received, HttpServerRequest request, HttpServerResponse response) {
		if (received.path().equals("/files/gone.png")) {
			return response.status(404).send();
		}
		if (received.path().startsWith("/files/")) {
			return response.header("content-type", "image/png")
				.sendByteArray(Mono.just(TestPictures.picture(1024, 1024, "png")));
		}
		if (!("Bearer " + TOKEN).equals(received.headers().get("authorization"))) {
			return error(response, 401, "invalid_request_error", "invalid_api_key",
					"Incorrect API key provided: sk-abcd1234.");
		}
		boolean edit = received.path().equals("/v1/images/edits");
		if (edit && !pictures(received)) {
			return error(response, 400, "invalid_request_error", "invalid_value",
					"Invalid file: expected png, jpeg or webp pictures with their types.");
		}
		JsonNode body = edit ? form(received) : received.json();
		for (String key : body.propertyNames()) {
			if (!KNOWN.contains(key)) {
				return error(response, 400, "invalid_request_error", "unknown_parameter",
						"Unknown parameter: '" + key + "'.");
			}
		}
		String prompt = body.path("prompt").asString("");
		Scenario scenario = once(prompt, Scenario.of(this.chance.apply(prompt), this.usual));
		return later(scenario.latency(), Mono.defer(() -> {
			boolean made = !scenario.has("lost") && !scenario.has("moderated") && !scenario.has("status")
					&& !scenario.has("empty") && !scenario.has("failed")
					&& !scenario.text("stall", "").equals("headers");
			if (made || scenario.has("charged")) {
				this.bill.add(prompt);
			}
			return answer(scenario, edit, body, response);
		}));
	}

	/** Pictures need a filename and their true type; a mask is a PNG. */
	private static boolean pictures(Received received) {
		List<Part> files = received.parts().stream().filter(part -> !part.filename().isEmpty()).toList();
		return files.stream().anyMatch(part -> part.name().startsWith("image")) && files.stream()
			.allMatch(
					part -> part.type().matches("image/(png|jpeg|webp)") && ProviderSimulator.isPicture(part.bytes()));
	}

	private static ObjectNode form(Received received) {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		for (Part part : received.parts()) {
			if (part.filename().isEmpty()) {
				String text = part.text();
				if (text.matches("[0-9]{1,3}")) {
					body.put(part.name(), Integer.parseInt(text));
				}
				else {
					body.put(part.name(), text);
				}
			}
		}
		return body;
	}

	private Mono<Void> answer(Scenario scenario, boolean edit, JsonNode body, HttpServerResponse response) {
		if (scenario.has("lost")) {
			return reset(response);
		}
		if (scenario.text("stall", "").equals("headers")) {
			return silence();
		}
		if (scenario.has("moderated")) {
			return json(response, 400,
					"""
							{"error":{"message":"Your request was rejected by the safety system.","type":"image_generation_user_error",
							"param":null,"code":"moderation_blocked","moderation_details":{"moderation_stage":"input","categories":["violence"]}}}""");
		}
		if (scenario.has("status") && scenario.text("stall", "").equals("error")) {
			return stalled(response.status(scenario.number("status", 500)), "application/json",
					"{\"error\":{\"message\":\"Nobody will read this to its end.\"}}".getBytes(StandardCharsets.UTF_8));
		}
		if (scenario.has("status")) {
			return refuse(scenario, response);
		}
		if (ImageEvents.wanted(body) && !scenario.has("no-stream")) {
			return this.events.send(scenario, edit, body, success(scenario, body), response);
		}
		String text = success(scenario, body).toString();
		if (scenario.has("broken-base64")) {
			text = text.replace("\"b64_json\":\"iVBOR", "\"b64_json\":\"!!BOR");
		}
		if (scenario.has("cut")) {
			return cut(response, "application/json", text.getBytes(StandardCharsets.UTF_8));
		}
		if (scenario.has("stall")) {
			return stalled(response, "application/json", text.getBytes(StandardCharsets.UTF_8));
		}
		return json(response, 200, text);
	}

	private static Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		return switch (scenario.text("status", "")) {
			case "400" -> json(response, 400,
					"{\"error\":{\"message\":\"Invalid size.\",\"type\":\"invalid_request_error\",\"param\":\"size\",\"code\":\"invalid_value\"}}");
			case "401" ->
				error(response, 401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided.");
			case "403" ->
				error(response, 403, "invalid_request_error", "unverified", "Your organization must be verified.");
			case "404" -> error(response, 404, "invalid_request_error", "model_not_found", "The model does not exist.");
			case "429" -> {
				String after = scenario.text("retry-after", "1");
				if (!after.equals("none")) {
					response.header("retry-after", after);
				}
				yield error(response, 429, "requests", "rate_limit_exceeded", "Rate limit reached for images.");
			}
			case "429-quota" -> error(response, 429, "insufficient_quota", "insufficient_quota",
					"You exceeded your current quota, please check your plan and billing details.");
			case "503" -> error(response, 503, "server_error", "overloaded", "The engine is overloaded.");
			default -> error(response, 500, "server_error", "server_error", "The server had an error.");
		};
	}

	private ObjectNode success(Scenario scenario, JsonNode body) {
		String[] size = body.path("size").asString("auto").equals("auto") ? new String[] { "1024", "1024" }
				: body.path("size").asString().split("x");
		int width = Integer.parseInt(size[0]);
		int height = Integer.parseInt(size[1]);
		String format = body.path("output_format").asString("png");
		byte[] picture = scenario.has("big") ? TestPictures.noise(scenario.side(), scenario.side())
				: TestPictures.picture(width, height, format.equals("jpeg") ? "jpg" : format);
		ObjectNode answer = JsonNodeFactory.instance.objectNode();
		answer.put("created", 1713833628L)
			.put("background", "opaque")
			.put("output_format", format)
			.put("quality",
					body.path("quality").asString("auto").equals("auto") ? "high" : body.path("quality").asString())
			.put("size", width + "x" + height);
		ArrayNode data = answer.putArray("data");
		int count = scenario.has("empty") ? 0 : body.path("n").asInt(1);
		for (int i = 0; i < count; i++) {
			ObjectNode item = data.addObject();
			if (scenario.has("url")) {
				String name = scenario.text("url", "").equals("gone") ? "gone" : "1";
				item.put("url", origin() + "/files/" + name + ".png").put("revised_prompt", "A more detailed prompt");
			}
			else {
				String text = Base64.getEncoder().encodeToString(picture);
				item.put("b64_json",
						scenario.has("truncated-base64") ? text.substring(0, text.length() / 8 * 4 + 1) : text);
			}
		}
		ObjectNode usage = answer.putObject("usage");
		usage.put("total_tokens", 4210).put("input_tokens", 50).put("output_tokens", 4160);
		usage.putObject("input_tokens_details").put("text_tokens", 50).put("image_tokens", 0);
		usage.putObject("output_tokens_details").put("image_tokens", 4160).put("text_tokens", 0);
		return answer;
	}

	private static Mono<Void> error(HttpServerResponse response, int status, String type, String code, String message) {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		body.putObject("error").put("message", message).put("type", type).putNull("param").put("code", code);
		return json(response, status, body.toString());
	}

}
