package dev.heliostat.simulator;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.encoded;
import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.multiple;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.option;
import static dev.heliostat.simulator.InputRules.url;

/**
 * Black Forest Labs. Only the polling URL of the answer leads to a job, under
 * {@code /regional}; {@code /v1/get_result} never finds one. The 25th job at a time is
 * refused (the 7th of flux-kontext-max).
 * <p>
 * Knobs: {@code status=400|402|403|404|422|422-list|429|500|503},
 * {@code moderated=request|content}, {@code not-found=n} (the first n looks say
 * {@code Task not found}), and those of {@link JobSimulator}.
 */
public class BflSimulator extends JobSimulator {

	private static final String KEY = "0f1e2d3c-4b5a-4697-8877-665544332211";

	private static final Pattern MODEL = Pattern.compile("/v1/(flux-2-(pro|pro-preview|max|flex|klein-4b|klein-9b"
			+ "|klein-9b-preview)|flux-kontext-(pro|max)|flux-pro-1\\.1(-ultra)?"
			+ "|flux-dev|flux-pro-1\\.0-(fill|expand))");

	public BflSimulator(int port) {
		super(port);
	}

	@Override
	public String provider() {
		return "bfl";
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
		return KEY.equals(received.headers().get("x-key"));
	}

	@Override
	protected Mono<Void> unauthorized(HttpServerResponse response) {
		return detail(response, 403, "Not authenticated - Invalid Authentication");
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST");
	}

	private static InputRules rules(String model) {
		boolean second = model.startsWith("flux-2");
		InputRules.Rule side = second ? either(integer(0, 0), multiple(16, 64, 4096)) : multiple(32, 256, 1440);
		InputRules.Rule picture = either(url(), encoded());
		InputRules rules = new InputRules().text("prompt", "webhook_secret")
			.with(integer(0, 4294967295L), "seed")
			.with(side, "width", "height")
			.with(integer(0, second ? 5 : 6), "safety_tolerance")
			.with(second ? option("jpeg", "png", "webp") : option("jpeg", "png"), "output_format")
			.with(url(), "webhook_url")
			.with(flag(), "prompt_upsampling", "raw")
			.with(number(1, 100), "guidance")
			.with(integer(1, 100), "steps")
			.with(matching("\\d+:\\d+"), "aspect_ratio")
			.with(number(0, 1), "image_prompt_strength")
			.with(encoded(), "image_prompt")
			.with(picture, "input_image", "input_image_2", "input_image_3", "input_image_4");
		if (second) {
			rules.with(picture, "input_image_5", "input_image_6", "input_image_7", "input_image_8");
		}
		if (model.startsWith("flux-pro-1.0")) {
			rules.with(picture, "image", "mask");
		}
		return second || model.contains("kontext") ? rules.require("prompt") : rules;
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		String path = received.plainPath();
		boolean get = received.method().equals("GET");
		if (get && path.equals("/v1/credits")) {
			return json(response, 200, "{\"credits\":1234.5}");
		}
		if (get && path.equals("/regional/v1/get_result")) {
			String id = received.path().replaceFirst(".*[?&]id=", "");
			return job(id).map(job -> look(job, response)).orElseGet(() -> lost(id, response));
		}
		if (get && path.equals("/v1/get_result")) {
			return lost(received.path().replaceFirst(".*[?&]id=", ""), response);
		}
		Matcher model = MODEL.matcher(path);
		if (!model.matches()) {
			return detail(response, 404, "Not Found");
		}
		if (!received.method().equals("POST")) {
			return detail(response, 405, "Method Not Allowed");
		}
		JsonNode input = parsed(received);
		Optional<InputRules.Fault> fault = rules(model.group(1)).check(input);
		if (fault.isPresent()) {
			return fault(response, fault.get());
		}
		if (scenario.has("status")) {
			return refuse(scenario, response);
		}
		long active = jobs().stream()
			.filter(job -> !job.isDone())
			.filter(job -> job.model.equals(model.group(1)) || !model.group(1).endsWith("kontext-max"))
			.count();
		if (active >= (model.group(1).equals("flux-kontext-max") ? 6 : 24)) {
			return detail(response, 429, "Too many active tasks.");
		}
		Job job = create(model.group(1), input, scenario);
		ObjectNode body = object().put("id", job.id);
		if (input.has("webhook_url")) {
			body.put("status", "Pending").put("webhook_url", input.path("webhook_url").asString());
		}
		PictureSize size = size(job);
		body.put("polling_url", origin() + "/regional/v1/get_result?id=" + job.id)
			.put("cost", cost(job.model))
			.put("input_mp", input.has("input_image") ? 1.0 : 0.0)
			.put("output_mp", Math.round(size.width() * size.height() / 10000.0) / 100.0);
		return accepted(job, response, 200, body.toString());
	}

