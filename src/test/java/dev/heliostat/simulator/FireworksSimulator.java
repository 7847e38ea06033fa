package dev.heliostat.simulator;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.dataUrl;
import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.option;

/**
 * Fireworks: the SDXL class and FLUX answer at once, Kontext makes jobs.
 * <p>
 * Knobs: {@code status=400|401|402|403|404|413|429|500|502|503}, each also with the
 * suffix {@code -fault} for the other form; {@code moderated=header} (bytes; in JSON the
 * field finishReason) or, for Kontext, {@code moderated=request|content}; and those of
 * {@link JobSimulator}.
 */
public class FireworksSimulator extends JobSimulator {

	private static final String KEY = "fw_3ZSimulated0123456789abcd";

	private static final String MODELS = "accounts/fireworks/models/";

	private static final Pattern ONCE = Pattern.compile("/inference/v1/image_generation/" + MODELS
			+ "(stable-diffusion-xl-1024-v1-0|playground-v2(-5)?[a-z0-9-]*|SSD-1B|japanese-sdxl)");

	private static final Pattern FLUX = Pattern
		.compile("/inference/v1/workflows/" + MODELS + "(flux-1-(?:dev|schnell)-fp8)/text_to_image");

	private static final Pattern KONTEXT = Pattern
		.compile("/inference/v1/workflows/" + MODELS + "(flux-kontext-(?:pro|max))(/get_result)?");

	private static final InputRules ONCE_RULES = new InputRules().text("prompt", "negative_prompt")
		.with(integer(64, 2048), "width", "height")
		.with(integer(1, 100), "steps")
		.with(number(0, 30), "cfg_scale")
		.with(integer(1, 10), "samples")
		.with(integer(0, 4294967295L), "seed")
		.with(flag(), "safety_check")
		.require("prompt");

	private static final InputRules FLUX_RULES = new InputRules().text("prompt")
		.with(matching("\\d+:\\d+"), "aspect_ratio")
		.with(number(0, 30), "guidance_scale")
		.with(integer(1, 100), "num_inference_steps")
		.with(integer(0, 4294967295L), "seed")
		.require("prompt");

	private static final InputRules KONTEXT_RULES = new InputRules().text("prompt")
		.with(dataUrl(), "input_image")
		.with(matching("\\d+:\\d+"), "aspect_ratio")
		.with(option("jpeg", "png"), "output_format")
		.with(flag(), "prompt_upsampling")
		.with(integer(0, 6), "safety_tolerance")
		.with(integer(0, 4294967295L), "seed")
		.require("prompt");

	private static final InputRules RESULT_RULES = new InputRules().text("id").require("id");

