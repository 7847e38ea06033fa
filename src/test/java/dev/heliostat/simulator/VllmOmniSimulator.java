package dev.heliostat.simulator;

import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.number;

/**
 * vLLM-Omni: generations and multipart edits, in base64 only.
 * <p>
 * Knobs: {@code status=400|400-model|401|422|429|500|503}, {@code latency}, {@code lost},
 * {@code empty}, {@code cut}, {@code big}. It does not moderate.
 */
public class VllmOmniSimulator extends LocalServerSimulator {

	private static final InputRules RULES = new InputRules()
		.text("model", "prompt", "negative_prompt", "response_format")
		.with(integer(1, 10), "n")
		.with(matching("\\d+x\\d+"), "size")
		.with(integer(1, 200), "num_inference_steps")
		.with(number(0, 20), "guidance_scale", "true_cfg_scale")
		.with(integer(0, 4294967295L), "seed")
		.require("prompt");

	public VllmOmniSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "vllm-omni";
	}

	@Override
	public String baseUrl() {
		return origin() + "/v1";
	}

	@Override
	public String credential() {
		return "vllm-simulated-0123456789";
	}

	@Override
	protected InputRules generationRules() {
		return RULES;
	}

	@Override
	protected Optional<InputRules> editRules() {
		return Optional.of(RULES);
	}

	@Override
	protected Mono<Void> make(Job job, HttpServerResponse response) {
		if (!job.input.path("response_format").asString("b64_json").equals("b64_json")) {
			return error(400, "response_format: only 'b64_json' is supported", response);
		}
		return whole(job.scenario, response,
				pictures(job, job.input.path("n").asInt(1), size(job.input, 1024), "png").toString());
	}

	@Override
	protected Mono<Void> faulty(InputRules.Fault fault, HttpServerResponse response) {
		ObjectNode body = object();
		ObjectNode detail = body.putArray("detail").addObject().put("type", fault.type());
		ArrayNode loc = detail.putArray("loc");
		loc.add("body").add(fault.field());
		detail.put("msg", fault.message()).put("input", "");
		return json(response, 422, body.toString());
	}

	@Override
	protected Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = code(scenario, response);
		return switch (scenario.text("status", "")) {
			case "400" -> error(400, "Invalid size format", response);
			case "400-model" -> error(400, "Model mismatch: the request names a model that is not served", response);
			case "422" -> faulty(new InputRules.Fault("n", "less_than_equal", "Input should be at most 10"), response);
			case "503" -> error(503, "Diffusion engine not initialized", response);
			default -> error(code, (code < 500) ? "Refused" : "Image generation failed", response);
		};
	}

	@Override
	protected Mono<Void> error(int status, String text, HttpServerResponse response) {
		return detail(status, text, response);
	}

}
