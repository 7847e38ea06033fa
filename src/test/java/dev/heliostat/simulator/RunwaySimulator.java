package dev.heliostat.simulator;

import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.dataUrl;
import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.option;
import static dev.heliostat.simulator.InputRules.url;

/**
 * Runway: text_to_image and its tasks.
 * <p>
 * Knobs: {@code status=400|401|403|404|429|500|502|503}, {@code moderated} (or
 * {@code moderated=status}: the task fails with a SAFETY code), and those of
 * {@link JobSimulator}.
 */
public class RunwaySimulator extends JobSimulator {

	private static final String KEY = "key_" + "0123456789abcdef".repeat(8);

	private static final InputRules REFERENCE = new InputRules().text("tag")
		.with(either(url(), dataUrl()), "uri")
		.require("uri");

	private static final InputRules RULES = new InputRules().text("promptText")
		.with(option("gen4_image", "gen4_image_turbo"), "model")
		.with(matching("\\d+:\\d+"), "ratio")
		.with(list(0, 3, nested(REFERENCE)), "referenceImages")
		.require("model", "promptText", "ratio");

	public RunwaySimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "runway";
	}

	@Override
	public String baseUrl() {
		return origin() + "/v1";
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
		return error(response, 401, "Unauthorized");
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST");
	}

	@Override
	protected String directives(Received received) {
		return parsed(received).path("promptText").asString("");
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		String path = received.plainPath();
		boolean look = path.startsWith("/v1/tasks/") && received.method().equals("GET");
		if (!look && !(path.equals("/v1/text_to_image") && received.method().equals("POST"))) {
			return error(response, 404, "Not found");
		}
		if (!received.headers().getOrDefault("x-runway-version", "").matches("\\d{4}-\\d{2}-\\d{2}")) {
			return error(response, 400, "The X-Runway-Version header is missing or not valid.");
		}
		if (look) {
			return job(path.substring("/v1/tasks/".length())).map(job -> look(job, response))
				.orElseGet(() -> error(response, 404, "Task not found"));
		}
		JsonNode body = parsed(received);
		Optional<InputRules.Fault> fault = RULES.check(body);
		if (fault.isPresent()) {
			return invalid(response, fault.get());
		}
		if (scenario.has("status")) {
			return refuse(scenario, response);
		}
		Job job = create("gen4_image", body, scenario);
		return accepted(job, response, 200, object().put("id", job.id).toString());
	}

	private Mono<Void> look(Job job, HttpServerResponse response) {
		boolean first = job.look() == 1;
		if (job.isBroken()) {
			return error(response, 500, "Internal server error");
		}
		Scenario scenario = job.scenario;
		ObjectNode body = object().put("id", job.id).put("createdAt", job.createdAt.toString());
		if (!job.isDone()) {
			body.put("status", first ? "PENDING" : "RUNNING");
			return json(response, 200, (first ? body : body.put("progress", 0.5)).toString());
		}
		if (scenario.has("moderated") || scenario.has("failed")) {
			boolean safety = scenario.has("moderated");
			body.put("status", "FAILED")
				.put("failure", safety ? "The prompt did not pass content moderation." : "An unexpected error.")
				.put("failureCode", safety ? "SAFETY.INPUT.TEXT" : "INTERNAL");
			return json(response, 200, body.toString());
		}
		String ratio = job.input.path("ratio").asString();
		PictureSize asked = PictureSize.of(ratio, new PictureSize(1, 1));
		PictureSize size = (asked.width() < 100) ? PictureSize.ratio(ratio, 1024) : asked;
		ArrayNode output = body.put("status", "SUCCEEDED").putArray("output");
		urls(job, 1, () -> size.picture(scenario, "png")).forEach(output::add);
		return whole(scenario, response, body.toString());
	}

	private static Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = code(scenario, response);
		return error(response, code, switch (code) {
			case 400 -> "You do not have enough credits to run this task.";
			case 401 -> "Unauthorized";
			case 403 -> "Forbidden";
			case 404 -> "Not found";
			case 429 -> "You have exceeded the daily task limit for this model.";
			default -> "Internal server error";
		});
	}

	private static Mono<Void> invalid(HttpServerResponse response, InputRules.Fault fault) {
		ObjectNode body = object().put("error", "Validation of body failed");
		ObjectNode issue = body.putArray("issues").addObject();
		issue.put("code", fault.type()).put("message", fault.message());
		issue.putArray("path").add(fault.field());
		return json(response, 400, body.toString());
	}

	private static Mono<Void> error(HttpServerResponse response, int status, String text) {
		return json(response, status, object().put("error", text).toString());
	}

}
