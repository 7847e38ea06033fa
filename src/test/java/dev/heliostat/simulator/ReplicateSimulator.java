package dev.heliostat.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.buffer.Unpooled;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Replicate: create (both paths), get, list, cancel and the file host.
 * <p>
 * Knobs: {@code latency=ms}, {@code queue=ms} (it waits first),
 * {@code status=401|402|403|404|422|422-version|429|500|500-once|503},
 * {@code retry-after=s|none}, {@code failed=nsfw|E005|oom},
 * {@code output=string|array|object|null}, {@code early} (files while processing),
 * {@code poll-500=n}, {@code poll-404}, {@code stuck}, {@code aborted},
 * {@code file=404|truncated|once-truncated|stalled|once-stalled|slow|html|svg},
 * {@code lost} (created, then the connection is reset), {@code lost-before} (reset,
 * nothing created), {@code stall=before} (no answer, nothing created),
 * {@code stall=headers|body} (created, but the answer never comes, or not whole),
 * {@code stall=poll} (the first look is not answered), {@code refused-wait} (the wait is
 * ignored), {@code upload-500} (files are not taken).
 */
public class ReplicateSimulator extends Simulator {

	public static final String TOKEN = "r8_simulated_token_0123456789";

	private static final Pattern JOB = Pattern.compile("/v1/predictions/([a-z0-9]+)(/cancel)?");

	private final Map<String, Job> jobs = new ConcurrentHashMap<>();

	private final AtomicInteger truncations = new AtomicInteger();

	private final AtomicInteger stalls = new AtomicInteger();

	private static final int PAGE = 100;

	private volatile UnaryOperator<String> chance = UnaryOperator.identity();

	private volatile Scenario usual = Scenario.parse("");

	public ReplicateSimulator(int port) {
		super(port);
	}

	private static final class Job {

		private final String id = UUID.randomUUID().toString().replace("-", "").substring(0, 26);

		private final Instant createdAt = Instant.now();

		private final JsonNode input;

		private final String model;

		private final Scenario scenario;

		private final AtomicInteger polls = new AtomicInteger();

		private volatile boolean cancelled;

		private volatile boolean begun;

		Job(JsonNode input, String model, Scenario scenario) {
			this.input = input;
			this.model = model;
			this.scenario = scenario;
		}

		/** It waits first for as long as the knob {@code queue} says. */
		boolean isBegun() {
			return !this.cancelled
					&& Duration.between(this.createdAt, Instant.now()).toMillis() >= this.scenario.number("queue", 0);
		}

		boolean isDone() {
			return !this.cancelled && isBegun() && !this.scenario.has("stuck")
					&& Duration.between(this.createdAt, Instant.now()).compareTo(this.scenario.latency()) >= 0;
		}

	}

	/** What every request meets that says nothing else in its prompt. */
	public void usual(String directives) {
		this.usual = Scenario.parse(directives);
	}

	/**
	 * What becomes of each prompt: it gets knobs, one submission other ones than the
	 * next.
	 */
	public void chance(UnaryOperator<String> knobs) {
		this.chance = knobs;
	}

	/**
	 * A job that the provider charges for.
	 *
	 * @param id its id
	 * @param prompt what it was to show
	 * @param knobs what was to become of it
	 * @param readable whether it can be followed to its end
	 * @param gone whether nobody can have its output
	 */
	public record Charged(String id, String prompt, String knobs, boolean readable, boolean gone) {
	}

	/** The bill: official models are charged for what succeeded. */
	public List<Charged> bill() {
		return this.jobs.values()
			.stream()
			.filter(job -> job.scenario.has("stuck") || job.isDone())
			.filter(job -> !job.cancelled || job.begun)
			.filter(job -> !job.scenario.has("failed") && !job.scenario.has("aborted"))
			.map(job -> new Charged(job.id, job.input.path("prompt").asString(""), job.scenario.knobs().toString(),
					!job.scenario.has("stuck") && !job.scenario.has("poll-404"),
					List.of("404", "truncated").contains(job.scenario.text("file", ""))
							|| job.scenario.text("output", "").equals("null")))
			.toList();
	}

