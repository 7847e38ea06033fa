package dev.heliostat.simulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.any;
import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.encoded;
import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.option;
import static dev.heliostat.simulator.InputRules.url;

/**
 * Runware: tasks in, data and errors out; no SVG. An asynchronous task is done when it is
 * first asked for.
 * <p>
 * Knobs: {@code status=400|400-model|401|402|429|500|500-timeout|503},
 * {@code status=200-error} (only errors in a body with status 200),
 * {@code moderated=flag} (usual; black pictures with NSFWContent), {@code moderated=some}
 * (the first picture only), {@code moderated=http} (400), {@code moderated=error} (the
 * error in a body with status 200); {@code partial} (the last picture is an error beside
 * the data), {@code reversed} (items in the other order), and those of
 * {@link ProviderSimulator}.
 */
public class RunwareSimulator extends CheckedSimulator {

	private static final String KEY = "simulatedRunwareKey0123456789AB";

	private static final String UUID_4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

	private static final InputRules.Rule PICTURE = either(url(), encoded());

	private static final InputRules TASK = new InputRules()
		.text("taskType", "positivePrompt", "negativePrompt", "scheduler")
		.with(matching(UUID_4), "taskUUID")
		.with(matching("[\\w-]+:[\\w.-]+@[\\w.-]+"), "model")
		.with(integer(128, 2048), "width", "height")
		.with(integer(1, 100), "steps")
		.with(number(0, 50), "CFGScale")
		.with(integer(0, Long.MAX_VALUE), "seed")
		.with(integer(1, 20), "numberResults")
		.with(option("URL", "base64Data", "dataURI"), "outputType")
		.with(option("JPG", "PNG", "WEBP"), "outputFormat")
		.with(integer(1, 100), "outputQuality")
		.with(flag(), "includeCost", "useCache")
		.with(integer(1, Long.MAX_VALUE), "ttl")
		.with(nested(new InputRules().with(flag(), "checkContent")), "safety")
		.with(option("sync", "async"), "deliveryMethod")
		.with(PICTURE, "seedImage", "maskImage")
		.with(number(0, 1), "strength")
		.with(list(1, 16, PICTURE), "referenceImages")
		.with(url(), "webhookURL")
		.with(matching("\\w+"), "acceleration")
		.with(nested(new InputRules().with(any(), "bfl", "google", "openai", "bytedance")), "providerSettings")
		.require("taskType", "taskUUID", "model", "positivePrompt");

	private static final InputRules LOOK = new InputRules().text("taskType")
		.with(matching(UUID_4), "taskUUID")
		.require("taskUUID");

	private final Map<String, ObjectNode> finished = new ConcurrentHashMap<>();

