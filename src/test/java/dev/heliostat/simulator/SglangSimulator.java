package dev.heliostat.simulator;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.option;
import static dev.heliostat.simulator.InputRules.url;

/**
 * SGLang Diffusion: generations and multipart edits. A request that does not ask for
 * b64_json is refused, for there is no cloud storage.
 * <p>
 * Knobs: {@code status=400|401|404|422|429|500|503}, {@code cloud} (there is a cloud
 * storage: one URL, whatever n), {@code latency}, {@code lost}, {@code empty},
 * {@code cut}, {@code big}. It does not moderate.
 */
public class SglangSimulator extends LocalServerSimulator {

	private static final String NO_CLOUD = "response_format='url' requires cloud storage to be configured.";

	private static final InputRules RULES = rules();

	private static final InputRules EDIT_RULES = rules().with(url(), "url[]");

	private final Map<String, byte[]> contents = new ConcurrentHashMap<>();

	public SglangSimulator(int port) {
		super(port);
	}

	private static InputRules rules() {
		return new InputRules().text("model", "prompt")
			.with(integer(-1000, 1000), "n")
			.with(matching("\\d+x\\d+"), "size")
			.with(option("url", "b64_json"), "response_format")
			.with(integer(0, 4294967295L), "seed")
			.require("prompt");
	}

	@Override
	public String provider() {
		return "sglang-diffusion";
	}

	@Override
	public String baseUrl() {
		return origin() + "/v1";
	}

	@Override
	public String credential() {
		return "sglang-simulated-0123456789";
	}

	@Override
	protected InputRules generationRules() {
		return RULES;
	}

	@Override
	protected Optional<InputRules> editRules() {
		return Optional.of(EDIT_RULES);
	}

	@Override
	protected Mono<Void> make(Job job, HttpServerResponse response) {
		JsonNode input = job.input;
		boolean url = input.path("response_format").asString("url").equals("url");
		if (url && !job.scenario.has("cloud")) {
			return error(400, NO_CLOUD, response);
		}
		int count = Math.clamp(input.path("n").asInt(1), 1, 10);
		ObjectNode body = pictures(job, url ? 0 : count, size(input, 1024), "png").put("id", job.id);
		this.contents.put(job.id, size(input, 1024).picture(job.scenario, "png"));
		if (url) {
			urls(job, 1, () -> this.contents.get(job.id))
				.forEach(made -> body.withArray("data").addObject().put("url", made));
		}
		body.put("file_path", "/outputs/" + job.id + ".png")
			.put("peak_memory_mb", 20480.5)
			.put("inference_time_s", 3.2);
		return whole(job.scenario, response, body.toString());
	}

	@Override
	protected Mono<Void> other(Received received, Scenario scenario, HttpServerResponse response) {
		String path = received.plainPath();
		if (received.method().equals("GET") && path.equals("/models")) {
			return json(response, 200, "{\"model_path\":\"" + model() + "\",\"task_type\":\"T2I\"}");
		}
		byte[] content = this.contents.get(path.replaceFirst("^/v1/images/([^/]+)/content$", "$1"));
		return (received.method().equals("GET") && content != null)
				? wholeBytes(Scenario.parse(""), response, "image/png", content) : error(404, "Not Found", response);
	}

	@Override
	public void clear() {
		super.clear();
		this.contents.clear();
	}

	@Override
	protected Mono<Void> faulty(InputRules.Fault fault, HttpServerResponse response) {
		return error(400, fault.text(), response);
	}

	@Override
	protected Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = code(scenario, response);
		return error(code, (code == 400) ? NO_CLOUD : (code < 500) ? "Refused" : "Image generation failed", response);
	}

	@Override
	protected Mono<Void> error(int status, String text, HttpServerResponse response) {
		return detail(status, text, response);
	}

}
