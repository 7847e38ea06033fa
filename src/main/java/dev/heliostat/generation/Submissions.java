package dev.heliostat.generation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.SecretKey;
import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.attempt.Attempts;
import dev.heliostat.attempt.SizeClass;
import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.catalog.Wire;
import dev.heliostat.image.Money;
import dev.heliostat.image.PartialImage;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.SubmissionState;
import dev.heliostat.image.SubmissionWatch;
import dev.heliostat.ledger.Amounts;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.ledger.Reservation;
import dev.heliostat.pricing.Pricer;
import dev.heliostat.pricing.Quote;
import dev.heliostat.pricing.Work;
import dev.heliostat.provider.ParameterRules;
import dev.heliostat.provider.Providers;
import dev.heliostat.provider.UpstreamRequest;
import dev.heliostat.routing.Candidate;
import dev.heliostat.routing.Router;
import dev.heliostat.telemetry.GatewayMeters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Makes the submissions of a generation: writes them down before they are sent, and what
 * came of them afterwards.
 */
final class Submissions {

	static final String TRACE = "trace";

	private static final Logger logger = LoggerFactory.getLogger(Submissions.class);

	private final Providers providers;

	private final ParameterRules rules;

	private final Pricer pricer;

	private final Attempts attempts;

	private final Ledger ledger;

	private final GatewayMeters meters;

	private final Booking booking;

	private final SecretKey secret;

	private final Cancelled cancelled;

	private final Allowance allowance;

	private final Optional<Duration> patience;

	Submissions(Providers providers, ParameterRules rules, Pricer pricer, Attempts attempts, Ledger ledger,
			GatewayMeters meters, Booking booking, SecretKey secret, Cancelled cancelled, Allowance allowance,
			Optional<Duration> patience) {
		this.providers = providers;
		this.rules = rules;
		this.pricer = pricer;
		this.attempts = attempts;
		this.ledger = ledger;
		this.meters = meters;
		this.booking = booking;
		this.secret = secret;
		this.cancelled = cancelled;
		this.allowance = allowance;
		this.patience = patience;
	}

	/**
	 * A submission as it will be.
	 *
	 * @param candidate where
	 * @param picture the index of the first picture that it is for
	 * @param request what is sent
	 * @param work what its price depends on
	 * @param quote what it costs at most
	 */
	record Prepared(Candidate candidate, int picture, UpstreamRequest request, Work work, Money quote) {
	}

	/**
	 * A submission that is written down.
	 *
	 * @param what what it is
	 * @param attempt its number
	 */
	record Submission(Prepared what, int attempt) {
	}

	/**
	 * Begins submissions at one offering for some pictures: they are written down, and
	 * with that taken out of the caller's budgets. Empty when nobody wants the pictures
	 * any more; an empty list when a budget does not have what they cost. Fails only when
	 * they could not be written down.
	 * @param perCall how many pictures a submission is for
	 */
	Mono<List<Submission>> begin(Run run, Candidate candidate, int from, int count, int perCall) {
		return Mono.defer(() -> {
			if (this.cancelled.has(run.id())) {
				return Mono.empty();
			}
			List<Prepared> prepared = new ArrayList<>();
			for (int at = from; at < from + count; at += perCall) {
				prepared.add(prepare(run, candidate, at, Math.min(perCall, from + count - at)));
			}
			synchronized (run) {
				if (!run.holding().isFree()) {
					return run.holding().inTurn(() -> reserve(run, prepared));
				}
				List<Submission> begun = noted(run, prepared);
				return Mono.fromFuture(this.ledger.save(run.running()).toFuture(), true)
					.thenReturn(begun)
					.doOnError(failure -> run.unsent(begun));
			}
		});
	}

	private Prepared prepare(Run run, Candidate candidate, int picture, int pictures) {
		Order order = run.order();
		UpstreamRequest planned = candidate.request();
		UpstreamRequest request = (picture == 0 && pictures == planned.perCall()) ? planned
				: this.rules.translate(order.request(), candidate.offering(), pictures, picture);
		Work work = Router.work(order.request(), request, pictures);
		Money quote = this.pricer.quote(candidate.offering(), work).map(Quote::total).orElse(Money.ZERO);
		return new Prepared(candidate, picture, request, work, quote);
	}

	private List<Submission> noted(Run run, List<Prepared> prepared) {
		List<Submission> begun = new ArrayList<>();
		for (Prepared what : prepared) {
			begun.add(new Submission(what,
					run.begin(what.candidate(), what.picture(), what.work().pictures(), what.quote(), what.work(),
							what.request().output(), trace(run.order(), what.candidate(), what.request()))));
		}
		return begun;
	}

