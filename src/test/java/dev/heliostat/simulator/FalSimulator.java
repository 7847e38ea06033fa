package dev.heliostat.simulator;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.any;
import static dev.heliostat.simulator.InputRules.dataUrl;
import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.option;
import static dev.heliostat.simulator.InputRules.url;

/**
 * fal: {@code /run} stands for fal.run, {@code /queue} for queue.fal.run.
 * <p>
 * Knobs:
 * {@code status=400|400-downstream|401|403|403-balance|404|422|422-TYPE|429|429-queue|
 * 499|500|500-downstream|500-runner|502|503|504|504-request|504-startup} (in the queue,
 * 401, 403, 404 and 429-queue at the submission, 429 never, the others at the result;
 * {@code at=submit} brings all of them forward), {@code moderated=http|flag},
 * {@code failed} (500 at the result), and those of {@link JobSimulator}.
 */
public class FalSimulator extends JobSimulator {

	private static final String KEY = "5f3c1a2b-7d4e-4f6a-9b8c-0d1e2f3a4b5c:0123456789abcdef0123456789abcdef";

	private static final Pattern REQUEST = Pattern
		.compile("/queue/([^/]+/[^/]+)/requests/([0-9a-f-]{36})(/status|/cancel)?");

	private static final Pattern ENDPOINT = Pattern.compile("/(run|queue)/([a-zA-Z0-9-]+/[a-zA-Z0-9._-]+(/[^/]+)*)");

	private static final InputRules RULES = new InputRules()
		.text("prompt", "negative_prompt", "system_prompt", "style", "style_id", "quality", "background",
				"thinking_level")
		.with(either(matching("square(_hd)?|(portrait|landscape)_(4_3|16_9)|auto_[24]K|1024x1024|1536x1024|1024x1536"),
				nested(new InputRules().with(integer(64, 4096), "width", "height").require("width", "height"))),
				"image_size")
		.with(integer(1, 100), "num_inference_steps")
		.with(number(0, 30), "guidance_scale")
		.with(integer(1, 10), "num_images", "max_images")
		.with(integer(0, 4294967295L), "seed")
		.with(option("jpeg", "png"), "output_format", "format")
		.with(flag(), "enable_safety_checker", "sync_mode", "enhance_prompt", "raw", "enable_prompt_expansion",
				"expand_prompt", "limit_generations", "enable_web_search", "use_turbo")
		.with(option("none", "regular", "high"), "acceleration")
		.with(option("1", "2", "3", "4", "5", "6"), "safety_tolerance")
		.with(number(0, 1), "strength", "image_prompt_strength")
		.with(matching("\\d+:\\d+|auto"), "aspect_ratio")
		.with(option("0.5K", "1K", "2K", "4K"), "resolution")
		.with(option("TURBO", "BALANCED", "QUALITY"), "rendering_speed")
		.with(any(), "loras", "controlnet", "ip_adapter", "colors")
		.with(either(url(), dataUrl()), "image_url", "mask_url")
		.with(list(1, 16, either(url(), dataUrl())), "image_urls")
		.require("prompt");

