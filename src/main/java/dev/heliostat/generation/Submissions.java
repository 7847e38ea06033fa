package dev.heliostat.generation;

import java.time.Duration;
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
import dev.heliostat.ledger.Ledger;
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
 * Makes one submission of a generation: writes it down before it is sent, and what came
 * of it afterwards.
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

	private final Optional<Duration> patience;

	Submissions(Providers providers, ParameterRules rules, Pricer pricer, Attempts attempts, Ledger ledger,
			GatewayMeters meters, Booking booking, SecretKey secret, Cancelled cancelled, Optional<Duration> patience) {
		this.providers = providers;
		this.rules = rules;
		this.pricer = pricer;
		this.attempts = attempts;
		this.ledger = ledger;
		this.meters = meters;
		this.booking = booking;
		this.secret = secret;
		this.cancelled = cancelled;
		this.patience = patience;
	}

	/**
	 * Submits for some pictures at one offering; empty when nobody wants them any more.
	 * Fails only when the submission could not be written down first.
	 */
	Mono<AttemptOutcome> submit(Run run, Candidate candidate, int picture, int pictures) {
		return Mono.defer(() -> {
			if (this.cancelled.has(run.id())) {
				return Mono.empty();
			}
			Order order = run.order();
			UpstreamRequest request = this.rules.translate(order.request(), candidate.offering(), pictures, picture);
			Work work = Router.work(order.request(), request, pictures);
			Money quote = this.pricer.quote(candidate.offering(), work).map(Quote::total).orElse(Money.ZERO);
			int attempt = run.begin(candidate, picture, pictures, quote, work, request.output(),
					trace(order, candidate, request));
			ProviderCall call = new ProviderCall(run.id() + "-" + attempt, order.request().capability(), request.body(),
					order.request().images(), order.request().mask(), pictures,
					watch(run, candidate, request, picture, attempt), Optional.empty(), Optional.empty(),
					order.sandbox());
			this.meters.reserved(quote.micros());
			run.progress().stands("attempt " + run.tries(picture) + " at " + candidate.offering().provider());
			return writeDown(run, () -> {
			}).then(Mono.defer(() -> this.attempts.attempt(candidate.offering(),
					this.providers.of(run.plan().catalog(), candidate.offering()), call, SizeClass.of(work.size()))))
				.doOnNext(outcome -> settle(run, attempt, candidate, work, quote, outcome))
				.doFinally(signal -> this.meters.reserved(-quote.micros()));
		});
	}

	private SubmissionWatch watch(Run run, Candidate candidate, UpstreamRequest request, int picture, int attempt) {
		return new SubmissionWatch() {

			@Override
			public Mono<Void> accepted(String jobId) {
				return writeDown(run, () -> run.accepted(attempt, jobId));
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
				return Mono.fromFuture(this.ledger.save(run.running()).toFuture(), true);
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
