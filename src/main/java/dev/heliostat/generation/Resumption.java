package dev.heliostat.generation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import dev.heliostat.access.SecretKey;
import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.attempt.Attempts;
import dev.heliostat.attempt.SizeClass;
import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Provider;
import dev.heliostat.image.Billed;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.LostCall;
import dev.heliostat.image.Money;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderImage;
import dev.heliostat.image.SubmissionWatch;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Repeats;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.ledger.MediaRecord.Owner;
import dev.heliostat.pricing.Work;
import dev.heliostat.provider.Providers;
import dev.heliostat.provider.SandboxOffering;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Brings a generation to its end that another process left behind: accepted jobs are
 * followed by their id, everything else of it is booked as what it may have cost. Only
 * what was kept because its client does not wait, and was never submitted, is begun.
 */
final class Resumption {

	private static final Logger logger = LoggerFactory.getLogger(Resumption.class);

	private final Catalogs catalogs;

	private final Providers providers;

	private final Attempts attempts;

	private final Booking booking;

	private final Delivery delivery;

	private final Results results;

	private final Ledger ledger;

	private final Ends ends;

	private final SecretKey secret;

	private final Pending pending;

	private final Cancelled cancelled;

	private final Generations generations;

	private final Clock clock;

	Resumption(Catalogs catalogs, Providers providers, Attempts attempts, Booking booking, Delivery delivery,
			Results results, Ledger ledger, Ends ends, SecretKey secret, Pending pending, Cancelled cancelled,
			Generations generations, Clock clock) {
		this.catalogs = catalogs;
		this.providers = providers;
		this.attempts = attempts;
		this.booking = booking;
		this.delivery = delivery;
		this.results = results;
		this.ledger = ledger;
		this.ends = ends;
		this.secret = secret;
		this.pending = pending;
		this.cancelled = cancelled;
		this.generations = generations;
		this.clock = clock;
	}

	/**
	 * A submission that has ended now or before, and the pictures that it brought now.
	 */
	private record Ended(AttemptRecord attempt, List<ProviderImage> images, Optional<AttemptOutcome> outcome) {
	}

	Mono<Void> resume(GenerationRecord left) {
		return this.pending.find(left.id()).flatMap(order -> {
			boolean untouched = left.attempts()
				.stream()
				.allMatch(attempt -> attempt.billed().equals(Optional.of(Billed.NO)));
			if (order.isPresent() && untouched && !this.cancelled.has(left.id())) {
				return this.generations.takeUp(left, order.get())
					.onErrorResume(GatewayException.class, failure -> bringToEnd(left));
			}
			order.ifPresent(known -> known.request().release());
			return bringToEnd(left);
		});
	}

	private Mono<Void> bringToEnd(GenerationRecord left) {
		Catalog catalog = this.catalogs.current();
		return Flux.range(0, left.attempts().size())
			.flatMapSequential(index -> end(catalog, left, index))
			.collectList()
			.flatMap(ended -> settle(catalog, left, ended))
			.then(this.pending.forget(left.id()))
			.doFinally(end -> this.cancelled.remove(left.id()))
			.doOnSuccess(done -> logger.info("{} was left behind by another process and has been brought to its end",
					left.id()));
	}

	private Mono<Ended> end(Catalog catalog, GenerationRecord left, int index) {
		AttemptRecord attempt = left.attempts().get(index);
		if (attempt.outcome().isPresent()) {
			boolean again = attempt.outcome().get().equals("served") && attempt.jobId().isPresent()
					&& attempt.work().isPresent();
			return again ? again(catalog, left, index) : Mono.just(lost(attempt));
		}
		if (attempt.provider().equals(SandboxOffering.PROVIDER)) {
			return Mono.just(failed(attempt, Billed.NO));
		}
		Optional<Offering> offering = offering(catalog, left, attempt);
		boolean traceable = attempt.jobId().isPresent() || attempt.trace().isPresent();
		if (offering.isEmpty() || !traceable || attempt.work().isEmpty()) {
			return Mono.just(failed(attempt, Billed.MAYBE));
		}
		Work work = attempt.work().get();
		AtomicReference<String> found = new AtomicReference<>();
		return follow(catalog, left, index, offering.get(), found::set).map(outcome -> {
			Booking.Booked booked = this.booking.book(offering.get(), work, attempt.quote(), outcome);
			String job = found.get();
			AttemptRecord end = ((job != null) ? attempt.accepted(job) : attempt).ended(
					Duration.between(attempt.startedAt(), this.clock.instant()), outcome.key(), Run.failure(outcome),
					booked.billed(), booked.charge(), Measures.of(outcome));
			return new Ended(end, images(outcome), Optional.of(outcome));
		});
	}

	private Optional<Offering> offering(Catalog catalog, GenerationRecord left, AttemptRecord attempt) {
		return catalog.model(left.model())
			.stream()
			.flatMap(model -> model.offerings().stream())
			.filter(known -> known.key().equals(attempt.offering()))
			.findFirst()
			.filter(known -> this.providers.unconfigured(catalog, known.provider()).isEmpty());
	}

	private Mono<AttemptOutcome> follow(Catalog catalog, GenerationRecord left, int index, Offering offering,
			Consumer<String> found) {
		AttemptRecord attempt = left.attempts().get(index);
		SubmissionWatch watch = new SubmissionWatch() {

			@Override
			public Mono<Void> accepted(String jobId) {
				return Mono.fromRunnable(() -> found.accept(jobId));
			}

			@Override
			public boolean isCancelled() {
				return Resumption.this.cancelled.has(left.id());
			}

		};
		ProviderCall call = new ProviderCall(left.id() + "-" + index, left.capability(),
				JsonNodeFactory.instance.objectNode(), List.of(), Optional.empty(), attempt.pictures(), 0, watch,
				attempt.jobId(), lost(left, attempt), Optional.empty());
		return this.attempts.attempt(offering, this.providers.of(catalog, offering), call,
				SizeClass.of(attempt.work().flatMap(Work::size)));
	}

