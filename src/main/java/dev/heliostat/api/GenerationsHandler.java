package dev.heliostat.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.heliostat.access.Budgets;
import dev.heliostat.access.Limits;
import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.generation.Generation;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.Order;
import dev.heliostat.generation.Progress;
import dev.heliostat.telemetry.GatewayMeters;
import org.springframework.http.HttpHeaders;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.ledger.ClientNotes;
import dev.heliostat.media.EgressGuard;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Makes pictures from texts and from other pictures.
 */
class GenerationsHandler {

	private static final String SANDBOX_HEADER = "x-heliostat-sandbox";

	private static final String DEADLINE_HEADER = "x-heliostat-deadline-ms";

	private final Generations generations;

	private final ImagesReader reader;

	private final RepeatReader repeats;

	private final GatewayMeters meters;

	private final EgressGuard guard;

	private final Budgets budgets;

	private final Limits limits;

	GenerationsHandler(Generations generations, ImagesReader reader, RepeatReader repeats, GatewayMeters meters,
			EgressGuard guard, Budgets budgets, Limits limits) {
		this.limits = limits;
		this.guard = guard;
		this.budgets = budgets;
		this.generations = generations;
		this.reader = reader;
		this.repeats = repeats;
		this.meters = meters;
	}

	Mono<ServerResponse> generate(ServerRequest request) {
		return this.reader.generation(request, isJson(request)).flatMap(asked -> run(request, asked));
	}

	/** Edits pictures, or enlarges one where {@code scale_factor} is given. */
	Mono<ServerResponse> edit(ServerRequest request) {
		return this.reader.edit(request, isJson(request)).flatMap(asked -> run(request, asked));
	}

	/** Makes pictures like another one. */
	Mono<ServerResponse> vary(ServerRequest request) {
		return this.reader.variation(request, isJson(request)).flatMap(asked -> run(request, asked));
	}

	/** A price or a promise is JSON, whatever {@code Accept} says. */
	private static boolean isJson(ServerRequest request) {
		return isDryRun(request) || isAsync(request);
	}

	private Mono<ServerResponse> run(ServerRequest request, ImagesReader.Asked understood) {
		GenerationBody body = understood.body();
		ServerHttpResponse response = request.exchange().getResponse();
		response.beforeCommit(() -> this.limits.headers(RequestAttributes.caller(request))
			.doOnNext(left -> left.forEach(response.getHeaders()::set))
			.then());
		ImageRequest asked = body.request();
		body.webhook().flatMap(url -> this.guard.refusal(url, Set.of())).ifPresent(rule -> {
			asked.release();
			throw new GatewayError.InvalidValue("webhook_url",
					"webhook_url: " + rule + " (the operator may permit networks with heliostat.egress.allow)")
				.asException();
		});
		ClientNotes notes = notes(request, understood);
		return this.repeats.read(request, understood.fields(), asked.capability(), asked.images(), asked.mask())
			.doOnError(error -> asked.release())
			.flatMap(repeats -> run(request, body,
					new Order(RequestAttributes.caller(request), RequestAttributes.requestId(request),
							isAsync(request) ? asked.withPartials(0) : asked, body.preferences(),
							understood.headers().isRaw() ? Optional.of(AnswerForm.B64_JSON) : body.form(),
							Optional.ofNullable(request.headers().firstHeader(SANDBOX_HEADER)), deadline(request, body),
							repeats, body.webhook(), endUser(request, body), notes),
					understood.headers().isRaw()));
	}

	private Optional<String> endUser(ServerRequest request, GenerationBody body) {
		return body.user().map(user -> this.budgets.endUser(RequestAttributes.caller(request).project(), user));
	}

	private static ClientNotes notes(ServerRequest request, ImagesReader.Asked understood) {
		try {
			return ClientNotesReader.read(request, understood.fields());
		}
		catch (GatewayException ex) {
			understood.body().request().release();
			throw ex;
		}
	}

