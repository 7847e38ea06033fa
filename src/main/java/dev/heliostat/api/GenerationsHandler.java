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
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

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

	Mono<Void> generate(Call call) {
		return this.reader.generation(call.request(), isJson(call)).flatMap(asked -> run(call, asked));
	}

	/** Edits pictures, or enlarges one where {@code scale_factor} is given. */
	Mono<Void> edit(Call call) {
		return this.reader.edit(call.request(), isJson(call)).flatMap(asked -> run(call, asked));
	}

	/** Makes pictures like another one. */
	Mono<Void> vary(Call call) {
		return this.reader.variation(call.request(), isJson(call)).flatMap(asked -> run(call, asked));
	}

	/** A price or a promise is JSON, whatever {@code Accept} says. */
	private static boolean isJson(Call call) {
		return isDryRun(call) || isAsync(call);
	}

	private Mono<Void> run(Call call, ImagesReader.Asked understood) {
		GenerationBody body = understood.body();
		ServerHttpResponse response = call.response();
		response.beforeCommit(() -> this.limits.headers(call.caller())
			.doOnNext(left -> left.forEach(response.getHeaders()::set))
			.then());
		ImageRequest asked = body.request();
		body.webhook().flatMap(url -> this.guard.refusal(url, Set.of())).ifPresent(rule -> {
			asked.release();
			throw new GatewayError.InvalidValue("webhook_url",
					"webhook_url: " + rule + " (the operator may permit networks with heliostat.egress.allow)")
				.asException();
		});
		ClientNotes notes = notes(call, understood);
		return this.repeats.read(call.request(), understood.fields(), asked.capability(), asked.images(), asked.mask())
			.doOnError(error -> asked.release())
			.flatMap(repeats -> run(call, body,
					new Order(call.caller(), call.requestId(), isAsync(call) ? asked.withPartials(0) : asked,
							body.preferences(),
							understood.headers().isRaw() ? Optional.of(AnswerForm.B64_JSON) : body.form(),
							Optional.ofNullable(call.header(SANDBOX_HEADER)), deadline(call, body), repeats,
							body.webhook(), endUser(call, body), notes),
					understood.headers().isRaw()));
	}

	private Optional<String> endUser(Call call, GenerationBody body) {
		return body.user().map(user -> this.budgets.endUser(call.caller().project(), user));
	}

	private static ClientNotes notes(Call call, ImagesReader.Asked understood) {
		try {
			return ClientNotesReader.read(call.request().getHeaders(), understood.fields());
		}
		catch (GatewayException ex) {
			understood.body().request().release();
			throw ex;
		}
	}

	private Mono<Void> run(Call call, GenerationBody body, Order order, boolean raw) {
		if (isDryRun(call)) {
			return Mono.fromSupplier(() -> this.generations.plan(order))
				.flatMap(plan -> this.generations.refusal(order, plan)
					.map(refusal -> DryRunBody.of(order, plan, refusal)))
				.doFinally(end -> body.request().release())
				.flatMap(estimate -> {
					call.begin(HttpStatus.OK, MediaType.APPLICATION_JSON);
					return call.write(estimate);
				});
		}
		if (isAsync(call)) {
			return accept(call, order);
		}
		return body.stream() ? stream(call, order)
				: this.generations.generate(order).flatMap(made -> raw ? raw(call, made) : answer(call, made));
	}

	/** Begins to answer as soon as the generation has begun. */
	private Mono<Void> stream(Call call, Order order) {
		Progress progress = new Progress();
		return this.generations.begin(order, progress, false)
			.flatMap(begun -> new EventStream(begun, progress, order.request().capability(), this::untaken)
				.answer(call));
	}

	/** Answers before there is a picture: the client looks it up. */
	private Mono<Void> accept(Call call, Order order) {
		return this.generations.start(order).flatMap(kept -> {
			HttpHeaders headers = call.begin(HttpStatus.ACCEPTED, MediaType.APPLICATION_JSON);
			headers.set(HttpHeaders.LOCATION, GenerationResource.path(call.request(), kept.record().id()));
			headers.set("preference-applied", "respond-async");
			headers.set("x-heliostat-generation", kept.record().id());
			return call.write(GenerationResource.frame(kept).putNull("result"));
		});
	}

	private static boolean isAsync(Call call) {
		List<String> preferences = call.request().getHeaders().getOrEmpty("prefer");
		return !preferences.isEmpty() && preferences.stream()
			.flatMap(value -> Arrays.stream(value.split("[,;]")))
			.anyMatch(preference -> preference.strip().equalsIgnoreCase("respond-async"));
	}

	/** A wrong deadline costs nothing: it is looked at before anything runs. */
	private static Optional<Duration> deadline(Call call, GenerationBody body) {
		String value = call.header(DEADLINE_HEADER);
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

	private static boolean isDryRun(Call call) {
		String value = call.parameter("dryRun");
		return value != null && (value.isEmpty() || value.equals("true"));
	}

	private Mono<Void> answer(Call call, Generation generation) {
		ImagesBody body = ImagesBody.of(generation);
		HttpHeaders headers = call.begin(HttpStatus.OK, MediaType.APPLICATION_JSON);
		headers.setContentLength(body.length());
		GenerationHeaders.set(headers, generation);
		return told(call.response().writeWith(body.bytes()), generation, body.length());
	}

	/** The picture itself, without any JSON around it. */
	private Mono<Void> raw(Call call, Generation generation) {
		GeneratedImage image = generation.images().getFirst().known().orElseThrow();
		long length = image.content().length();
		HttpHeaders headers = call.begin(HttpStatus.OK, MediaType.parseMediaType(image.type().mime()));
		headers.setContentLength(length);
		headers.set("x-content-type-options", "nosniff");
		GenerationHeaders.setAll(headers, generation);
		return told(call.response().writeWith(image.content().read().doFinally(signal -> generation.release())),
				generation, length);
	}

	private Mono<Void> told(Mono<Void> writing, Generation generation, long length) {
		return writing.doFinally(end -> {
			if (end == SignalType.ON_COMPLETE) {
				this.meters.bytesOut(length);
			}
			else {
				untaken(generation);
			}
		});
	}

	/** A client that went away while the answer was written asks again, or not. */
	private void untaken(Generation generation) {
		this.generations.unheard(generation);
	}

}
