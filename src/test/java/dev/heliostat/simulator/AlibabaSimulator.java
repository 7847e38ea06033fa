package dev.heliostat.simulator;

import java.util.List;
import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;

/**
 * Alibaba's DashScope: text2image as a task.
 * <p>
 * Knobs: {@code status=400|400-arrearage|401|403|404|429|429-quota|500|503},
 * {@code moderated=item|status|http} (an item with a code, which is also what no value
 * means; a failed task; a refusal), {@code moderated=some} (all items but the first), and
 * those of {@link JobSimulator}.
 */
public class AlibabaSimulator extends JobSimulator {

	private static final String KEY = "sk-0123456789abcdef0123456789abcdef";

	private static final String TASKS = "/api/v1/tasks/";

	private static final String FLAGGED = "Output data may contain inappropriate content.";

	private static final InputRules RULES = new InputRules().text("model")
		.with(nested(new InputRules().text("prompt", "negative_prompt").require("prompt")), "input")
		.with(nested(new InputRules().with(matching("\\d{3,4}\\*\\d{3,4}"), "size")
			.with(integer(1, 10), "n")
			.with(integer(0, 2147483647), "seed")
			.with(flag(), "prompt_extend", "watermark")), "parameters")
		.require("model", "input");

	public AlibabaSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "alibaba";
	}

	@Override
	public String baseUrl() {
		return origin() + "/api/v1";
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
		return error(response, 401, "InvalidApiKey", "Invalid API-key provided.");
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST");
	}

	@Override
	protected String directives(Received received) {
		return parsed(received).path("input").path("prompt").asString("");
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		String path = received.plainPath();
		if (path.startsWith(TASKS) && received.method().equals("GET")) {
			return look(path.substring(TASKS.length()), response);
		}
		if (!path.equals("/api/v1/services/aigc/text2image/image-synthesis") || !received.method().equals("POST")) {
			return error(response, 404, "InvalidURL", "url error, please check url!");
		}
		if (!"enable".equals(received.headers().get("x-dashscope-async"))) {
			return error(response, 403, "AccessDenied", "current user api does not support synchronous calls.");
		}
		JsonNode body = parsed(received);
		Optional<InputRules.Fault> fault = RULES.check(body);
		if (fault.isPresent()) {
			return error(response, 400, "InvalidParameter", fault.get().text());
		}
		if (scenario.has("status")) {
			return refuse(scenario, response);
		}
		if (scenario.text("moderated", "").equals("http")) {
			return error(response, 400, "DataInspectionFailed", "Input data may contain inappropriate content.");
		}
		Job job = create(body.path("model").asString(), body, scenario);
		ObjectNode answer = answer();
		answer.putObject("output").put("task_id", job.id).put("task_status", "PENDING");
		return accepted(job, response, 200, answer.toString());
	}

	private Mono<Void> look(String id, HttpServerResponse response) {
		ObjectNode answer = answer();
		ObjectNode output = answer.putObject("output").put("task_id", id).put("task_status", "UNKNOWN");
		Optional<Job> found = job(id);
		if (found.isEmpty()) {
			return json(response, 200, answer.toString());
		}
		Job job = found.get();
		boolean first = job.look() == 1;
		if (job.isBroken()) {
			return error(response, 500, "InternalError", "An internal error has occured.");
		}
		if (!job.isDone()) {
			return json(response, 200, answer(answer, output, first ? "PENDING" : "RUNNING"));
		}
		Scenario scenario = job.scenario;
		if (scenario.has("failed") || scenario.text("moderated", "").equals("status")) {
			boolean flagged = !scenario.has("failed");
			output.put("code", flagged ? "DataInspectionFailed" : "InternalError")
				.put("message", flagged ? FLAGGED : "The task failed.");
			return json(response, 200, answer(answer, output, "FAILED"));
		}
		ArrayNode results = output.putArray("results");
		JsonNode parameters = job.input.path("parameters");
		PictureSize size = PictureSize.of(parameters.path("size").asString(""), new PictureSize(1024, 1024));
		List<String> urls = urls(job, parameters.path("n").asInt(1), () -> size.picture(scenario, "png"));
		int good = 0;
		for (String url : urls) {
			if (scenario.has("moderated") && !(scenario.text("moderated", "").equals("some") && results.isEmpty())) {
				results.addObject().put("code", "DataInspectionFailed").put("message", FLAGGED);
			}
			else {
				results.addObject().put("url", url);
				good++;
			}
		}
		output.putObject("task_metrics")
			.put("TOTAL", urls.size())
			.put("SUCCEEDED", good)
			.put("FAILED", urls.size() - good);
		answer.putObject("usage").put("image_count", good);
		return whole(scenario, response, answer(answer, output, "SUCCEEDED"));
	}

	private static ObjectNode answer() {
		return object().put("request_id", "c61fe158-c0de-40f0-b4d9-964625119ba4");
	}

	private static String answer(ObjectNode answer, ObjectNode output, String status) {
		output.put("task_status", status);
		return answer.toString();
	}

	private static Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = code(scenario, response);
		return switch (scenario.text("status", "")) {
			case "400" -> error(response, 400, "InvalidParameter", "Required parameter is missing or invalid.");
			case "400-arrearage" ->
				error(response, 400, "Arrearage", "Access denied, account is not in good standing.");
			case "401" -> error(response, 401, "InvalidApiKey", "Invalid API-key provided.");
			case "403" -> error(response, 403, "AccessDenied", "Access denied.");
			case "404" -> error(response, 404, "ModelNotFound", "Model can not be found.");
			case "429" -> error(response, 429, "Throttling.RateQuota", "Requests rate limit exceeded.");
			case "429-quota" -> error(response, 429, "Throttling.AllocationQuota", "Allocated quota exceeded.");
			default -> error(response, code, "InternalError", "An internal error has occured.");
		};
	}

	private static Mono<Void> error(HttpServerResponse response, int status, String code, String text) {
		return json(response, status, answer().put("code", code).put("message", text).toString());
	}

}