	private Mono<ServerResponse> run(ServerRequest request, GenerationBody body, Order order, boolean raw) {
		if (isDryRun(request)) {
			return Mono.fromSupplier(() -> this.generations.plan(order))
				.flatMap(plan -> this.generations.refusal(order, plan)
					.map(refusal -> DryRunBody.of(order, plan, refusal)))
				.doFinally(end -> body.request().release())
				.flatMap(estimate -> ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(estimate));
		}
		if (isAsync(request)) {
			return accept(request, order);
		}
		return body.stream() ? stream(order)
				: this.generations.generate(order).flatMap(made -> raw ? raw(made) : answer(made));
	}

	/** Begins to answer as soon as the generation has begun. */
	private Mono<ServerResponse> stream(Order order) {
		Progress progress = new Progress();
		return this.generations.begin(order, progress, false)
			.flatMap(begun -> new EventStream(begun, progress, order.request().capability(), this::untaken).answer());
	}

	/** Answers before there is a picture: the client looks it up. */
	private Mono<ServerResponse> accept(ServerRequest request, Order order) {
		return this.generations.start(order)
			.flatMap(kept -> ServerResponse.accepted()
				.contentType(MediaType.APPLICATION_JSON)
				.header(HttpHeaders.LOCATION, GenerationResource.path(request.exchange(), kept.record().id()))
				.header("preference-applied", "respond-async")
				.header("x-heliostat-generation", kept.record().id())
				.bodyValue(GenerationResource.frame(kept).putNull("result")));
	}

	private static boolean isAsync(ServerRequest request) {
		List<String> preferences = request.headers().header("prefer");
		return !preferences.isEmpty() && preferences.stream()
			.flatMap(value -> Arrays.stream(value.split("[,;]")))
			.anyMatch(preference -> preference.strip().equalsIgnoreCase("respond-async"));
	}

	/** A wrong deadline costs nothing: it is looked at before anything runs. */
	private static Optional<Duration> deadline(ServerRequest request, GenerationBody body) {
		String value = request.headers().firstHeader(DEADLINE_HEADER);
		if (value == null) {
			return Optional.empty();
		}
		if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) < 1) {
			body.request().release();
			throw new GatewayError.InvalidValue(DEADLINE_HEADER,
					DEADLINE_HEADER + ": not understood (expected: milliseconds, from 1 to 9999999)")
				.asException();
		}
		return Optional.of(Duration.ofMillis(Integer.parseInt(value)));
	}

	private static boolean isDryRun(ServerRequest request) {
		return request.queryParam("dryRun").filter(value -> value.isEmpty() || value.equals("true")).isPresent();
	}

	private Mono<ServerResponse> answer(Generation generation) {
		ImagesBody body = ImagesBody.of(generation);
		return ServerResponse.ok()
			.contentType(MediaType.APPLICATION_JSON)
			.contentLength(body.length())
			.headers(headers -> GenerationHeaders.set(headers, generation))
			.build((exchange, context) -> exchange.getResponse()
				.writeWith(body.bytes())
				.doOnSuccess(written -> this.meters.bytesOut(body.length()))
				.doOnError(error -> untaken(generation))
				.doOnCancel(() -> untaken(generation)))
			.doOnError(error -> generation.release());
	}

	/** The picture itself, without any JSON around it. */
	private Mono<ServerResponse> raw(Generation generation) {
		GeneratedImage image = generation.images().getFirst().known().orElseThrow();
		long length = image.content().length();
		return ServerResponse.ok()
			.contentType(MediaType.parseMediaType(image.type().mime()))
			.contentLength(length)
			.header("x-content-type-options", "nosniff")
			.headers(headers -> GenerationHeaders.setAll(headers, generation))
			.build((exchange, context) -> exchange.getResponse()
				.writeWith(image.content().read().doFinally(signal -> generation.release()))
				.doOnSuccess(written -> this.meters.bytesOut(length))
				.doOnError(error -> untaken(generation))
				.doOnCancel(() -> untaken(generation)))
			.doOnError(error -> generation.release());
	}

	/** A client that went away while the answer was written asks again, or not. */
	private void untaken(Generation generation) {
		this.generations.unheard(generation);
	}

}
