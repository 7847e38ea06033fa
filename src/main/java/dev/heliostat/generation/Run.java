package dev.heliostat.generation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.image.Billed;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.Money;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Status;
import dev.heliostat.routing.Candidate;
import dev.heliostat.routing.Plan;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

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

	private final List<AttemptRecord> attempts = new ArrayList<>();

	private final List<AttemptOutcome> outcomes = new ArrayList<>();

	private final @Nullable GeneratedImage[] images;

	Run(Order order, Plan plan, Clock clock) {
		this.order = order;
		this.plan = plan;
		this.clock = clock;
		this.createdAt = clock.instant();
		this.id = Ids.generation(this.createdAt.toEpochMilli());
		this.images = new GeneratedImage[order.request().count()];
	}

	String id() {
		return this.id;
	}

	Order order() {
		return this.order;
	}

	Plan plan() {
		return this.plan;
	}

	/** Begins a submission; gives its number. */
	synchronized int begin(Candidate candidate, int picture, int pictures, Money quote) {
		this.attempts
			.add(new AttemptRecord(picture, pictures, candidate.offering().provider(), candidate.offering().key(),
					candidate.offering().executedModel(), Optional.empty(), this.clock.instant(), Optional.empty(),
					Optional.empty(), Optional.empty(), Optional.empty(), quote, Money.ZERO, false));
		return this.attempts.size() - 1;
	}

	synchronized void accepted(int attempt, String jobId) {
		AttemptRecord known = this.attempts.get(attempt);
		this.attempts.set(attempt, new AttemptRecord(known.picture(), known.pictures(), known.provider(),
				known.offering(), known.executedModel(), Optional.of(jobId), known.startedAt(), known.durationMillis(),
				known.outcome(), known.failure(), known.billed(), known.quote(), known.charge(), known.overQuote()));
	}

	/** Ends a submission with what it cost, and keeps its pictures. */
	synchronized void ended(int attempt, AttemptOutcome outcome, Billed billed, Money charge) {
		AttemptRecord known = this.attempts.get(attempt);
		Optional<String> failure = switch (outcome) {
			case AttemptOutcome.Served _ -> Optional.empty();
			case AttemptOutcome.Refused refused -> Optional.of(key(refused.failure()));
			case AttemptOutcome.Failed failed -> Optional.of(key(failed.failure()));
		};
		this.attempts.set(attempt,
				new AttemptRecord(known.picture(), known.pictures(), known.provider(), known.offering(),
						known.executedModel(), known.jobId(), known.startedAt(),
						Optional.of(outcome.duration().toMillis()), Optional.of(outcome.key()), failure,
						Optional.of(billed), known.quote(), charge, charge.compareTo(known.quote()) > 0));
		this.outcomes.add(outcome);
		if (outcome instanceof AttemptOutcome.Served served) {
			List<GeneratedImage> made = served.result().images();
			for (int i = 0; i < made.size(); i++) {
				if (i < known.pictures()) {
					this.images[known.picture() + i] = made.get(i);
				}
				else {
					made.get(i).content().release();
				}
			}
		}
	}

	private static String key(ProviderFailure failure) {
		return failure.kind().name().toLowerCase(Locale.ROOT);
	}

	/** The pictures that were made, in order. */
	synchronized List<GeneratedImage> images() {
		List<GeneratedImage> made = new ArrayList<>();
		for (GeneratedImage image : this.images) {
			if (image != null) {
				made.add(image);
			}
		}
		return made;
	}

	synchronized List<AttemptOutcome> outcomes() {
		return List.copyOf(this.outcomes);
	}

	synchronized List<AttemptRecord> attempts() {
		return List.copyOf(this.attempts);
	}

	/**
	 * The time in which at least one submission was under way, by the longest chain of
	 * them.
	 */
	synchronized Duration upstreamTime() {
		long[] byPicture = new long[this.images.length];
		for (AttemptRecord attempt : this.attempts) {
			byPicture[attempt.picture()] += attempt.durationMillis().orElse(0L);
		}
		long longest = 0;
		for (long millis : byPicture) {
			longest = Math.max(longest, millis);
		}
		return Duration.ofMillis(longest);
	}

	/** The record while it runs. */
	synchronized GenerationRecord running() {
		return record(Status.RUNNING, Optional.empty(), Optional.empty());
	}

	/** The record at its end. */
	synchronized GenerationRecord finished(Optional<GatewayError> error) {
		return record(error.isPresent() ? Status.FAILED : Status.SUCCEEDED, Optional.of(this.clock.instant()),
				error.map(failure -> failure.code().key()));
	}

	private GenerationRecord record(Status status, Optional<Instant> finishedAt, Optional<String> errorCode) {
		int made = 0;
		long pixels = 0;
		for (GeneratedImage image : this.images) {
			if (image != null) {
				made++;
				pixels += image.size().pixels();
			}
		}
		Money held = Money.ZERO;
		for (AttemptRecord attempt : this.attempts) {
			held = attempt.outcome().isEmpty() ? held.plus(attempt.quote()) : held;
		}
		Map<String, JsonNode> pricedBy = this.plan.first().request().pricedBy();
		return new GenerationRecord(this.id, this.order.requestId(), this.order.caller().keyId(),
				this.order.caller().project(), this.order.request().capability(), this.plan.model().slug(),
				this.order.request().count(), status, this.createdAt, finishedAt, this.attempts, held, made,
				pixels / 1e6, pricedBy, errorCode);
	}

}