	public FalSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "fal";
	}

	@Override
	public String baseUrl() {
		return origin() + "/run";
	}

	/** What stands for https://queue.fal.run. */
	public String queueUrl() {
		return origin() + "/queue";
	}

	@Override
	public String credential() {
		return KEY;
	}

	@Override
	protected boolean isAuthorized(Received received) {
		return ("Key " + KEY).equals(received.headers().get("authorization"));
	}

	@Override
	protected Mono<Void> unauthorized(HttpServerResponse response) {
		return FalErrors.unauthorized(response);
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST");
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		response.header("x-fal-request-id", "3f6a1c52-0000-4000-8000-000000000001");
		Matcher request = REQUEST.matcher(received.plainPath());
		if (request.matches()) {
			String step = Optional.ofNullable(request.group(3)).orElse("");
			return job(request.group(2)).filter(job -> alias(job).equals(request.group(1)))
				.map(job -> step.equals("/cancel") ? cancel(received, job, response)
						: look(received, step, job, response))
				.orElseGet(() -> json(response, 404, "{\"detail\":\"Request not found\"}"));
		}
		Matcher endpoint = ENDPOINT.matcher(received.plainPath());
		if (!endpoint.matches() || endpoint.group(2).contains("/requests/")) {
			return json(response, 404, "{\"detail\":\"Application not found\"}");
		}
		if (!received.method().equals("POST")) {
			return json(response, 405, "{\"detail\":\"Method Not Allowed\"}");
		}
		boolean queued = endpoint.group(1).equals("queue");
		String status = scenario.text("status", "");
		if (queued && (scenario.text("at", "").equals("submit") && !status.isEmpty()
				|| status.matches("40[134].*|429-queue"))) {
			return FalErrors.refuse(scenario, response);
		}
		Job job = create(endpoint.group(2), parsed(received),
				(queued && status.equals("429")) ? scenario.without("status") : scenario);
		return queued ? accepted(job, response, 200, queued(job).put("queue_position", 0).toString())
				: later(job.left(), Mono.defer(() -> run(job, response)));
	}

	private static String alias(Job job) {
		return String.join("/", List.of(job.model.split("/")).subList(0, 2));
	}

	private ObjectNode queued(Job job) {
		String url = queueUrl() + "/" + alias(job) + "/requests/" + job.id;
		return object().put("status", "IN_QUEUE")
			.put("request_id", job.id)
			.put("response_url", url)
			.put("status_url", url + "/status")
			.put("cancel_url", url + "/cancel");
	}

	private Mono<Void> cancel(Received received, Job job, HttpServerResponse response) {
		if (!received.method().equals("PUT")) {
			return json(response, 405, "{\"detail\":\"Method Not Allowed\"}");
		}
		if (job.isDone() || job.isCancelled()) {
			return json(response, 400, "{\"status\":\"ALREADY_COMPLETED\"}");
		}
		job.cancel();
		return json(response, 202, "{\"status\":\"CANCELLATION_REQUESTED\"}");
	}

	private Mono<Void> look(Received received, String step, Job job, HttpServerResponse response) {
		if (!received.method().equals("GET")) {
			return json(response, 405, "{\"detail\":\"Method Not Allowed\"}");
		}
		if (job.scenario.has("poll-404")) {
			return json(response, 404, "{\"detail\":\"Request not found\"}");
		}
		boolean done = job.isDone() || job.isCancelled();
		if (step.isEmpty()) {
			return done ? run(job, response) : json(response, 400, "{\"detail\":\"Request is still in progress\"}");
		}
		boolean first = job.look() == 1;
		if (job.isBroken()) {
			return FalErrors.infrastructure(response, 500, "internal_error", "Internal server error");
		}
		ObjectNode status = queued(job);
		if (done) {
			status.put("status", "COMPLETED").putArray("logs");
			status.putObject("metrics").put("inference_time", 3.7);
		}
		else if (first) {
			status.put("queue_position", 0);
		}
		else {
			status.put("status", "IN_PROGRESS").putArray("logs");
		}
		return json(response, done ? 200 : 202, status.toString());
	}

	private Mono<Void> run(Job job, HttpServerResponse response) {
		Scenario scenario = job.scenario;
		Optional<InputRules.Fault> fault = RULES.check(job.input);
		if (fault.isPresent()) {
			return FalErrors.problem(response, 422, fault.get().type(), fault.get().field(), fault.get().message());
		}
		if (job.isCancelled()) {
			return FalErrors.infrastructure(response, 499, "client_cancelled", "Client cancelled the request");
		}
		if (List.of("", "http").contains(scenario.text("moderated", "flag"))) {
			return FalErrors.problem(response, 422, "content_policy_violation", "prompt",
					"The content could not be processed because it contained material flagged by a content checker.");
		}
		if (scenario.has("failed")) {
			return FalErrors.problem(response, 500, "internal_server_error", "", "Internal server error");
		}
		return scenario.has("status") ? FalErrors.refuse(scenario, response)
				: whole(scenario, response, output(job).toString());
	}

	private ObjectNode output(Job job) {
		JsonNode input = job.input;
		boolean gemini = job.model.contains("nano-banana");
		boolean flagged = job.scenario.has("moderated");
		String format = input.path("output_format").asString(input.path("format").asString(gemini ? "png" : "jpeg"));
		PictureSize size = size(input);
		int count = input.path("num_images").asInt(1) * input.path("max_images").asInt(1);
		byte[] picture = flagged ? size.black(format) : size.picture(job.scenario, format);
		ObjectNode output = object();
		ArrayNode images = output.putArray("images");
		List<String> urls = input.path("sync_mode").asBoolean(false) && !job.scenario.has("empty")
				? Collections.nCopies(count, "data:image/" + format + ";base64," + base64(picture))
				: urls(job, count, () -> picture);
		for (int i = 0; i < urls.size(); i++) {
			ObjectNode image = images.addObject().put("url", urls.get(i));
			if (!gemini) {
				image.put("width", size.width()).put("height", size.height());
			}
			image.put("content_type", "image/" + format)
				.put("file_name", i + "." + format)
				.put("file_size", picture.length);
		}
		if (gemini) {
			return output.put("description", "");
		}
		output.putObject("timings").put("inference", 0.35);
		output.put("seed", input.path("seed").asLong(15406));
		ArrayNode concepts = output.putArray("has_nsfw_concepts");
		urls.forEach(url -> concepts.add(flagged));
		return output.put("prompt", input.path("prompt").asString());
	}

	private static PictureSize size(JsonNode input) {
		JsonNode size = input.path("image_size");
		if (size.isObject()) {
			return new PictureSize(size.path("width").asInt(), size.path("height").asInt());
		}
		if (input.has("aspect_ratio") || input.has("resolution")) {
			return PictureSize.ratio(input.path("aspect_ratio").asString("1:1"),
					input.path("resolution").asString("1K"));
		}
		return switch (size.asString("landscape_4_3")) {
			case "square_hd" -> new PictureSize(1024, 1024);
			case "square" -> new PictureSize(512, 512);
			case "portrait_4_3" -> new PictureSize(768, 1024);
			case "portrait_16_9" -> new PictureSize(576, 1024);
			case "landscape_16_9" -> new PictureSize(1024, 576);
			case "auto_2K", "auto_4K" -> PictureSize.ratio("1:1", "2K");
			default -> PictureSize.of(size.asString(""), new PictureSize(1024, 768));
		};
	}

}
