package dev.heliostat.simulator;

import java.util.List;
import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A server in the house that speaks OpenAI's Images API in a dialect of its own.
 */
abstract class LocalServerSimulator extends JobSimulator {

	private static final String GENERATIONS = "/v1/images/generations";

	private static final String EDITS = "/v1/images/edits";

	protected LocalServerSimulator(int port) {
		super(port);
	}

	/** What a generation may say. */
	protected abstract InputRules generationRules();

	/** What an edit may say besides its pictures; nothing where there are no edits. */
	protected Optional<InputRules> editRules() {
		return Optional.empty();
	}

	/** The answer to a faulty request. */
	protected abstract Mono<Void> faulty(InputRules.Fault fault, HttpServerResponse response);

	/** The answer with an error. */
	protected abstract Mono<Void> error(int status, String text, HttpServerResponse response);

	/** The answer to the knob {@code status}. */
	protected abstract Mono<Void> refuse(Scenario scenario, HttpServerResponse response);

	/** The answer with pictures. */
	protected abstract Mono<Void> make(Job job, HttpServerResponse response);

	/** The answer to requests that all have not in common. */
	protected Mono<Void> other(Received received, Scenario scenario, HttpServerResponse response) {
		return error(404, "Not Found", response);
	}

	/** The name of the model that is loaded. */
	protected String model() {
		return "simulated-model";
	}

	@Override
	protected boolean isAuthorized(Received received) {
		return isBearer(received, credential());
	}

	@Override
	protected Mono<Void> unauthorized(HttpServerResponse response) {
		return error(401, "Unauthorized", response);
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST") && received.plainPath().startsWith("/v1/images/");
	}

	@Override
	protected String directives(Received received) {
		return super.directives(received) + received.parts()
			.stream()
			.filter(part -> part.name().equals("prompt"))
			.map(Part::text)
			.findFirst()
			.orElse("");
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		String call = received.method() + " " + received.plainPath();
		if (call.equals("GET /v1/models")) {
			ObjectNode body = object().put("object", "list");
			body.putArray("data").addObject().put("id", model()).put("object", "model").put("owned_by", "local");
			return json(response, 200, body.toString());
		}
		if (call.equals("POST " + GENERATIONS)) {
			return start(parsed(received), generationRules().check(parsed(received)), scenario, response);
		}
		if (call.equals("POST " + EDITS) && editRules().isPresent()) {
			return edit(received, editRules().get(), scenario, response);
		}
		return List.of(GENERATIONS, EDITS).contains(received.plainPath()) && !received.method().equals("POST")
				? error(405, "Method Not Allowed", response) : other(received, scenario, response);
	}

	private Mono<Void> edit(Received received, InputRules rules, Scenario scenario, HttpServerResponse response) {
		List<Part> parts = received.parts();
		ObjectNode form = rules.form(parts);
		Optional<InputRules.Fault> fault = rules.check(form)
			.or(() -> uploads(received, 16, List.of("image", "image[]")));
		if (fault.isEmpty() && parts.stream().allMatch(part -> part.filename().isEmpty()) && !form.has("url[]")) {
			fault = Optional.of(new InputRules.Fault("image", "missing", "Field required"));
		}
		return start(form, fault, scenario, response);
	}

	private Mono<Void> start(JsonNode input, Optional<InputRules.Fault> fault, Scenario scenario,
			HttpServerResponse response) {
		if (fault.isPresent()) {
			return faulty(fault.get(), response);
		}
		if (scenario.has("status")) {
			return refuse(scenario, response);
		}
		Job job = create(model(), input, scenario);
		return later(job.left(), Mono.defer(() -> make(job, response)));
	}

	/** The size that is asked for. */
	protected static PictureSize size(JsonNode input, int otherwise) {
		return PictureSize.of(input.path("size").asString(""), new PictureSize(otherwise, otherwise));
	}

	/** An answer with so many pictures in base64. */
	protected static ObjectNode pictures(Job job, int count, PictureSize size, String format) {
		ObjectNode body = object().put("created", 1713833628L);
		ArrayNode data = body.putArray("data");
		for (int i = 0; i < count && !job.scenario.has("empty"); i++) {
			data.addObject().put("b64_json", base64(size.picture(job.scenario, format)));
		}
		return body;
	}

	/** An error as FastAPI tells it. */
	protected static Mono<Void> detail(int status, String text, HttpServerResponse response) {
		return json(response, status, object().put("detail", text).toString());
	}

}
