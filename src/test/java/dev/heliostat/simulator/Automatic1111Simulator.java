package dev.heliostat.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.any;
import static dev.heliostat.simulator.InputRules.either;
import static dev.heliostat.simulator.InputRules.encoded;
import static dev.heliostat.simulator.InputRules.flag;
import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.number;
import static dev.heliostat.simulator.InputRules.text;

/**
 * AUTOMATIC1111 and Forge: one job at a time, the others wait.
 * <p>
 * Knobs: {@code status=400|401|404|422|500|500-oom}, {@code grid} (a grid comes first
 * when there is more than one picture), {@code latency}, {@code lost}, {@code empty},
 * {@code cut}, {@code big}. It does not moderate.
 */
public class Automatic1111Simulator extends JobSimulator {

	private static final String CREDENTIAL = "user:password";

	private static final List<String> SAMPLERS = List.of("Euler", "Euler a", "Heun", "LMS", "DPM2", "DPM++ 2M",
			"DPM++ SDE", "DPM++ 2M SDE", "DPM++ 3M SDE", "DDIM", "UniPC", "LCM");

	private static final InputRules TEXT_RULES = rules();

	private static final InputRules IMAGE_RULES = rules().with(list(1, 16, encoded()), "init_images")
		.with(encoded(), "mask")
		.with(either(flag(), integer(0, 4)), "inpainting_fill", "inpainting_mask_invert")
		.with(integer(0, 3), "resize_mode")
		.require("init_images");

	private Instant freeAt = Instant.MIN;

	public Automatic1111Simulator(int port) {
		super(port);
	}

	private static InputRules rules() {
		return new InputRules()
			.text("prompt", "negative_prompt", "sampler_name", "scheduler", "hr_upscaler", "script_name",
					"force_task_id")
			.with(integer(1, 150), "steps")
			.with(number(0, 30), "cfg_scale", "distilled_cfg_scale")
			.with(integer(1, 4096), "width", "height")
			.with(integer(-1, 4294967295L), "seed")
			.with(integer(1, 16), "batch_size", "n_iter")
			.with(list(0, 100, text()), "styles")
			.with(flag(), "enable_hr", "restore_faces", "tiling", "override_settings_restore_afterwards", "send_images",
					"save_images")
			.with(number(1, 4), "hr_scale")
			.with(number(0, 1), "denoising_strength")
			.with(nested(new InputRules().text("sd_model_checkpoint")), "override_settings")
			.with(nested(new InputRules()), "alwayson_scripts")
			.with(list(0, 100, any()), "script_args");
	}

	@Override
	public String provider() {
		return "automatic1111";
	}

	@Override
	public String baseUrl() {
		return origin();
	}

	@Override
	public String credential() {
		return CREDENTIAL;
	}

	@Override
	protected boolean isAuthorized(Received received) {
		return ("Basic " + base64(CREDENTIAL.getBytes(StandardCharsets.UTF_8)))
			.equals(received.headers().get("authorization"));
	}

	@Override
	protected Mono<Void> unauthorized(HttpServerResponse response) {
		response.header("www-authenticate", "Basic");
		return error(response, 401, "Incorrect username or password");
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.path().matches("/sdapi/v1/(txt|img)2img");
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		return switch (received.method() + " " + received.plainPath()) {
			case "POST /sdapi/v1/txt2img" -> start(parsed(received), TEXT_RULES, scenario, response);
			case "POST /sdapi/v1/img2img" -> start(parsed(received), IMAGE_RULES, scenario, response);
			case "POST /sdapi/v1/interrupt" -> json(response, 200, "{}");
			case "GET /sdapi/v1/progress" -> json(response, 200, """
					{"progress":0.5,"eta_relative":1.0,"state":{"job":"","sampling_step":10,"sampling_steps":20,
					"interrupted":false},"current_image":null,"textinfo":null}""");
			case "GET /sdapi/v1/sd-models" -> json(response, 200, """
					[{"title":"sd_xl_base_1.0.safetensors [31e35c80fc]","model_name":"sd_xl_base_1.0",
					"hash":"31e35c80fc","sha256":null,"filename":"/models/sd_xl_base_1.0.safetensors"}]""");
			case "GET /sdapi/v1/samplers" -> {
				ArrayNode samplers = array();
				SAMPLERS.forEach(name -> samplers.addObject().put("name", name));
				yield json(response, 200, samplers.toString());
			}
			case "GET /sdapi/v1/options" ->
				json(response, 200, "{\"sd_model_checkpoint\":\"sd_xl_base_1.0.safetensors [31e35c80fc]\"}");
			default -> error(response, 404, "Not Found");
		};
	}

