package dev.heliostat.simulator;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.encoded;
import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.option;
import static dev.heliostat.simulator.InputRules.url;

/**
 * WaveSpeed.
 * <p>
 * Knobs: {@code status=400|401|402|403|404|429|500|503}, {@code moderated} (or
 * {@code moderated=flag}: every picture is marked), and those of {@link JobSimulator}.
 */
public class WaveSpeedSimulator extends JobSimulator {

	private static final String KEY = "wsk_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

	private static final Pattern RESULT = Pattern.compile("/api/v3/predictions/([^/]+)/result");

	private static final Pattern MODEL = Pattern.compile("/api/v3/([a-z0-9.-]+(/[a-z0-9.-]+)+)");

	private static final InputRules RULES = new InputRules().text("prompt", "negative_prompt")
		.with(matching("\\d+\\*\\d+"), "size")
		.with(matching("\\d+:\\d+"), "aspect_ratio")
		.with(option("1k", "2k", "4k"), "resolution")
		.with(integer(1, 100), "num_inference_steps")
		.with(number(0, 30), "guidance_scale")
		.with(integer(1, 10), "num_images")
		.with(integer(-1, 4294967295L), "seed")
		.with(number(0, 1), "strength")
		.with(option("jpeg", "png", "webp"), "output_format")
		.with(either(url(), encoded()), "image", "mask_image")
		.with(list(1, 16, either(url(), encoded())), "images")
		.with(flag(), "enable_base64_output", "enable_sync_mode")
		.require("prompt");

	public WaveSpeedSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "wavespeed";
	}

	@Override
	public String baseUrl() {
		return origin() + "/api/v3";
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
		return error(response, 401, "Unauthorized: invalid API key");
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST");
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		Matcher result = RESULT.matcher(received.plainPath());
		if (result.matches() && received.method().equals("GET")) {
			return job(result.group(1)).map(job -> look(job, response))
				.orElseGet(() -> error(response, 404, "Prediction not found"));
		}
		Matcher model = MODEL.matcher(received.plainPath());
		if (!model.matches() || !received.method().equals("POST") || model.group(1).startsWith("predictions/")) {
			return error(response, 404, "Not found");
		}
		JsonNode input = parsed(received);
		Optional<InputRules.Fault> fault = RULES.check(input);
		if (fault.isPresent()) {
			return error(response, 400, fault.get().text());
		}
		if (scenario.has("status")) {
			return refuse(scenario, response);
		}
		Job job = create(model.group(1), input, scenario);
		if (!input.path("enable_sync_mode").asBoolean(false)) {
			return accepted(job, response, 200, answer(job, false).toString());
		}
		Duration wait = scenario.has("stuck") ? Duration.ofSeconds(2) : job.left();
		return later(wait, Mono.defer(() -> accepted(job, response, 200, answer(job, job.isDone()).toString())));
	}

	private Mono<Void> look(Job job, HttpServerResponse response) {
		job.look();
		return job.isBroken() ? error(response, 500, "Internal server error")
				: whole(job.scenario, response, answer(job, job.isDone()).toString());
	}

	private ObjectNode answer(Job job, boolean done) {
		JsonNode input = job.input;
		boolean failed = done && job.scenario.has("failed");
		String format = input.path("output_format").asString("jpeg");
		PictureSize size = input.has("size")
				? PictureSize.of(input.path("size").asString(), new PictureSize(1024, 1024))
				: PictureSize.ratio(input.path("aspect_ratio").asString("1:1"),
						input.path("resolution").asString("1k").toUpperCase());
		ObjectNode body = object().put("code", 200).put("message", "success");
		ObjectNode data = body.putObject("data")
			.put("id", job.id)
			.put("model", job.model)
			.put("status", failed ? "failed" : done ? "completed" : (job.looks() == 0) ? "created" : "processing")
			.put("created_at", job.createdAt.toString())
			.put("error", failed ? "The prediction failed" : "");
		data.putObject("urls").put("get", baseUrl() + "/predictions/" + job.id + "/result");
		data.putArray("outputs");
		data.putArray("has_nsfw_contents");
		if (done && !failed) {
			int count = input.path("num_images").asInt(1);
			List<String> outputs = input.path("enable_base64_output").asBoolean(false) && !job.scenario.has("empty")
					? Collections.nCopies(count, base64(size.picture(job.scenario, format)))
					: urls(job, count, () -> size.picture(job.scenario, format));
			outputs.forEach(output -> {
				data.withArray("outputs").add(output);
				data.withArray("has_nsfw_contents").add(job.scenario.has("moderated"));
			});
		}
		return body;
	}

	private static Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = code(scenario, response);
		return error(response, code, switch (code) {
			case 400 -> "Invalid request";
			case 401 -> "Unauthorized: invalid API key";
			case 402 -> "Insufficient credits. Please top up";
			case 403 -> "Forbidden";
			case 404 -> "Model not found";
			case 429 -> "Too many requests";
			default -> "Internal server error";
		});
	}

	private static Mono<Void> error(HttpServerResponse response, int status, String text) {
		return json(response, status, object().put("code", status).put("message", text).putNull("data").toString());
	}

}