	public FireworksSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "fireworks";
	}

	@Override
	public String baseUrl() {
		return origin() + "/inference/v1";
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
	protected Mono<Void> unauthorized(HttpServerResponse response) {
		return error(response, 401, "The API key you provided is invalid.");
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST") && !received.plainPath().endsWith("/get_result");
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		String path = received.plainPath();
		Matcher kontext = KONTEXT.matcher(path);
		boolean once = ONCE.matcher(path).matches();
		if (!received.method().equals("POST") || !once && !kontext.matches() && !FLUX.matcher(path).matches()) {
			return error(response, 404, "Path not found");
		}
		JsonNode input = parsed(received);
		boolean result = path.endsWith("/get_result");
		boolean job = path.contains("/flux-kontext-");
		Optional<InputRules.Fault> fault = (result ? RESULT_RULES
				: job ? KONTEXT_RULES : once ? ONCE_RULES : FLUX_RULES)
			.check(input);
		if (fault.isPresent()) {
			return error(response, 400, fault.get().text());
		}
		if (result) {
			return look(input.path("id").asString(), response);
		}
		if (scenario.has("status")) {
			return refuse(scenario, response);
		}
		Job made = create(path, input, scenario);
		if (job) {
			return accepted(made, response, 200, object().put("request_id", made.id).toString());
		}
		return later(made.left(),
				Mono.defer(() -> make(made, once, received.headers().getOrDefault("accept", "*/*"), response)));
	}

	/** Answers with a picture at once. */
	private Mono<Void> make(Job job, boolean once, String accept, HttpServerResponse response) {
		JsonNode input = job.input;
		Scenario scenario = job.scenario;
		boolean json = accept.startsWith("application/json");
		if (once ? !accept.matches("image/(png|jpeg)") : !json && !accept.startsWith("image/")) {
			return error(response, 400, "Accept: " + accept + " is not supported");
		}
		String format = accept.equals("image/png") ? "png" : "jpeg";
		PictureSize size = once ? new PictureSize(input.path("width").asInt(1024), input.path("height").asInt(1024))
				: PictureSize.ratio(input.path("aspect_ratio").asString("1:1"), 1024);
		boolean moderated = scenario.has("moderated");
		byte[] bytes = scenario.has("empty") ? new byte[0]
				: moderated ? size.black(format) : size.picture(scenario, format);
		if (!json) {
			if (moderated) {
				response.header("finish-reason", "CONTENT_FILTERED");
			}
			return wholeBytes(scenario, response, "image/" + format, bytes);
		}
		ObjectNode body = object();
		ArrayNode pictures = body.putArray("base64");
		if (bytes.length > 0) {
			pictures.add(base64(bytes));
		}
		body.put("finishReason", moderated ? "CONTENT_FILTERED" : "SUCCESS").put("seed", input.path("seed").asLong(42));
		return whole(scenario, response, body.toString());
	}

	private Mono<Void> look(String id, HttpServerResponse response) {
		ObjectNode body = object().put("id", id).put("status", "Task not found").putNull("result");
		Optional<Job> found = job(id);
		if (found.isEmpty()) {
			return json(response, 200, body.toString());
		}
		Job job = found.get();
		job.look();
		if (job.isBroken()) {
			return error(response, 500, "Internal server error");
		}
		Scenario scenario = job.scenario;
		if (!job.isDone() || scenario.has("moderated") || scenario.has("failed")) {
			body.put("status", !job.isDone() ? "Pending" : scenario.has("failed") ? "Error"
					: scenario.text("moderated", "").equals("content") ? "Content Moderated" : "Request Moderated");
			return json(response, 200, body.toString());
		}
		String format = job.input.path("output_format").asString("png");
		PictureSize size = PictureSize.ratio(job.input.path("aspect_ratio").asString("1:1"), 1024);
		body.put("status", "Ready")
			.putObject("result")
			.put("sample", urls(job, 1, () -> size.picture(scenario, format)).stream().findFirst().orElse(null));
		return whole(scenario, response, body.toString());
	}

	private static Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = code(scenario, response);
		String text = switch (code) {
			case 400 -> "Invalid request";
			case 401 -> "The API key you provided is invalid.";
			case 402 -> "Account has no remaining credit";
			case 403 -> "Forbidden";
			case 404 -> "Model not found, inaccessible, and/or not deployed";
			case 413 -> "Request entity too large";
			case 429 -> "Rate limit exceeded, please try again later";
			default -> "Internal server error";
		};
		if (!scenario.text("status", "").endsWith("-fault")) {
			return error(response, code, text);
		}
		ObjectNode body = object();
		body.putObject("fault").put("faultstring", text).putObject("detail").put("errorcode", "simulated." + code);
		return json(response, code, body.toString());
	}

	private static Mono<Void> error(HttpServerResponse response, int status, String text) {
		ObjectNode body = object();
		body.putObject("error").put("object", "error").put("type", switch (status) {
			case 401 -> "authentication_error";
			case 404 -> "not_found_error";
			case 429 -> "rate_limit_error";
			default -> (status < 500) ? "invalid_request_error" : "internal_server_error";
		}).put("message", text);
		return json(response, status, body.toString());
	}

}
