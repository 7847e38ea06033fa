package dev.heliostat.simulator;

import java.util.Optional;
import java.util.UUID;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.multiple;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.option;

/**
 * Leonardo.
 * <p>
 * Knobs: {@code status=400|401|403|404|429|500|500-key} (500-key is a bad key as Hasura
 * tells it), {@code moderated} (or {@code moderated=flag}: every picture is marked), and
 * those of {@link JobSimulator}.
 */
public class LeonardoSimulator extends JobSimulator {

	private static final String KEY = "8d7c6b5a-4f3e-4d2c-9b1a-0f9e8d7c6b5a";

	private static final String GENERATIONS = "/api/rest/v1/generations";

	private static final InputRules RULES = new InputRules().text("prompt", "negative_prompt", "presetStyle")
		.with(matching("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), "modelId", "init_image_id",
				"init_generation_image_id")
		.with(multiple(8, 32, 1536), "width", "height")
		.with(integer(1, 8), "num_images")
		.with(integer(10, 60), "num_inference_steps")
		.with(number(1, 20), "guidance_scale")
		.with(integer(0, 4294967295L), "seed")
		.with(flag(), "alchemy", "ultra", "enhancePrompt", "public")
		.with(number(1, 4.5), "contrast")
		.with(number(0, 1), "init_strength")
		.with(option("disabled", "foreground_only"), "transparency")
		.require("prompt");

	public LeonardoSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "leonardo";
	}

	@Override
	public String baseUrl() {
		return origin() + "/api/rest/v1";
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
		return error(response, 401, "access-denied", "Invalid response from authorization hook");
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST");
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		String path = received.plainPath();
		if (path.equals(GENERATIONS) && received.method().equals("POST")) {
			return create(parsed(received), scenario, response);
		}
		if (!path.startsWith(GENERATIONS + "/") || !received.method().equals("GET")) {
			return error(response, 404, "unexpected", "Endpoint not found");
		}
		Optional<Job> job = job(path.substring(GENERATIONS.length() + 1));
		if (job.isEmpty()) {
			return json(response, 200, "{\"generations_by_pk\":null}");
		}
		job.get().look();
		return job.get().isBroken() ? error(response, 500, "unexpected", "Internal server error")
				: whole(job.get().scenario, response, generation(job.get()).toString());
	}

	private Mono<Void> create(JsonNode input, Scenario scenario, HttpServerResponse response) {
		Optional<InputRules.Fault> fault = RULES.check(input);
		int count = input.path("num_images").asInt(4);
		if (fault.isEmpty() && count > 4
				&& (input.path("width").asInt(1024) > 768 || input.path("height").asInt(768) > 768)) {
			fault = Optional.of(new InputRules.Fault("num_images", "less_than_equal", "At most 4 above 768 pixels"));
		}
		if (fault.isPresent()) {
			return error(response, 400, "validation-failed", fault.get().text());
		}
		if (scenario.has("status")) {
			return refuse(scenario, response);
		}
		Job job = create(input.path("modelId").asString(""), input, scenario);
		ObjectNode body = object();
		body.putObject("sdGenerationJob")
			.put("generationId", job.id)
			.put("apiCreditCost", 11 * count)
			.putObject("cost")
			.put("amount", "0." + String.format("%03d", 11 * count))
			.put("unit", "DOLLARS");
		return accepted(job, response, 200, body.toString());
	}

	private ObjectNode generation(Job job) {
		JsonNode input = job.input;
		PictureSize size = new PictureSize(input.path("width").asInt(1024), input.path("height").asInt(768));
		ObjectNode body = object();
		ObjectNode generation = body.putObject("generations_by_pk")
			.put("id", job.id)
			.put("status", !job.isDone() ? "PENDING" : job.scenario.has("failed") ? "FAILED" : "COMPLETE")
			.put("prompt", input.path("prompt").asString())
			.put("modelId", job.model)
			.put("imageWidth", size.width())
			.put("imageHeight", size.height())
			.put("seed", input.path("seed").asLong(465788672L))
			.put("createdAt", job.createdAt.toString());
		ArrayNode images = generation.putArray("generated_images");
		if (job.isDone() && !job.scenario.has("failed")) {
			String format = input.path("transparency").asString("disabled").equals("disabled") ? "jpg" : "png";
			for (String url : urls(job, input.path("num_images").asInt(4), () -> size.picture(job.scenario, format))) {
				images.addObject()
					.put("id", UUID.nameUUIDFromBytes(url.getBytes()).toString())
					.put("url", url)
					.put("nsfw", job.scenario.has("moderated"))
					.put("likeCount", 0);
			}
		}
		return body;
	}

	private static Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = code(scenario, response);
		return switch (scenario.text("status", "")) {
			case "400" -> error(response, 400, "validation-failed", "Invalid request");
			case "401" -> error(response, 401, "access-denied", "Invalid response from authorization hook");
			case "403" -> error(response, 403, "access-denied", "Access denied");
			case "429" -> error(response, 429, "unexpected", "Too many requests");
			case "500-key" -> error(response, 500, "unexpected", "Invalid response from authorization hook");
			default -> error(response, code, "unexpected", "Internal server error");
		};
	}

	private static Mono<Void> error(HttpServerResponse response, int status, String code, String text) {
		return json(response, status, object().put("error", text).put("path", "$").put("code", code).toString());
	}

}