	/** The base URL for {@code heliostat.providers.replicate.base-url}. */
	public String baseUrl() {
		return origin() + "/v1";
	}

	/** Jobs that were really created. */
	public int created() {
		return this.jobs.size();
	}

	/** Jobs that were asked for after their creation. */
	public long followed() {
		return this.jobs.values().stream().filter(job -> job.polls.get() > 0).count();
	}

	/** Ids of the jobs that were really created. */
	public List<String> jobIds() {
		return List.copyOf(this.jobs.keySet());
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST") && received.path().contains("/predictions")
				&& !received.path().endsWith("/cancel");
	}

	@Override
	public void clear() {
		super.clear();
		this.jobs.clear();
		this.truncations.set(0);
		this.stalls.set(0);
		this.usual = Scenario.parse("");
	}

	@Override
	protected Publisher<Void> answer(Received received, HttpServerRequest request, HttpServerResponse response) {
		String path = received.path().split("\\?")[0];
		if (path.startsWith("/files/")) {
			return file(path, response);
		}
		if (!("Bearer " + TOKEN).equals(received.headers().get("authorization"))) {
			return problem(response, 401, "Unauthenticated", "You did not pass a valid authentication token");
		}
		if (path.equals("/v1/files")) {
			return upload(received, response);
		}
		Matcher job = JOB.matcher(path);
		if (job.matches()) {
			return job(this.jobs.get(job.group(1)), job.group(2) != null, response);
		}
		if (received.method().equals("POST")) {
			return create(received, path, response);
		}
		return list(received, response);
	}

	private Mono<Void> upload(Received received, HttpServerResponse response) {
		if (this.usual.has("upload-500")) {
			return json(response, 500, "{\"detail\":\"Internal server error\"}");
		}
		boolean picture = received.parts()
			.stream()
			.anyMatch(part -> part.name().equals("content") && ProviderSimulator.isPicture(part.bytes()));
		return picture
				? json(response, 201, "{\"id\":\"file-1\",\"urls\":{\"get\":\"" + origin() + "/v1/files/file-1\"}}")
				: problem(response, 422, "Input validation failed", "- content: required");
	}

	private Mono<Void> create(Received received, String path, HttpServerResponse response) {
		JsonNode body = received.json();
		JsonNode input = body.path("input");
		for (String key : body.propertyNames()) {
			if (!List.of("input", "version", "webhook", "webhook_events_filter").contains(key)) {
				return problem(response, 422, "Input validation failed", "- " + key + ": not allowed");
			}
		}
		String prompt = input.path("prompt").asString("");
		Scenario scenario = once(prompt, Scenario.of(this.chance.apply(prompt), this.usual));
		if (scenario.has("lost-before")) {
			return reset(response);
		}
		String stall = scenario.text("stall", "");
		if (stall.equals("before")) {
			return silence();
		}
		if (scenario.has("status")) {
			return refuse(scenario, response);
		}
		String model = path.startsWith("/v1/models/")
				? path.substring("/v1/models/".length(), path.length() - "/predictions".length())
				: body.path("version").asString("").split(":")[0];
		Job job = new Job(input, model, scenario);
		this.jobs.put(job.id, job);
		if (scenario.has("lost")) {
			return reset(response);
		}
		if (stall.equals("headers")) {
			return silence();
		}
		if (stall.equals("body")) {
			return stalled(response, "application/json", prediction(job).toString().getBytes(StandardCharsets.UTF_8));
		}
		boolean waits = "wait=1".equals(received.headers().get("prefer")) && !scenario.has("refused-wait");
		Duration wait = scenario.latency().compareTo(Duration.ofSeconds(1)) > 0 ? Duration.ofSeconds(1)
				: scenario.latency();
		return later(waits ? wait : Duration.ZERO,
				Mono.defer(() -> json(response, job.isDone() ? 201 : 202, prediction(job).toString())));
	}

