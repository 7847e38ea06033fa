package dev.heliostat.console;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import dev.heliostat.access.Caller;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Model;
import dev.heliostat.console.Benchmark.Picture;
import dev.heliostat.console.Benchmark.State;
import dev.heliostat.console.BenchmarkPlans.Choice;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.Money;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * What was measured of a model's offerings, and comparisons of them that a visitor pays
 * for: priced first, begun only when that price was agreed to.
 */
final class BenchmarkPages {

	private static final int LATEST = 20;

	private static final String PROMPT = "A serene mountain landscape at sunset";

	private final OfferingMeasurements measurements;

	private final BenchmarkStore store;

	private final BenchmarkPlans plans;

	private final BenchmarkRuns runs;

	private final Catalogs catalogs;

	private final Pages pages;

	private final Clock clock;

	BenchmarkPages(OfferingMeasurements measurements, BenchmarkStore store, BenchmarkPlans plans, BenchmarkRuns runs,
			Catalogs catalogs, Pages pages, Clock clock) {
		this.measurements = measurements;
		this.store = store;
		this.plans = plans;
		this.runs = runs;
		this.catalogs = catalogs;
		this.pages = pages;
		this.clock = clock;
	}

	/**
	 * The part of a model's page.
	 *
	 * @param measured what was measured
	 * @param open whether a benchmark can be begun
	 * @param prompts the catalog's, to choose from
	 * @param shapes sizes to choose from
	 * @param latest the visitor's own benchmarks
	 */
	record Part(MeasuredView measured, boolean open, List<String> prompts, List<Shape> shapes,
			List<BenchmarkView> latest) {

		/** Of a page that has none. */
		static final Part NONE = new Part(MeasuredView.NONE, false, List.of(), List.of(), List.of());

	}

	Mono<Part> part(ServerRequest request, Model model) {
		Visitor visitor = Visitor.of(request);
		List<String> prompts = new ArrayList<>(model.gallery());
		model.examplePrompt().filter(prompt -> !prompts.contains(prompt)).ifPresent(prompts::add);
		if (prompts.isEmpty()) {
			prompts.add(PROMPT);
		}
		Mono<List<Benchmark>> own = visitor.isMaker()
				? this.store.list(PlaygroundRuns.caller(request).keyId(), model.slug(), LATEST) : Mono.just(List.of());
		return Mono.zip(this.measurements.of(model), own).map(both -> {
			Instant now = this.clock.instant();
			return new Part(both.getT1(),
					visitor.isMaker() && model.capabilities().contains(Capability.GENERATE)
							&& !model.offerings().isEmpty(),
					prompts.subList(0, Math.min(prompts.size(), 8)), Shape.of(List.of(model), Capability.GENERATE),
					both.getT2().stream().map(each -> BenchmarkView.of(each, now)).toList());
		});
	}

	/** What a benchmark would cost, to be agreed to. */
	Mono<ServerResponse> quote(ServerRequest request) {
		return Forms.read(request).flatMap(fields -> confirm(request, fields, ""));
	}