	private Mono<Void> start(JsonNode input, InputRules rules, Scenario scenario, HttpServerResponse response) {
		Optional<InputRules.Fault> fault = rules.check(input);
		if (fault.isPresent()) {
			return error(response, 422, fault.get().text());
		}
		if (!SAMPLERS.contains(input.path("sampler_name").asString("Euler"))) {
			return error(response, 404, "Sampler not found");
		}
		if (input.has("script_name")) {
			return error(response, 422, "Script '" + input.path("script_name").asString() + "' not found");
		}
		if (scenario.has("status")) {
			return refuse(scenario, response);
		}
		Job job = create("", input, scenario);
		return later(queued(job.left()), Mono.defer(() -> whole(scenario, response, answer(job).toString())));
	}

	@Override
	public synchronized void clear() {
		super.clear();
		this.freeAt = Instant.MIN;
	}

	/** The time until a job ends that begins when the ones before it have ended. */
	private synchronized Duration queued(Duration work) {
		Instant now = Instant.now();
		this.freeAt = (this.freeAt.isAfter(now) ? this.freeAt : now).plus(work);
		return Duration.between(now, this.freeAt);
	}

	private ObjectNode answer(Job job) {
		JsonNode input = job.input;
		double scale = input.path("enable_hr").asBoolean(false) ? input.path("hr_scale").asDouble(2) : 1;
		PictureSize size = new PictureSize((int) (input.path("width").asInt(512) * scale),
				(int) (input.path("height").asInt(512) * scale));
		int count = input.path("batch_size").asInt(1) * input.path("n_iter").asInt(1);
		long seed = (input.path("seed").asLong(-1) < 0) ? 123 : input.path("seed").asLong();
		ObjectNode body = object();
		ArrayNode images = body.putArray("images");
		ObjectNode info = object().put("prompt", input.path("prompt").asString("")).put("seed", seed);
		boolean grid = job.scenario.has("grid") && count > 1;
		info.put("width", size.width()).put("height", size.height()).put("index_of_first_image", grid ? 1 : 0);
		if (grid) {
			images.add(base64(new PictureSize(size.width() * 2, size.height()).picture(job.scenario, "png")));
			info.withArray("infotexts").add("grid");
		}
		for (int i = 0; i < count && !job.scenario.has("empty") && input.path("send_images").asBoolean(true); i++) {
			images.add(base64(size.picture(job.scenario, "png")));
			info.withArray("all_seeds").add(seed + i);
			info.withArray("infotexts").add("Steps: 50, Seed: " + (seed + i));
		}
		body.set("parameters", input.deepCopy());
		return body.put("info", info.toString());
	}

	private static Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		int code = code(scenario, response);
		return switch (scenario.text("status", "")) {
			case "401" -> error(response, 401, "Incorrect username or password");
			case "404" -> error(response, 404, "Sampler not found");
			case "422" -> error(response, 422, "Script 'x' not found");
			case "500-oom" ->
				json(response, 500, "{\"error\":\"OutOfMemoryError\",\"errors\":\"CUDA out of memory.\"}");
			default -> error(response, code, (code < 500) ? "Bad request" : "Internal Server Error");
		};
	}

	private static Mono<Void> error(HttpServerResponse response, int status, String text) {
		ObjectNode body = object().put("error", "HTTPException").put("detail", text);
		return json(response, status, body.put("body", "").put("errors", "").toString());
	}

}
