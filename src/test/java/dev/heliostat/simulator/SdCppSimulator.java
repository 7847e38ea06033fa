package dev.heliostat.simulator;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.encoded;
import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.option;

/**
 * stable-diffusion.cpp: OpenAI's path and its own jobs; it knows no credentials.
 * <p>
 * Knobs: {@code status=400|404|429|500|503}, {@code gone} (looks answer 410), and those
 * of {@link JobSimulator}. It does not moderate.
 */
public class SdCppSimulator extends LocalServerSimulator {

	private static final Pattern JOB = Pattern.compile("/sdcpp/v1/jobs/([^/]+)(/cancel)?");

	private static final Pattern EXTRA = Pattern.compile("<sd_cpp_extra_args>(.*?)</sd_cpp_extra_args>",
			Pattern.DOTALL);

	private static final InputRules RULES = new InputRules().text("prompt", "model")
		.with(integer(1, 16), "n")
		.with(matching("\\d+x\\d+"), "size")
		.with(option("b64_json"), "response_format")
		.with(option("png", "jpeg", "webp"), "output_format")
		.with(integer(0, 100), "output_compression")
		.require("prompt");

	private static final InputRules GUIDANCE = new InputRules().with(number(0, 100), "txt_cfg", "img_cfg",
			"distilled_guidance");

	private static final InputRules SAMPLING = new InputRules().text("scheduler", "sample_method")
		.with(integer(1, 200), "sample_steps")
		.with(number(0, 100), "eta", "flow_shift", "shifted_timestep")
		.with(nested(GUIDANCE), "guidance");

	private static final InputRules NATIVE = nativeRules().require("prompt");

	private static final InputRules EXTRAS = nativeRules();

	public SdCppSimulator(int port) {
		super(port);
	}

	private static InputRules nativeRules() {
		return new InputRules().text("prompt", "negative_prompt")
			.with(integer(64, 4096), "width", "height")
			.with(integer(-1, 12), "clip_skip")
			.with(integer(-1, Long.MAX_VALUE), "seed")
			.with(integer(1, 16), "batch_count")
			.with(number(0, 1), "strength", "control_strength")
			.with(flag(), "auto_resize_ref_image", "increase_ref_index", "embed_image_metadata")
			.with(encoded(), "init_image", "mask_image", "control_image")
			.with(list(0, 16, encoded()), "ref_images")
			.with(nested(SAMPLING), "sample_params")
			.with(option("png", "jpeg", "webp"), "output_format")
			.with(integer(0, 100), "output_compression");
	}

