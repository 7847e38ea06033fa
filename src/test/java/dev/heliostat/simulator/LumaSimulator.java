package dev.heliostat.simulator;

import java.time.Duration;
import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.option;
import static dev.heliostat.simulator.InputRules.url;

/**
 * Luma's Dream Machine, pictures only.
 * <p>
 * Knobs: {@code status=400|400-credits|401|403|404|429|500|503},
 * {@code moderated=http|status}, and those of {@link JobSimulator}.
 */
public class LumaSimulator extends JobSimulator {

	private static final String KEY = "luma-3b1f6c2e-4a5d-4e6f-8a9b-0c1d2e3f4a5b-0123456789ab";

	private static final String GENERATIONS = "/dream-machine/v1/generations/";

	private static final InputRules REFERENCE = new InputRules().with(url(), "url")
		.with(number(0, 1), "weight")
		.require("url");

	private static final InputRules IDENTITY = new InputRules().with(list(1, 4, url()), "images").require("images");

	private static final InputRules RULES = new InputRules().text("prompt")
		.with(option("photon-1", "photon-flash-1"), "model")
		.with(option("1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21"), "aspect_ratio")
		.with(option("jpg", "png"), "format")
		.with(list(1, 4, nested(REFERENCE)), "image_ref", "style_ref")
		.with(nested(new InputRules().with(nested(IDENTITY), "identity0").require("identity0")), "character_ref")
		.with(nested(REFERENCE), "modify_image_ref")
		.with(url(), "callback_url")
		.with(flag(), "sync")
		.with(integer(1, 600), "sync_timeout")
		.require("model");

	public LumaSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "luma";
	}

	@Override
	public String baseUrl() {
		return origin() + "/dream-machine/v1";
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
		return detail(response, 401, "Not authenticated");
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST");
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		String path = received.plainPath();
		String method = received.method();
		if (path.equals("/dream-machine/v1/credits") && method.equals("GET")) {
			return json(response, 200, "{\"credit_balance\":120000.0}");
		}
		if (path.equals(GENERATIONS + "image")) {
			return method.equals("POST") ? create(received, scenario, response)
					: detail(response, 405, "Method Not Allowed");
		}
		Optional<Job> job = path.startsWith(GENERATIONS) ? job(path.substring(GENERATIONS.length())) : Optional.empty();
		if (job.isEmpty() || job.get().isCancelled()) {
			return detail(response, 404, path.startsWith(GENERATIONS) ? "Generation not found" : "Not Found");
		}
		if (method.equals("DELETE")) {
			job.get().cancel();
			return response.status(204).send();
		}
		return method.equals("GET") ? look(job.get(), response) : detail(response, 405, "Method Not Allowed");
	}

	private Mono<Void> create(Received received, Scenario scenario, HttpServerResponse response) {
		JsonNode input = parsed(received);
		Optional<InputRules.Fault> fault = RULES.check(input);
		if (fault.isPresent()) {
			return detail(response, 400, fault.get().text());
		}
		if (scenario.has("status")) {
			return refuse(scenario, response);
		}
		if (scenario.has("moderated") && !scenario.text("moderated", "").equals("status")) {
			return detail(response, 400, "Prompt blocked by moderation");
		}
		Job job = create(input.path("model").asString(), input, scenario);
		if (!input.path("sync").asBoolean(false)) {
			return accepted(job, response, 201, generation(job, "queued").toString());
		}
		Duration most = Duration.ofSeconds(input.path("sync_timeout").asInt(60));
		Duration wait = (scenario.has("stuck") || job.left().compareTo(most) > 0) ? most : job.left();
		return later(wait, Mono.defer(() -> accepted(job, response, 201, generation(job, "dreaming").toString())));
	}

	private Mono<Void> look(Job job, HttpServerResponse response) {
		boolean first = job.look() == 1;
		return job.isBroken() ? detail(response, 500, "Internal server error")
				: whole(job.scenario, response, generation(job, first ? "queued" : "dreaming").toString());
	}

	private ObjectNode generation(Job job, String otherwise) {
		boolean done = job.isDone() && !(otherwise.equals("queued") && job.looks() == 0);
		boolean failed = job.scenario.has("failed") || job.scenario.has("moderated");
		ObjectNode body = object().put("id", job.id)
			.put("generation_type", "image")
			.put("state", done ? failed ? "failed" : "completed" : otherwise)
			.putNull("failure_reason")
			.put("created_at", job.createdAt.toString())
			.putNull("assets")
			.put("model", job.model);
		body.set("request", job.input.deepCopy());
		if (done && failed) {
			body.put("failure_reason",
					job.scenario.has("moderated") ? "Content moderation failed" : "Job failed, please try again");
		}
		else if (done) {
			String format = job.input.path("format").asString("jpg");
			PictureSize size = PictureSize.ratio(job.input.path("aspect_ratio").asString("16:9"), 1024);
			body.putObject("assets")
				.put("image", urls(job, 1, () -> size.picture(job.scenario, format)).stream().findFirst().orElse(null))
				.putNull("video");
		}
		return body;
	}

	private static Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = code(scenario, response);
		return detail(response, code, switch (scenario.text("status", "")) {
			case "400" -> "Invalid request";
			case "400-credits" -> "Insufficient credits";
			case "401" -> "Not authenticated";
			case "403" -> "Forbidden";
			case "404" -> "Not Found";
			case "429" -> "Too many requests";
			default -> "Internal server error";
		});
	}

	private static Mono<Void> detail(HttpServerResponse response, int status, String text) {
		return json(response, status, object().put("detail", text).toString());
	}

}