	/**
	 * The pictures of a job that had ended went with the process that had them, and are
	 * fetched once more; what they cost is known.
	 */
	private Mono<Ended> again(Catalog catalog, GenerationRecord left, int index) {
		AttemptRecord attempt = left.attempts().get(index);
		return Mono.justOrEmpty(offering(catalog, left, attempt))
			.flatMap(offering -> follow(catalog, left, index, offering, job -> {
			}))
			.map(outcome -> new Ended(attempt, images(outcome), Optional.of(outcome)))
			.defaultIfEmpty(lost(attempt));
	}

	/** What a submission is known by whose job has no id yet. */
	private Optional<LostCall> lost(GenerationRecord left, AttemptRecord attempt) {
		return attempt.jobId().isPresent() ? Optional.empty()
				: attempt.trace().map(trace -> new TracedCall(this.ledger, this.secret, left, attempt, trace));
	}

	private static List<ProviderImage> images(AttemptOutcome outcome) {
		return (outcome instanceof AttemptOutcome.Served served) ? served.result().images() : List.of();
	}

	/** What had ended before; its pictures went with the process that had them. */
	private static Ended lost(AttemptRecord attempt) {
		return new Ended(attempt, List.of(), Optional.empty());
	}

	private Ended failed(AttemptRecord attempt, Billed billed) {
		Duration duration = Duration.between(attempt.startedAt(), this.clock.instant());
		AttemptOutcome outcome = new AttemptOutcome.Failed(
				ProviderFailure.of(Kind.LOST, billed, "the process ended while the submission was under way"),
				duration);
		Money charge = switch (billed) {
			case NO -> Money.ZERO;
			case YES, MAYBE -> attempt.quote();
		};
		return new Ended(attempt.ended(duration, outcome.key(), Run.failure(outcome), billed, charge, Optional.empty()),
				List.of(), Optional.of(outcome));
	}

	private Mono<Void> settle(Catalog catalog, GenerationRecord left, List<Ended> ended) {
		List<Made> images = ended.stream().flatMap(each -> Made.of(each.images(), each.attempt())).toList();
		AnswerForm form = catalog.model(left.model()).map(Model::answer).orElse(AnswerForm.URL);
		if (images.isEmpty()) {
			GatewayError error = this.cancelled.has(left.id()) ? Cancelled.error(left.id()) : verdict(ended);
			return this.ends.settle(
					record(left, ended, images, Optional.of(error), this.results.seal(Result.of(error, form))),
					List.of());
		}
		Owner owner = new Owner(left.keyId(), left.project(), left.id());
		return this.delivery.deliver(images, form, owner).flatMap(delivered -> {
			AttemptRecord served = ended.stream()
				.filter(each -> !each.images().isEmpty())
				.findFirst()
				.orElseThrow()
				.attempt();
			String label = catalog.provider(served.provider()).map(Provider::label).orElse(served.provider());
			List<String> warnings = new ArrayList<>(delivered.warnings());
			if (images.size() < left.count()) {
				warnings.add("n: " + images.size() + " of " + left.count()
						+ " pictures were made; the others were under way when the gateway stopped.");
			}
			Generation made = new Generation(left, served.provider(), label, served.executedModel(), delivered.images(),
					Usage.sum(ended.stream().flatMap(each -> each.outcome().stream()).toList()), Optional.empty(),
					Optional.empty(), warnings);
			return this.ends
				.settle(record(left, ended, images, Optional.empty(), this.results.seal(Result.of(made, form))),
						delivered.media())
				.doFinally(end -> made.release());
		}).doFinally(end -> images.forEach(Made::release));
	}

	private static GatewayError verdict(List<Ended> ended) {
		boolean billed = ended.stream().anyMatch(each -> each.attempt().billed().filter(Billed.NO::equals).isEmpty());
		return billed ? new GatewayError.OutcomeUnknown(
				"The gateway stopped while the picture was being made. It may have been made and billed, but cannot be "
						+ "had. Look at the provider's own dashboard before you repeat the request.")
				: new GatewayError.AllProvidersFailed(
						"The gateway stopped before the picture was made, and nothing was billed. Repeat the request.",
						Optional.of(Duration.ofSeconds(1)));
	}

	private GenerationRecord record(GenerationRecord left, List<Ended> ended, List<Made> images,
			Optional<GatewayError> error, String result) {
		Instant now = this.clock.instant();
		double megapixels = images.stream().mapToLong(Made::pixels).sum() / 1e6;
		return new GenerationRecord(left.id(), left.requestId(), left.keyId(), left.project(), left.capability(),
				left.model(), left.count(), Run.status(error), left.createdAt(), Optional.of(now),
				ended.stream().map(Ended::attempt).map(AttemptRecord::closed).toList(), Money.ZERO, images.size(),
				megapixels, left.pricedBy(), error.map(failure -> failure.code().key()),
				new Repeats(left.repeats().fingerprint(), left.repeats().key(), left.repeats().retries(), true),
				left.owner(), left.booked(), Optional.of(result), Holding.atEnd(left,
						ended.stream().map(Ended::attempt).toList(), ended.stream().map(Ended::outcome).toList()),
				left.client(), left.gatewayMillis());
	}

}