	@Override
	public String provider() {
		return "sd-cpp";
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
	protected String model() {
		return "sd-cpp-local";
	}

	@Override
	protected boolean isSubmission(Received received) {
		return super.isSubmission(received)
				|| received.method().equals("POST") && received.path().equals("/sdcpp/v1/img_gen");
	}

	@Override
	protected InputRules generationRules() {
		return RULES;
	}

	@Override
	protected Mono<Void> make(Job job, HttpServerResponse response) {
		Matcher extra = EXTRA.matcher(job.input.path("prompt").asString());
		if (extra.find()) {
			Optional<InputRules.Fault> fault = extras(extra.group(1));
			if (fault.isPresent()) {
				return faulty(fault.get(), response);
			}
		}
		String format = job.input.path("output_format").asString("png");
		return whole(job.scenario, response,
				pictures(job, job.input.path("n").asInt(1), size(job.input, 512), format).put("output_format", format)
					.toString());
	}

	private static Optional<InputRules.Fault> extras(String text) {
		try {
			return EXTRAS.check(JSON.readTree(text));
		}
		catch (JacksonException ex) {
			return Optional.of(new InputRules.Fault("sd_cpp_extra_args", "json_invalid", "invalid JSON"));
		}
	}

	@Override
	protected Mono<Void> other(Received received, Scenario scenario, HttpServerResponse response) {
		String call = received.method() + " " + received.plainPath();
		if (call.equals("GET /sdcpp/v1/capabilities")) {
			return json(response, 200, """
					{"model":{"name":"sd","stem":"sd","path":"/models/sd.gguf"},"current_mode":"img_gen",
					"supported_modes":["img_gen"],"output_formats":["png","jpeg","webp"],
					"limits":{"min_width":64,"max_width":4096,"min_height":64,"max_height":4096,"max_batch_count":16,
					"max_queue_size":8}}""");
		}
		if (call.equals("POST /sdcpp/v1/img_gen")) {
			Optional<InputRules.Fault> fault = NATIVE.check(parsed(received));
			if (fault.isPresent() || scenario.has("status")) {
				return fault.map(found -> faulty(found, response)).orElseGet(() -> refuse(scenario, response));
			}
			Job job = create(model(), parsed(received), scenario);
			ObjectNode body = object().put("id", job.id).put("kind", "img_gen").put("status", "queued");
			body.put("created", job.createdAt.getEpochSecond()).put("poll_url", "/sdcpp/v1/jobs/" + job.id);
			return accepted(job, response, 202, body.toString());
		}
		Matcher path = JOB.matcher(received.plainPath());
		Optional<Job> job = path.matches() ? job(path.group(1)) : Optional.empty();
		if (job.isEmpty()) {
			return error(404, path.matches() ? "job not found" : "Not Found", response);
		}
		if (job.get().scenario.has("gone")) {
			return error(410, "job expired", response);
		}
		boolean cancel = path.group(2) != null;
		if (!received.method().equals(cancel ? "POST" : "GET")) {
			return error(405, "Method Not Allowed", response);
		}
		return cancel ? cancel(job.get(), response) : look(job.get(), response);
	}

	private Mono<Void> cancel(Job job, HttpServerResponse response) {
		if (job.isDone()) {
			return error(409, "job is already finished", response);
		}
		job.cancel();
		return json(response, 200, status(job).toString());
	}

	private Mono<Void> look(Job job, HttpServerResponse response) {
		job.look();
		return job.isBroken() ? error(500, "internal error", response)
				: whole(job.scenario, response, status(job).toString());
	}

	private static ObjectNode status(Job job) {
		boolean failed = job.scenario.has("failed");
		boolean running = !job.isCancelled() && !job.isDone();
		long created = job.createdAt.getEpochSecond();
		ObjectNode body = object().put("id", job.id)
			.put("kind", "img_gen")
			.put("status",
					job.isCancelled() ? "cancelled"
							: running ? (job.looks() > 1) ? "generating" : "queued" : failed ? "failed" : "completed")
			.put("created", created)
			.put("started", created)
			.put("completed", running ? null : (Long) created)
			.put("queue_position", 0)
			.putNull("result")
			.putNull("error");
		if (job.isCancelled() || !running && failed) {
			body.putObject("error")
				.put("code", job.isCancelled() ? "cancelled" : "generation_failed")
				.put("message",
						job.isCancelled() ? "job cancelled by client" : "generate_image returned empty results");
		}
		else if (!running) {
			JsonNode input = job.input;
			String format = input.path("output_format").asString("png");
			PictureSize size = new PictureSize(input.path("width").asInt(512), input.path("height").asInt(512));
			ArrayNode images = body.putObject("result").put("output_format", format).putArray("images");
			for (int i = 0; i < input.path("batch_count").asInt(1) && !job.scenario.has("empty"); i++) {
				images.addObject().put("index", i).put("b64_json", base64(size.picture(job.scenario, format)));
			}
		}
		return body;
	}

	@Override
	protected Mono<Void> faulty(InputRules.Fault fault, HttpServerResponse response) {
		return error(400, fault.text(), response);
	}

	@Override
	protected Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = code(scenario, response);
		return error(code, switch (code) {
			case 400 -> "invalid generation parameters";
			case 429 -> "job queue is full";
			default -> "server_error";
		}, response);
	}

	@Override
	protected Mono<Void> error(int status, String text, HttpServerResponse response) {
		return json(response, status, object().put("error", text).toString());
	}

}