	private static double cost(String model) {
		return switch (model) {
			case "flux-2-max" -> 7;
			case "flux-2-flex", "flux-pro-1.0-fill", "flux-pro-1.0-expand" -> 5;
			case "flux-2-klein-4b" -> 1.4;
			case "flux-2-klein-9b", "flux-2-klein-9b-preview" -> 1.5;
			case "flux-pro-1.1", "flux-kontext-pro" -> 4;
			case "flux-pro-1.1-ultra" -> 6;
			case "flux-kontext-max" -> 8;
			case "flux-dev" -> 2.5;
			default -> 3;
		};
	}

	private static PictureSize size(Job job) {
		JsonNode input = job.input;
		boolean byRatio = input.has("aspect_ratio") || job.model.contains("ultra");
		if (byRatio || job.model.startsWith("flux-2") && input.path("width").asInt(0) == 0) {
			return PictureSize.ratio(input.path("aspect_ratio").asString(byRatio ? "16:9" : "1:1"), 1024);
		}
		boolean wide = !job.model.startsWith("flux-2") && !job.model.contains("kontext");
		int width = input.path("width").asInt(1024);
		int height = input.path("height").asInt(0);
		return new PictureSize(width, (height > 0) ? height : wide ? 768 : 1024);
	}

	private Mono<Void> look(Job job, HttpServerResponse response) {
		int looks = job.look();
		if (job.isBroken()) {
			return detail(response, 500, "Internal Server Error");
		}
		Scenario scenario = job.scenario;
		if (looks <= scenario.number("not-found", 0)) {
			return lost(job.id, response);
		}
		ObjectNode body = object().put("id", job.id).put("status", "Pending").putNull("result");
		body.putNull("progress").putNull("details").putNull("preview");
		if (!job.isDone()) {
			return json(response, 200, body.toString());
		}
		if (scenario.has("moderated")) {
			body.put("status",
					scenario.text("moderated", "").equals("content") ? "Content Moderated" : "Request Moderated");
			body.putObject("details").putArray("Moderation Reasons").add("Safety Filter");
			return json(response, 200, body.toString());
		}
		if (scenario.has("failed")) {
			body.put("status", "Error").putObject("details").put("error", "Generation failed");
			return json(response, 200, body.toString());
		}
		String format = job.input.path("output_format").asString(job.model.contains("kontext") ? "png" : "jpeg");
		String sample = urls(job, 1, () -> size(job).picture(scenario, format)).stream().findFirst().orElse(null);
		body.put("status", "Ready")
			.putObject("result")
			.put("sample", sample)
			.put("prompt", job.input.path("prompt").asString(""))
			.put("seed", job.input.path("seed").asLong(42))
			.put("start_time", 1.0)
			.put("end_time", 2.0)
			.put("duration", 1.0);
		return whole(scenario, response, body.toString());
	}

	private static Mono<Void> lost(String id, HttpServerResponse response) {
		ObjectNode body = object().put("id", id).put("status", "Task not found").putNull("result");
		return json(response, 200, body.putNull("progress").putNull("details").putNull("preview").toString());
	}

	private static Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = code(scenario, response);
		return switch (scenario.text("status", "")) {
			case "400" -> detail(response, 400, "Bad request");
			case "402" -> detail(response, 402, "Insufficient credits. Please add more credits to your account.");
			case "403" -> detail(response, 403, "Not authenticated - Invalid Authentication");
			case "404" -> detail(response, 404, "Not Found");
			case "422" -> detail(response, 422, "Input is not valid");
			case "422-list" ->
				fault(response, new InputRules.Fault("width", "multiple_of", "Input should be a multiple of 16"));
			case "429" -> detail(response, 429, "Too many active tasks.");
			case "503" -> detail(response, 503, "Service Unavailable");
			default -> detail(response, code, "Internal Server Error");
		};
	}

	private static Mono<Void> detail(HttpServerResponse response, int status, String text) {
		return json(response, status, object().put("detail", text).toString());
	}

	private static Mono<Void> fault(HttpServerResponse response, InputRules.Fault fault) {
		ObjectNode body = object();
		ObjectNode detail = body.putArray("detail").addObject();
		ArrayNode loc = detail.putArray("loc").add("body");
		loc.add(fault.field());
		detail.put("msg", fault.message()).put("type", fault.type());
		return json(response, 422, body.toString());
	}

}