	private static Mono<Void> refuse(Scenario scenario, HttpServerResponse response) {
		return switch (scenario.text("status", "")) {
			case "401" -> problem(response, 401, "Unauthenticated", "You did not pass a valid authentication token");
			case "402" -> problem(response, 402, "Insufficient credit",
					"You have insufficient credit to run this model. Go to https://replicate.com/account/billing");
			case "403" -> problem(response, 403, "Forbidden", "You do not have permission to do this");
			case "404" ->
				json(response, 404, "{\"detail\":\"The requested resource could not be found.\",\"status\":404}");
			case "422" -> json(response, 422,
					"""
							{"title":"Input validation failed","detail":"- input.steps: steps must be at most 10\\n","status":422,
							"invalid_fields":[{"type":"number_lte","field":"input.steps","description":"must be at most 10"}]}""");
			case "422-version" -> problem(response, 422, "Invalid version or not permitted",
					"The specified version does not exist (or perhaps you don't have permission to use it?)");
			case "429" -> {
				if (scenario.text("retry-after", "").equals("none")) {
					yield json(response, 429, "{\"detail\":\"Request was throttled.\",\"status\":429}");
				}
				int after = scenario.number("retry-after", 1);
				response.header("retry-after", Integer.toString(after));
				yield json(response, 429, "{\"detail\":\"Request was throttled. Your rate limit resets in ~" + after
						+ "s.\",\"status\":429,\"retry_after\":" + after + "}");
			}
			case "503" -> json(response, 503, "{\"detail\":\"Service unavailable\"}");
			default -> response.status(500)
				.header("content-type", "text/html")
				.sendString(Mono.just("<html>oops</html>"))
				.then();
		};
	}

	private Mono<Void> job(Job job, boolean cancel, HttpServerResponse response) {
		if (job == null || job.scenario.has("poll-404")) {
			return json(response, 404, "{\"detail\":\"The requested resource could not be found.\",\"status\":404}");
		}
		if (cancel) {
			job.begun = job.isBegun();
			job.cancelled = !job.isDone();
		}
		else if (job.scenario.text("stall", "").equals("poll") && job.polls.get() == 0) {
			job.polls.incrementAndGet();
			return silence();
		}
		else if (job.polls.incrementAndGet() <= job.scenario.number("poll-500", 0)) {
			return json(response, 500, "{\"detail\":\"Internal server error\"}");
		}
		return json(response, 200, prediction(job).toString());
	}

	private Mono<Void> list(Received received, HttpServerResponse response) {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		body.putNull("previous");
		ArrayNode results = body.putArray("results");
		Matcher cursor = Pattern.compile("cursor=(\\d+)").matcher(received.path());
		int from = cursor.find() ? Integer.parseInt(cursor.group(1)) : 0;
		List<Job> listed = this.jobs.values()
			.stream()
			.sorted(Comparator.comparing((Job job) -> job.createdAt).reversed())
			.skip(from)
			.limit(PAGE)
			.toList();
		listed.forEach(job -> results.add(prediction(job)));
		if (listed.size() < PAGE) {
			body.putNull("next");
		}
		else {
			body.put("next", origin() + "/v1/predictions?cursor=" + (from + PAGE));
		}
		return json(response, 200, body.toString());
	}

