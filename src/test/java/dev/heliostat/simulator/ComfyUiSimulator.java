package dev.heliostat.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.any;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.text;

/**
 * ComfyUI without its web socket. A graph that was run before yields no outputs, a
 * LoadImage node needs a picture that was uploaded.
 * <p>
 * Knobs: {@code node-error} (the graph is refused for a node), {@code execution-error}
 * (it fails while it runs; {@code failed} too), {@code status=400|400-no-outputs|
 * 400-invalid|400-missing-node|404|500|503}, and those of {@link JobSimulator}. It does
 * not moderate.
 */
public class ComfyUiSimulator extends JobSimulator {

	private static final InputRules RULES = new InputRules().text("client_id")
		.with(any(), "prompt", "extra_data")
		.with(matching("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), "prompt_id")
		.require("prompt");

	private static final InputRules QUEUE_RULES = new InputRules().with(list(0, 100, text()), "delete");

	private static final InputRules UPLOAD_RULES = new InputRules().text("type", "subfolder", "overwrite");

	private final Set<JsonNode> graphs = ConcurrentHashMap.newKeySet();

	private final Map<String, byte[]> outputs = new ConcurrentHashMap<>();

	private final Map<String, byte[]> uploads = new ConcurrentHashMap<>();

	/** Jobs by the id that the client may choose. */
	private final Map<String, Run> runs = new ConcurrentHashMap<>();

	private final AtomicInteger number = new AtomicInteger();

	public ComfyUiSimulator(int port) {
		super(port);
	}

	private record Run(String id, Job job, JsonNode outputs) {
	}

	@Override
	public String provider() {
		return "comfyui";
	}

	@Override
	public String baseUrl() {
		return origin();
	}

	@Override
	public String credential() {
		return "";
	}

	@Override
	protected boolean isAuthorized(Received received) {
		return true;
	}

	@Override
	protected Mono<Void> unauthorized(HttpServerResponse response) {
		return response.status(401).send();
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST") && received.path().equals("/prompt");
	}

	@Override
	protected String directives(Received received) {
		JsonNode graph = parsed(received).path("prompt");
		return graph.findValuesAsString("text").toString() + graph.findValuesAsString("prompt");
	}

	@Override
	public void clear() {
		super.clear();
		this.graphs.clear();
		this.outputs.clear();
		this.uploads.clear();
		this.runs.clear();
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		String path = received.plainPath();
		if (received.method().equals("GET") && path.startsWith("/history/")) {
			return history(this.runs.get(path.substring("/history/".length())), response);
		}
		return switch (received.method() + " " + path) {
			case "POST /prompt" -> submit(parsed(received), scenario, response);
			case "POST /upload/image" -> upload(received, response);
			case "POST /interrupt", "POST /queue" -> cancel(received, response);
			case "GET /queue" -> {
				ObjectNode queue = object();
				ArrayNode running = queue.putArray("queue_running");
				queue.putArray("queue_pending");
				this.runs.values().stream().filter(run -> !ended(run)).forEach(run -> running.addArray().add(run.id));
				yield json(response, 200, queue.toString());
			}
			case "GET /view" -> {
				Map<String, String> query = query(received.path());
				byte[] file = (query.getOrDefault("type", "output").equals("input") ? this.uploads : this.outputs)
					.get(query.getOrDefault("filename", ""));
				yield (file == null) ? response.status(404).send()
						: wholeBytes(Scenario.parse(""), response, "image/png", file);
			}
			case "GET /object_info" -> json(response, 200, "{}");
			case "GET /system_stats" -> json(response, 200, "{\"system\":{},\"devices\":[]}");
			default -> response.status(404).sendString(Mono.just("404: Not Found")).then();
		};
	}

	private static boolean ended(Run run) {
		return run.job.isDone() || run.job.isCancelled();
	}

	private Mono<Void> submit(JsonNode body, Scenario scenario, HttpServerResponse response) {
		Optional<InputRules.Fault> fault = RULES.check(body);
		JsonNode graph = body.path("prompt");
		if (fault.isPresent() || !graph.isObject() || graph.isEmpty()) {
			return ComfyUiErrors.error(response, 400, fault.isPresent() ? "invalid_prompt" : "no_prompt",
					fault.map(InputRules.Fault::text).orElse("No prompt provided"));
		}
		boolean saves = false;
		for (Map.Entry<String, JsonNode> node : graph.properties()) {
			Optional<String> wrong = ComfyUiGraph.wrong(node.getValue(), graph);
			if (wrong.isPresent()) {
				return ComfyUiErrors.error(response, 400, "invalid_prompt",
						"Node " + node.getKey() + ": " + wrong.get());
			}
			JsonNode image = node.getValue().path("inputs").path("image");
			String type = node.getValue().path("class_type").asString();
			if (type.startsWith("LoadImage") && image.isString() && !this.uploads.containsKey(image.asString())) {
				return ComfyUiErrors.nodeError(response, node.getKey(), type,
						"image - Value not in list: " + image.asString());
			}
			saves |= ComfyUiGraph.saves(type);
		}
		if (!saves) {
			return ComfyUiErrors.error(response, 400, "prompt_no_outputs", "Prompt has no outputs");
		}
		if (scenario.has("node-error")) {
			return ComfyUiErrors.nodeError(response, "4", "CheckpointLoaderSimple",
					"ckpt_name: 'missing.safetensors' not in list");
		}
		if (scenario.has("status")) {
			return ComfyUiErrors.refuse(scenario, response);
		}
		Job job = create("", graph, scenario);
		boolean cached = !this.graphs.add(graph.deepCopy());
		String id = body.path("prompt_id").asString(job.id);
		this.runs.put(id, new Run(id, job, cached || scenario.has("empty") ? object() : draw(graph, scenario)));
		ObjectNode answer = object().put("prompt_id", id).put("number", this.number.incrementAndGet());
		answer.putObject("node_errors");
		return accepted(job, response, 200, answer.toString());
	}

	/** Makes the pictures that the graph asks for, for each node that saves. */
	private ObjectNode draw(JsonNode graph, Scenario scenario) {
		JsonNode latent = ComfyUiGraph.latent(graph);
		PictureSize size = new PictureSize(latent.path("width").asInt(512), latent.path("height").asInt(512));
		int count = latent.path("batch_size").asInt(1);
		ObjectNode made = object();
		for (Map.Entry<String, JsonNode> node : graph.properties()) {
			String type = node.getValue().path("class_type").asString();
			if (ComfyUiGraph.saves(type)) {
				ArrayNode images = made.putObject(node.getKey()).putArray("images");
				for (int i = 0; i < count; i++) {
					String name = String.format("ComfyUI_%05d_.png", this.outputs.size() + 1);
					this.outputs.put(name, size.picture(scenario, "png"));
					images.addObject()
						.put("filename", name)
						.put("subfolder", "")
						.put("type", type.equals("PreviewImage") ? "temp" : "output");
				}
			}
		}
		return made;
	}

	private Mono<Void> history(Run run, HttpServerResponse response) {
		if (run == null) {
			return json(response, 200, "{}");
		}
		run.job.look();
		if (run.job.isBroken()) {
			return response.status(500).sendString(Mono.just("500 Internal Server Error")).then();
		}
		if (!ended(run)) {
			return json(response, 200, "{}");
		}
		Scenario scenario = run.job.scenario;
		boolean cancelled = run.job.isCancelled();
		boolean failed = cancelled || scenario.has("execution-error") || scenario.has("failed");
		ObjectNode body = object();
		ObjectNode entry = body.putObject(run.id);
		entry.putArray("prompt").add(1).add(run.id).add(run.job.input);
		entry.set("outputs", failed ? object() : run.outputs);
		ObjectNode status = entry.putObject("status")
			.put("status_str", failed ? "error" : "success")
			.put("completed", !failed);
		ArrayNode messages = status.putArray("messages");
		messages.addArray().add("execution_start").addObject().put("prompt_id", run.id);
		if (failed) {
			messages.addArray()
				.add(cancelled ? "execution_interrupted" : "execution_error")
				.addObject()
				.put("prompt_id", run.id)
				.put("node_id", "3")
				.put("node_type", "KSampler")
				.put("exception_message", cancelled ? "" : "CUDA out of memory")
				.put("exception_type", cancelled ? "" : "torch.OutOfMemoryError");
		}
		else {
			messages.addArray().add("execution_success").addObject().put("prompt_id", run.id);
		}
		return whole(scenario, response, body.toString());
	}

	private Mono<Void> cancel(Received received, HttpServerResponse response) {
		JsonNode body = parsed(received);
		boolean queue = received.plainPath().equals("/queue");
		Optional<InputRules.Fault> fault = (queue ? QUEUE_RULES : new InputRules().text("prompt_id")).check(body);
		if (fault.isPresent() && !(body.isMissingNode() && !queue)) {
			return ComfyUiErrors.error(response, 400, "invalid_request", fault.get().text());
		}
		List<String> ids = queue ? body.path("delete").valueStream().map(JsonNode::asString).toList()
				: body.has("prompt_id") ? List.of(body.path("prompt_id").asString()) : List.copyOf(this.runs.keySet());
		ids.stream().map(this.runs::get).filter(run -> run != null && !ended(run)).forEach(run -> run.job.cancel());
		return response.status(200).send();
	}

	private Mono<Void> upload(Received received, HttpServerResponse response) {
		List<Part> images = received.parts().stream().filter(part -> part.name().equals("image")).toList();
		Optional<InputRules.Fault> fault = UPLOAD_RULES.check(UPLOAD_RULES.form(received.parts()))
			.or(() -> uploads(received, 1, List.of("image")));
		if (images.size() != 1 || images.getFirst().filename().isEmpty() || fault.isPresent()) {
			return ComfyUiErrors.error(response, 400, "invalid_upload",
					fault.map(InputRules.Fault::text).orElse("image: required"));
		}
		this.uploads.put(images.getFirst().filename(), images.getFirst().bytes());
		return json(response, 200,
				object().put("name", images.getFirst().filename())
					.put("subfolder", "")
					.put("type", "input")
					.toString());
	}

	private static Map<String, String> query(String path) {
		Map<String, String> query = new HashMap<>();
		for (String pair : path.replaceFirst("^[^?]*\\??", "").split("&")) {
			String[] parts = pair.split("=", 2);
			query.put(parts[0], (parts.length > 1) ? URLDecoder.decode(parts[1], StandardCharsets.UTF_8) : "");
		}
		return query;
	}

}
