package dev.heliostat.generation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.image.Billed;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.Money;
import dev.heliostat.image.Output;
import dev.heliostat.image.ProviderImage;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Status;
import dev.heliostat.ledger.MediaRecord;
import dev.heliostat.ledger.Reservation.Refused;
import dev.heliostat.pricing.Work;
import dev.heliostat.routing.Candidate;
import dev.heliostat.routing.Plan;
import org.jspecify.annotations.Nullable;

/**
 * A generation while it runs: what each of its submissions is doing. Submissions run side
 * by side, so every step is synchronized and gives the record as it then stands.
 */
final class Run {

	private final Order order;

	private final Plan plan;

	private final String id;

	private final Clock clock;

	private final Instant createdAt;

	private final long beganNanos = System.nanoTime();

	private final List<AttemptRecord> attempts = new ArrayList<>();

	private final List<AttemptOutcome> outcomes = new ArrayList<>();

	private final @Nullable Made[] images;

	private final long owner;

	private final int booked;

	private final Holding holding;

	private boolean unheard;

	private boolean over;

	private Optional<GatewayError> broken = Optional.empty();

	private volatile Progress progress = Progress.unwatched();

	/** A new generation. */
	Run(Order order, Plan plan, Clock clock, long owner, Holding holding) {
		this.order = order;
		this.plan = plan;
		this.clock = clock;
		this.owner = owner;
		this.createdAt = clock.instant();
		this.id = Ids.generation(this.createdAt.toEpochMilli());
		this.images = new Made[order.request().count()];
		this.booked = 0;
		this.holding = holding;
	}

	/**
	 * A generation that runs on under its record: one that ended without a picture and
	 * without a bill, or one that nothing was submitted for.
	 * @param booked how many of its submissions the ledger has added up
	 */
	Run(Order order, Plan plan, Clock clock, long owner, GenerationRecord known, int booked, Holding holding) {
		this.order = order;
		this.plan = plan;
		this.clock = clock;
		this.owner = owner;
		this.createdAt = known.createdAt();
		this.id = known.id();
		this.images = new Made[order.request().count()];
		this.attempts.addAll(known.attempts());
		this.booked = booked;
		this.holding = holding;
	}

	/** Lets somebody look on. */
	void watchedBy(Progress other) {
		this.progress = other;
	}

	Progress progress() {
		return this.progress;
	}

	/** Notes that nobody waits for the answer any more. */
	synchronized void abandon() {
		this.unheard = true;
	}

	String id() {
		return this.id;
	}

	synchronized boolean isAbandoned() {
		return this.unheard;
	}

	/** How the pictures are wanted. */
	AnswerForm form() {
		return this.order.form().orElse(this.plan.model().answer());
	}

	/** Whose the pictures are. */
	MediaRecord.Owner pictureOwner() {
		return new MediaRecord.Owner(this.order.caller().keyId(), this.order.caller().project(), this.id);
	}

	long owner() {
		return this.owner;
	}

	Order order() {
		return this.order;
	}

	Plan plan() {
		return this.plan;
	}

	Holding holding() {
		return this.holding;
	}

	/** Notes what the client is to be told about its budgets. */
	synchronized void warn(String warning) {
		this.holding.warn(warning);
	}

	/** Whether its end is being written: how far it is is not worth a write any more. */
	synchronized boolean isOver() {
		return this.over;
	}

	/** Takes back the latest submissions, which were not written down. */
	synchronized void retract(int submissions) {
		this.attempts.subList(this.attempts.size() - submissions, this.attempts.size()).clear();
		this.holding.retract(submissions);
	}

	/**
	 * The same where others may have begun meanwhile: submissions keep their numbers.
	 */
	synchronized void unsent(List<Submissions.Submission> submissions) {
		int first = submissions.getFirst().attempt();
		if (first + submissions.size() == this.attempts.size()) {
			retract(submissions.size());
			return;
		}
		for (Submissions.Submission submission : submissions) {
			int attempt = submission.attempt();
			this.attempts.set(attempt, this.attempts.get(attempt)
				.ended(Duration.ZERO, "failed", Optional.of("not_sent"), Billed.NO, Money.ZERO, Optional.empty()));
		}
	}

	/** Notes that a submission could not be written down, and was not sent. */
	synchronized void broke(Throwable failure) {
		this.broken = Optional
			.of((failure instanceof GatewayException known) ? known.error() : new GatewayError.Internal(
					"The picture could not be made because of a defect of the gateway.", false));
	}