	private ObjectNode prediction(Job job) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("id", job.id).put("model", job.model).put("version", "hidden").set("input", job.input);
		json.put("logs", "").putNull("error").putNull("output");
		json.put("created_at", job.createdAt.toString()).put("source", "api").put("data_removed", false);
		json.putObject("urls")
			.put("get", origin() + "/v1/predictions/" + job.id)
			.put("cancel", origin() + "/v1/predictions/" + job.id + "/cancel");
		if (job.cancelled ? job.begun : job.isBegun()) {
			json.put("started_at", job.createdAt.toString());
		}
		else {
			json.putNull("started_at");
		}
		if (job.cancelled) {
			return json.put("status", "canceled");
		}
		if (job.scenario.has("aborted")) {
			return json.put("status", "aborted");
		}
		if (!job.isDone()) {
			json.put("status", job.isBegun() ? "processing" : "starting");
			if (job.scenario.has("early")) {
				json.set("output", output(job));
			}
			return json;
		}
		if (job.scenario.has("failed")) {
			return json.put("status", "failed").put("error", switch (job.scenario.text("failed", "")) {
				case "nsfw" -> "NSFW content detected. Try running it again, or try a different prompt.";
				case "E005" ->
					"The input or output was flagged as sensitive. Please try again with different inputs. (E005)";
				default -> "E1001: out of memory";
			});
		}
		json.put("status", "succeeded").set("output", output(job));
		json.putObject("metrics").put("predict_time", 0.61).put("total_time", 0.65);
		return json;
	}

	private JsonNode output(Job job) {
		String format = job.input.path("output_format").asString("webp");
		List<String> urls = new ArrayList<>();
		for (int i = 0; i < job.input.path("num_outputs").asInt(job.input.path("number_of_images").asInt(1)); i++) {
			urls.add(origin() + "/files/" + job.id + "/" + i + "." + format);
		}
		String form = job.scenario.text("output",
				(urls.size() > 1 || job.input.has("num_outputs")) ? "array" : "string");
		return switch (form) {
			case "null" -> JsonNodeFactory.instance.nullNode();
			case "string" -> JsonNodeFactory.instance.stringNode(urls.getFirst());
			case "object" -> JsonNodeFactory.instance.objectNode().put("image", urls.getFirst());
			default -> {
				ArrayNode array = JsonNodeFactory.instance.arrayNode();
				urls.forEach(array::add);
				yield array;
			}
		};
	}

	private Mono<Void> file(String path, HttpServerResponse response) {
		String[] parts = path.split("/");
		Job job = this.jobs.get(parts[2]);
		if (job == null) {
			return response.status(404).send();
		}
		String format = parts[3].substring(parts[3].indexOf('.') + 1);
		byte[] bytes = bytes(job, format);
		response.header("content-type", "image/" + format);
		return switch (job.scenario.text("file", "")) {
			case "404" -> response.status(404).send();
			case "html" ->
				response.header("content-type", "text/html").sendString(Mono.just("<html>gone</html>")).then();
			case "svg" ->
				response.sendString(Mono.just("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"))
					.then();
			case "truncated" -> response.sendByteArray(Mono.just(Arrays.copyOf(bytes, bytes.length / 2))).then();
			case "once-truncated" -> response
				.sendByteArray(Mono
					.just((this.truncations.incrementAndGet() == 1) ? Arrays.copyOf(bytes, bytes.length / 2) : bytes))
				.then();
			case "stalled" -> stalled(response, "image/" + format, bytes);
			case "once-stalled" -> (this.stalls.incrementAndGet() == 1) ? stalled(response, "image/" + format, bytes)
					: response.sendByteArray(Mono.just(bytes)).then();
			case "slow" -> response.header("content-length", Integer.toString(bytes.length))
				.send(Flux.range(0, 10)
					.map(i -> Unpooled
						.wrappedBuffer(Arrays.copyOfRange(bytes, bytes.length * i / 10, bytes.length * (i + 1) / 10)))
					.delayElements(Duration.ofMillis(20)))
				.then();
			default -> response.header("content-length", Integer.toString(bytes.length))
				.sendByteArray(Mono.just(bytes))
				.then();
		};
	}

	private static byte[] bytes(Job job, String format) {
		String ratio = job.input.path("aspect_ratio").asString("1:1");
		int width = job.input.path("width").asInt(0);
		int height = job.input.path("height").asInt(0);
		if (width == 0 && ratio.contains(":")) {
			double value = Double.parseDouble(ratio.split(":")[0]) / Double.parseDouble(ratio.split(":")[1]);
			height = (int) Math.round(Math.sqrt(1048576 / value));
			width = (int) Math.round(height * value);
		}
		return TestPictures.picture(Math.max(1, width), Math.max(1, height), format);
	}

	private static Mono<Void> problem(HttpServerResponse response, int status, String title, String detail) {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		body.put("title", title).put("detail", detail).put("status", status);
		return json(response, status, body.toString());
	}

}