	public RunwareSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "runware";
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
		JsonNode first = parsed(received).path(0);
		return isBearer(received, KEY) || first.path("taskType").asString("").equals("authentication")
				&& first.path("apiKey").asString("").equals(KEY);
	}

	@Override
	protected Mono<Void> unauthorized(HttpServerResponse response) {
		return error(response, 401, "invalidApiKey", "Invalid API key.", "apiKey");
	}

	private static List<JsonNode> tasks(Received received, String type) {
		return parsed(received).valueStream().filter(task -> task.path("taskType").asString("").equals(type)).toList();
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST") && !tasks(received, "imageInference").isEmpty();
	}

	@Override
	protected String prompt(Received received) {
		List<JsonNode> tasks = tasks(received, "imageInference");
		return tasks.isEmpty() ? "" : tasks.getFirst().path("positivePrompt").asString("");
	}

	@Override
	public void clear() {
		super.clear();
		this.finished.clear();
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		if (!received.plainPath().equals("/v1")) {
			return error(response, 404, "notFound", "There is nothing at " + received.plainPath(), "path");
		}
		JsonNode body = parsed(received);
		if (!received.method().equals("POST") || !body.isArray() || body.isEmpty()) {
			return error(response, 400, "invalidRequest", "POST a JSON array of tasks.", "body");
		}
		ObjectNode answer = object();
		ArrayNode data = answer.putArray("data");
		ArrayNode errors = array();
		for (JsonNode task : body) {
			String type = task.path("taskType").asString("");
			Optional<InputRules.Fault> fault = switch (type) {
				case "imageInference" -> TASK.check(task).or(() -> dimensions(task));
				case "getResponse" -> LOOK.check(task);
				default -> type.equals("authentication") ? Optional.empty()
						: Optional.of(new InputRules.Fault("taskType", "missingTaskType", "Unknown task type"));
			};
			if (fault.isPresent()) {
				return json(response, 400, object().set("errors", array().add(fault(fault.get(), task))).toString());
			}
			if (type.equals("imageInference") && scenario.has("status")) {
				return refuse(scenario, task, response);
			}
			switch (type) {
				case "imageInference" -> submit(task, scenario, data, errors);
				case "getResponse" -> look(task, data, errors);
				default -> data.addObject().put("taskType", type).put("connectionSessionUUID", "simulated-session");
			}
		}
		if (!errors.isEmpty()) {
			answer.set("errors", errors);
		}
		if (data.isEmpty() && !errors.isEmpty()) {
			answer.remove("data");
		}
		boolean refused = scenario.text("moderated", "").equals("http") && !errors.isEmpty();
		return refused ? json(response, 400, answer.toString()) : whole(scenario, response, answer.toString());
	}

	/** Open models want multiples of 64; those of vendors have pairs of their own. */
	private static Optional<InputRules.Fault> dimensions(JsonNode task) {
		boolean closed = task.path("model").asString().matches("(bfl|google|openai|bytedance):.*");
		boolean right = closed || task.path("width").asInt(1024) % 64 == 0 && task.path("height").asInt(1024) % 64 == 0;
		return right ? Optional.empty()
				: Optional.of(new InputRules.Fault("width", "unsupportedDimensions", "Not a multiple of 64"));
	}

	private void submit(JsonNode task, Scenario scenario, ArrayNode data, ArrayNode errors) {
		ObjectNode made = run(task, scenario);
		if (task.path("deliveryMethod").asString("sync").equals("async")) {
			this.finished.put(task.path("taskUUID").asString(), made);
			ObjectNode taken = data.addObject().put("taskType", "imageInference");
			taken.set("taskUUID", task.path("taskUUID"));
			return;
		}
		made.path("data").forEach(data::add);
		made.path("errors").forEach(errors::add);
	}

	private void look(JsonNode task, ArrayNode data, ArrayNode errors) {
		ObjectNode made = this.finished.get(task.path("taskUUID").asString());
		if (made == null) {
			errors.add(error("invalidTaskUUID", "There is no such task.", "taskUUID", task));
			return;
		}
		made.path("data").forEach(data::add);
		made.path("errors").forEach(errors::add);
	}

	private ObjectNode run(JsonNode task, Scenario scenario) {
		ObjectNode made = object();
		ArrayNode data = made.putArray("data");
		ArrayNode errors = made.putArray("errors");
		String moderated = scenario.text("moderated", "");
		if (moderated.equals("http") || moderated.equals("error")) {
			errors.add(error("contentModeration", "The provider refused the content.", "positivePrompt", task));
			return made;
		}
		List<ObjectNode> items = new ArrayList<>();
		int count = scenario.has("empty") ? 0 : task.path("numberResults").asInt(1);
		for (int i = 0; i < count; i++) {
			if (scenario.has("partial") && i == count - 1) {
				errors.add(error("timeoutProvider", "The provider did not answer in time.", "model", task));
			}
			else {
				items.add(item(task, scenario, i));
			}
		}
		if (scenario.has("reversed")) {
			Collections.reverse(items);
		}
		items.forEach(data::add);
		return made;
	}

	private ObjectNode item(JsonNode task, Scenario scenario, int index) {
		boolean marked = scenario.has("moderated") && (index == 0 || !scenario.text("moderated", "").equals("some"));
		PictureSize size = new PictureSize(task.path("width").asInt(1024), task.path("height").asInt(1024));
		String format = task.path("outputFormat").asString("JPG").toLowerCase().replace("jpg", "jpeg");
		byte[] picture = marked ? size.black(format) : size.picture(scenario, format);
		ObjectNode item = object().put("taskType", "imageInference");
		item.set("taskUUID", task.path("taskUUID"));
		item.put("imageUUID", UUID.randomUUID().toString());
		switch (task.path("outputType").asString("URL")) {
			case "base64Data" -> item.put("imageBase64Data", base64(picture));
			case "dataURI" -> item.put("imageDataURI", "data:image/" + format + ";base64," + base64(picture));
			default -> item.put("imageURL", host(picture));
		}
		item.put("seed", task.path("seed").asLong(7) + index).put("NSFWContent", marked);
		if (task.path("includeCost").asBoolean(false)) {
			item.put("cost", 0.0006);
		}
		return item;
	}

	private static Mono<Void> refuse(Scenario scenario, JsonNode task, HttpServerResponse response) {
		int status = code(scenario, response);
		ObjectNode error = switch (scenario.text("status", "")) {
			case "400" -> error("invalidPositivePrompt", "The prompt is invalid.", "positivePrompt", task);
			case "400-model" -> error("invalidModel", "There is no such model.", "model", task);
			case "401" -> error("invalidApiKey", "Invalid API key.", "apiKey", task);
			case "402" -> error("insufficientCredits", "Insufficient credits.", "model", task);
			case "429" -> error("rateLimitExceeded", "Too many requests.", "model", task);
			case "500-timeout" -> error("timeoutProvider", "The provider did not answer in time.", "model", task);
			case "503" -> error("serviceUnavailable", "The service is unavailable.", "model", task);
			default -> error("internalError", "An internal error occurred.", "model", task);
		};
		return json(response, status, object().set("errors", array().add(error)).toString());
	}

	private static ObjectNode fault(InputRules.Fault fault, JsonNode task) {
		String name = fault.field().substring(0, 1).toUpperCase() + fault.field().substring(1);
		String code = fault.type().matches("[a-z]+[A-Z]\\w+") ? fault.type() : (fault.type().equals("missing")
				? "missing" : fault.type().equals("extra_forbidden") ? "unsupported" : "invalid") + name;
		return error(code, fault.text(), fault.field(), task);
	}

	private static ObjectNode error(String code, String message, String parameter, JsonNode task) {
		return object().put("code", code)
			.put("message", message)
			.put("parameter", parameter)
			.put("type", "string")
			.put("documentation", "https://runware.ai/docs/en/image-inference/api-reference")
			.put("taskUUID", task.path("taskUUID").asString(""));
	}

	private static Mono<Void> error(HttpServerResponse response, int status, String code, String message,
			String parameter) {
		ObjectNode body = object();
		body.putArray("errors").add(error(code, message, parameter, object()));
		return json(response, status, body.toString());
	}

}