	/** Takes the submissions out of the budgets, or takes them back. */
	private Mono<List<Submission>> reserve(Run run, List<Prepared> prepared) {
		Amounts needed = prepared.stream()
			.map(what -> Holding.needed(what.work(), what.quote(), run.order().request(), what.candidate().model()))
			.reduce(Amounts.NONE, Amounts::plus);
		List<Submission> begun;
		GenerationRecord record;
		synchronized (run) {
			if (run.holding().isBeyond(needed)) {
				return Mono.just(List.of());
			}
			begun = noted(run, prepared);
			record = run.running();
		}
		return this.ledger.reserve(record).map(reservation -> switch (reservation) {
			case Reservation.Granted granted -> {
				this.allowance.low(run, granted.notices());
				yield begun;
			}
			case Reservation.Refused refused -> {
				run.refused(refused, begun.size());
				yield List.<Submission>of();
			}
		}).doOnError(failure -> run.retract(begun.size()));
	}

	/** Submits and follows. What came of it is also in the run. */
	Mono<AttemptOutcome> send(Run run, Submission submission) {
		return Mono.defer(() -> {
			Order order = run.order();
			Prepared what = submission.what();
			Candidate candidate = what.candidate();
			int attempt = submission.attempt();
			ProviderCall call = new ProviderCall(run.id() + "-" + attempt, order.request().capability(),
					what.request().body(), order.request().images(), order.request().mask(), what.work().pictures(),
					Holding.needed(what.work(), what.quote(), order.request(), candidate.model()).pixels(),
					watch(run, candidate, what.request(), what.picture(), attempt), Optional.empty(), Optional.empty(),
					order.sandbox());
			this.meters.reserved(what.quote().micros());
			run.progress().stands("attempt " + run.tries(what.picture()) + " at " + candidate.offering().provider());
			return this.attempts
				.attempt(candidate.offering(), this.providers.of(run.plan().catalog(), candidate.offering()), call,
						SizeClass.of(what.work().size()))
				.doOnNext(outcome -> settle(run, attempt, candidate, what.work(), what.quote(), outcome))
				.doFinally(signal -> this.meters.reserved(-what.quote().micros()));
		});
	}

	private SubmissionWatch watch(Run run, Candidate candidate, UpstreamRequest request, int picture, int attempt) {
		return new SubmissionWatch() {

			@Override
			public Mono<Void> accepted(String jobId) {
				// It is billed: it is followed, with or without its id.
				return writeDown(run, () -> run.accepted(attempt, jobId)).onErrorResume(failure -> {
					logger.warn("The job of {} could not be written down, and is followed all the same: {}", run.id(),
							failure.getMessage());
					return Mono.empty();
				});
			}

			@Override
			public void stands(SubmissionState state) {
				run.progress().stands(switch (state) {
					case QUEUED -> "queued at ";
					case RUNNING -> "running at ";
				} + candidate.offering().provider());
			}

			@Override
			public void partial(PartialImage partial) {
				run.progress().look(picture, partial);
			}

			@Override
			public int partials() {
				return run.order().request().partials();
			}

			@Override
			public boolean takesUrls() {
				return run.form() == AnswerForm.URL && !request.output().needsWork() && !run.progress().isWatched();
			}

			@Override
			public boolean isCancelled() {
				return Submissions.this.cancelled.has(run.id());
			}

			@Override
			public Optional<Duration> patience() {
				return Submissions.this.patience;
			}

		};
	}

	/**
	 * A keyed hash of what is sent to a provider that lists its jobs, so that a crash
	 * before the job's id is known loses nothing, and no prompt is kept.
	 */
	private Optional<String> trace(Order order, Candidate candidate, UpstreamRequest request) {
		Wire wire = candidate.offering().mode(order.request().capability()).wire();
		return wire.job()
			.flatMap(Wire.Job::lookup)
			.map(lookup -> wire.parameters()
				.<JsonNode>map(place -> request.body().at("/" + place))
				.orElse(request.body()))
			.map(input -> Fingerprint.of(this.secret, TRACE, Fingerprint.canonical(input)));
	}

	/**
	 * Changes the run and queues its record in one step, so that records are written in
	 * the order of the changes.
	 */
	private Mono<Void> writeDown(Run run, Runnable change) {
		return Mono.defer(() -> {
			synchronized (run) {
				change.run();
				return run.holding().isFree() ? Mono.fromFuture(this.ledger.save(run.running()).toFuture(), true)
						: run.holding()
							.inTurn(() -> run.isOver() ? Mono.<Void>empty() : this.ledger.save(run.running()));
			}
		});
	}

	private void settle(Run run, int attempt, Candidate candidate, Work work, Money quote, AttemptOutcome outcome) {
		Booking.Booked booked = this.booking.book(candidate.offering(), work, quote, outcome);
		if (run.order().request().count() == 1) {
			run.ended(attempt, outcome, booked.billed(), booked.charge());
			return;
		}
		// Others of the same generation go on: whoever looks sees how far it is.
		writeDown(run, () -> run.ended(attempt, outcome, booked.billed(), booked.charge())).subscribe(null,
				failure -> logger.warn("The progress of {} could not be written: {}", run.id(), failure.getMessage()));
	}

	static Optional<ProviderFailure> failure(AttemptOutcome outcome) {
		return switch (outcome) {
			case AttemptOutcome.Served _ -> Optional.empty();
			case AttemptOutcome.Refused refused -> Optional.of(refused.failure());
			case AttemptOutcome.Failed failed -> Optional.of(failed.failure());
		};
	}

}