	private Mono<ServerResponse> confirm(ServerRequest request, MultiValueMap<String, String> fields, String problem) {
		Model model = model(request);
		Choice choice = Choice.of(model, fields);
		return this.plans.plan(request, choice)
			.flatMap(plan -> this.pages.page(request, "benchmark-confirm",
					Map.of("model", model.name(), "modelPath", ModelCards.path(model), "choice", choice, "plan", plan,
							"total", PriceWords.dollars(new Money(plan.micros())), "problem", problem, "id",
							"bench_" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong())
									+ HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()))));
	}

	/** Begins one whose price was agreed to; the same form sent twice begins one. */
	Mono<ServerResponse> start(ServerRequest request) {
		return Forms.read(request).flatMap(fields -> {
			Model model = model(request);
			String id = Forms.first(fields, "id");
			String cap = Forms.first(fields, "cap");
			if (!id.matches("bench_[0-9a-f]{32}") || !cap.matches("[0-9]{1,15}")) {
				return confirm(request, fields, "");
			}
			if (!Forms.first(fields, "agreed").equals("yes")) {
				return confirm(request, fields, "Nothing was begun: agree to the price first.");
			}
			return this.plans.plan(request, Choice.of(model, fields)).flatMap(plan -> {
				if (plan.tasks().isEmpty()) {
					return confirm(request, fields, "Nothing was begun: none of the providers can take part.");
				}
				if (plan.micros() > Long.parseLong(cap)) {
					return confirm(request, fields, "Nothing was begun: the price has changed meanwhile.");
				}
				Caller caller = PlaygroundRuns.caller(request);
				Instant now = this.clock.instant();
				Benchmark benchmark = new Benchmark(id, model.slug(), caller.keyId(), caller.project(), now,
						Long.parseLong(cap), plan.tasks().size(), State.RUNNING, now, Visitor.of(request).isTest(), "",
						List.of());
				return this.runs.start(caller, benchmark, plan).then(to("/benchmarks/" + id));
			});
		});
	}

	/** A benchmark of one's own. */
	Mono<ServerResponse> one(ServerRequest request) {
		return own(request).flatMap(benchmark -> {
			BenchmarkView view = BenchmarkView.of(benchmark, this.clock.instant());
			Map<String, Object> values = Map.of("run", view, "model",
					this.catalogs.current().model(benchmark.model()).map(Model::name).orElse(benchmark.model()),
					"modelPath",
					this.catalogs.current().model(benchmark.model()).map(ModelCards::path).orElse("/models"));
			return Pages.isPart(request) ? this.pages.part(request, 200, "benchmark", "state", values)
					: this.pages.page(request, "benchmark", values);
		});
	}

	/** Submits nothing more. */
	Mono<ServerResponse> stop(ServerRequest request) {
		return Forms.read(request)
			.flatMap(fields -> own(request))
			.flatMap(benchmark -> this.runs.stop(benchmark.id()).then(to("/benchmarks/" + benchmark.id())));
	}

	/** Every picture of one as a line. */
	Mono<ServerResponse> csv(ServerRequest request) {
		return own(request).flatMap(benchmark -> {
			StringBuilder csv = new StringBuilder(
					"number,model,offering,prompt,size,outcome,provider,micros,millis,first_byte_millis,generation,finished_at\r\n");
			for (Picture picture : benchmark.pictures()) {
				csv.append(String.join(",", Integer.toString(picture.number()), benchmark.model(), picture.offering(),
						Integer.toString(picture.prompt()), picture.size(), picture.outcome(), picture.provider(),
						Long.toString(picture.micros()), measured(picture.millis()),
						measured(picture.firstByteMillis()), picture.generation(), picture.finishedAt().toString()))
					.append("\r\n");
			}
			return attachment("text/csv", benchmark.id() + ".csv", csv.toString());
		});
	}

	private static String measured(long millis) {
		return (millis < 0) ? "" : Long.toString(millis);
	}

	static Mono<ServerResponse> attachment(String type, String name, String text) {
		return ServerResponse.ok()
			.header("content-type", type + ";charset=UTF-8")
			.header("content-disposition", "attachment; filename=\"" + name + "\"")
			.header("cache-control", "no-store")
			.header("x-content-type-options", "nosniff")
			.bodyValue(text);
	}

	private Mono<Benchmark> own(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.store.find(id)
			.map(found -> found.filter(known -> known.keyId().equals(PlaygroundRuns.caller(request).keyId()))
				.orElseThrow(() -> new GatewayError.NotFound("No benchmark of yours has the id '" + id
						+ "'. They are listed on the benchmarks page of their model.")
					.asException()));
	}

	private Model model(ServerRequest request) {
		String slug = request.pathVariable("slug");
		return this.catalogs.current()
			.model(slug)
			.filter(known -> Visitor.of(request).maySee(known.slug()))
			.orElseThrow(() -> new GatewayError.ModelNotFound(
					"There is no model '" + slug + "' here, or your key may not use it. Look at /models.")
				.asException());
	}

	private static Mono<ServerResponse> to(String path) {
		return Mono.defer(() -> ServerResponse.status(HttpStatus.SEE_OTHER).header("location", path).build());
	}

}
