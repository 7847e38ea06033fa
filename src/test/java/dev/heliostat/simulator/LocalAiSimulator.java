package dev.heliostat.simulator;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.encoded;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.option;
import static dev.heliostat.simulator.InputRules.url;

/**
 * LocalAI. Its pictures lie under {@code /generated-images/} and need the credential.
 * <p>
 * Knobs: {@code status=400|401|404|429|500|503}, {@code relative} (relative URLs),
 * {@code expired} (the URLs lead nowhere), {@code latency}, {@code lost}, {@code empty},
 * {@code cut}, {@code big}. It does not moderate.
 */
public class LocalAiSimulator extends LocalServerSimulator {

	private static final String FOLDER = "/generated-images/";

	private static final InputRules RULES = new InputRules().text("model", "prompt")
		.with(integer(1, 10), "n")
		.with(matching("\\d+x\\d+"), "size")
		.with(option("url", "b64_json"), "response_format")
		.with(integer(1, 150), "step")
		.with(integer(0, 10), "mode")
		.with(either(url(), encoded()), "file")
		.with(list(1, 16, either(url(), encoded())), "ref_images")
		.require("prompt");

	private final Map<String, byte[]> pictures = new ConcurrentHashMap<>();

	public LocalAiSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "localai";
	}

	@Override
	public String baseUrl() {
		return origin() + "/v1";
	}

	@Override
	public String credential() {
		return "localai-simulated-0123456789";
	}

	@Override
	protected InputRules generationRules() {
		return RULES;
	}

	@Override
	protected Mono<Void> make(Job job, HttpServerResponse response) {
		JsonNode input = job.input;
		int count = input.path("n").asInt(1);
		if (input.path("response_format").asString("url").equals("b64_json")) {
			ObjectNode body = pictures(job, count, size(input, 512), "png").put("id", job.id);
			return whole(job.scenario, response, body.toString());
		}
		ObjectNode body = object().put("created", 1713833628L).put("id", job.id);
		ArrayNode data = body.putArray("data");
		for (int i = 0; i < count && !job.scenario.has("empty"); i++) {
			String path = FOLDER + "b64" + job.id + i + ".png";
			if (!job.scenario.has("expired")) {
				this.pictures.put(path, size(input, 512).picture(job.scenario, "png"));
			}
			data.addObject().put("url", job.scenario.has("relative") ? path : origin() + path);
		}
		return whole(job.scenario, response, body.toString());
	}

	@Override
	protected Mono<Void> other(Received received, Scenario scenario, HttpServerResponse response) {
		byte[] picture = this.pictures.get(received.plainPath());
		return (picture == null || !received.method().equals("GET")) ? error(404, "Resource not found", response)
				: wholeBytes(Scenario.parse(""), response, "image/png", picture);
	}

	@Override
	public void clear() {
		super.clear();
		this.pictures.clear();
	}

	@Override
	protected Mono<Void> faulty(InputRules.Fault fault, HttpServerResponse response) {
		return error(400, fault.text(), response);
	}

	@Override
	protected Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = code(scenario, response);
		return error(code, switch (code) {
			case 400 -> "Invalid request";
			case 401 -> "An authentication key is required";
			case 404 -> "could not load model: model not found";
			case 429 -> "Too many requests";
			default -> "rpc error: code = Unknown desc = backend failed";
		}, response);
	}

	@Override
	protected Mono<Void> error(int status, String text, HttpServerResponse response) {
		ObjectNode body = object();
		body.putObject("error").put("code", status).put("message", text).put("type", "");
		return json(response, status, body.toString());
	}

}