	/** Why something could not be submitted that should have been. */
	synchronized Optional<GatewayError> broken() {
		return this.broken;
	}

	/** The same, where a budget refused them. */
	synchronized void refused(Refused refusal, int submissions) {
		retract(submissions);
		this.holding.refuse(refusal);
	}

	/** Begins a submission; gives its number. */
	synchronized int begin(Candidate candidate, int picture, int pictures, Money quote, Work work, Output output,
			Optional<String> trace) {
		this.holding.begin(Holding.needed(work, quote, this.order.request(), candidate.model()));
		this.attempts.add(new AttemptRecord(picture, pictures, candidate.offering().provider(),
				candidate.offering().key(), candidate.offering().executedModel(), Optional.empty(),
				this.clock.instant(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), quote,
				Money.ZERO, false, Optional.of(work), trace, Optional.of(output), Optional.empty()));
		return this.attempts.size() - 1;
	}

	/** Whether nothing of it is or may be billed, so far. */
	synchronized boolean isUnbilled() {
		return this.attempts.stream().allMatch(attempt -> attempt.billed().equals(Optional.of(Billed.NO)));
	}

	/** How many submissions there were for a picture, the one under way included. */
	synchronized long tries(int picture) {
		long tries = 0;
		for (AttemptRecord attempt : attempts()) {
			tries += (attempt.picture() == picture) ? 1 : 0;
		}
		return tries;
	}

	synchronized void accepted(int attempt, String jobId) {
		this.attempts.set(attempt, this.attempts.get(attempt).accepted(jobId));
	}

	/** Ends a submission with what it cost, and keeps its pictures. */
	synchronized void ended(int attempt, AttemptOutcome outcome, Billed billed, Money charge) {
		AttemptRecord known = this.attempts.get(attempt);
		this.attempts.set(attempt,
				known.ended(outcome.duration(), outcome.key(), failure(outcome), billed, charge, Measures.of(outcome)));
		this.outcomes.add(outcome);
		this.holding.ended(attempt, known.pictures(), outcome, billed, charge);
		if (outcome instanceof AttemptOutcome.Served served) {
			List<ProviderImage> made = served.result().images();
			for (int i = 0; i < made.size(); i++) {
				if (i < known.pictures()) {
					this.images[known.picture() + i] = new Made(made.get(i), known.output().orElse(Output.ANY));
				}
				else {
					made.get(i).release();
				}
			}
		}
	}

	/** The word for what went wrong in a submission. */
	static Optional<String> failure(AttemptOutcome outcome) {
		return Submissions.failure(outcome).map(failure -> failure.kind().name().toLowerCase(Locale.ROOT));
	}

	/** The pictures that were made, in order. */
	synchronized List<Made> images() {
		List<Made> made = new ArrayList<>();
		for (Made image : this.images) {
			if (image != null) {
				made.add(image);
			}
		}
		return made;
	}

	synchronized List<AttemptOutcome> outcomes() {
		return List.copyOf(this.outcomes);
	}

	/** The submissions of this run, without those of an earlier one. */
	synchronized List<AttemptRecord> attempts() {
		return List.copyOf(this.attempts.subList(this.booked, this.attempts.size()));
	}

	private long gatewayMillis() {
		return Math.max(0,
				(System.nanoTime() - this.beganNanos) / 1_000_000 - RunRecord.upstreamTime(attempts()).toMillis());
	}

	/** The record while it runs. */
	synchronized GenerationRecord running() {
		return record(this.attempts.isEmpty() ? Status.QUEUED : Status.RUNNING, Optional.empty(), Optional.empty(),
				Optional.empty());
	}

	/** The record at its end, with what a repeated request gets. */
	synchronized GenerationRecord finished(Optional<GatewayError> error, Optional<String> result) {
		this.over = true;
		return record(status(error), Optional.of(this.clock.instant()), error.map(failure -> failure.code().key()),
				result);
	}

	static Status status(Optional<GatewayError> error) {
		return error.map(failure -> (failure instanceof GatewayError.Cancelled) ? Status.CANCELLED : Status.FAILED)
			.orElse(Status.SUCCEEDED);
	}

	private GenerationRecord record(Status status, Optional<Instant> finishedAt, Optional<String> errorCode,
			Optional<String> result) {
		return RunRecord.of(this,
				new RunRecord.Stand(this.createdAt, this.unheard, this.booked, this.attempts, images()),
				new RunRecord.End(status, finishedAt, errorCode, result, finishedAt.isPresent() ? gatewayMillis() : 0));
	}

}
