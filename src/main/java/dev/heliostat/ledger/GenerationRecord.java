package dev.heliostat.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.image.Billed;
import dev.heliostat.image.Capability;
import dev.heliostat.image.Money;
import dev.heliostat.image.Output;
import dev.heliostat.pricing.Work;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The durable life of one client request. Holds no prompt, no picture and no key.
 *
 * @param id {@code gen_…}
 * @param requestId the {@code x-request-id} of the request that began it
 * @param keyId whose key asked
 * @param project the project that pays
 * @param capability what was asked for
 * @param model the catalog's slug
 * @param count how many pictures were asked for
 * @param status where it stands
 * @param createdAt when it was admitted
 * @param finishedAt when it ended
 * @param attempts every submission so far, in the order of their beginning
 * @param quoted what is held for the submissions under way: the sum of their quotes
 * @param images how many pictures were delivered
 * @param megapixels the sum of their areas, 1 MP = 1,000,000 pixels
 * @param pricedBy the parameters that prices depend on
 * @param errorCode the error's code, when it failed
 * @param repeats how a repeated request finds it
 * @param owner the lease of the node that works on it
 * @param booked how many of the attempts an earlier end has booked already
 * @param result what a repeated request gets, encrypted; empty while it runs
 * @param hold what it takes out of budgets; empty where none is concerned
 * @param client what the client says of its request
 * @param gatewayMillis how long the gateway itself took of it; 0 while it runs
 */
public record GenerationRecord(String id, String requestId, String keyId, String project, Capability capability,
		String model, int count, Status status, Instant createdAt, Optional<Instant> finishedAt,
		List<AttemptRecord> attempts, Money quoted, int images, double megapixels, Map<String, JsonNode> pricedBy,
		Optional<String> errorCode, Repeats repeats, long owner, int booked, Optional<String> result,
		Optional<Hold> hold, ClientNotes client, long gatewayMillis) {

	public GenerationRecord {
		attempts = List.copyOf(attempts);
		pricedBy = Map.copyOf(pricedBy);
	}

	/** The sum of what is known to be charged. */
	public Money charged() {
		return sum(Billed.YES);
	}

	/** The sum of what may have been charged. */
	public Money maybeCharged() {
		return sum(Billed.MAYBE);
	}

	private Money sum(Billed billed) {
		Money total = Money.ZERO;
		for (AttemptRecord attempt : this.attempts) {
			if (attempt.billed().filter(billed::equals).isPresent()) {
				total = total.plus(attempt.charge());
			}
		}
		return total;
	}

	/** No id of an instant, or of a later one, is smaller: ids begin with their time. */
	public static String firstId(Instant instant) {
		return "gen_" + Long.toString(Math.max(0, instant.toEpochMilli()), 36);
	}

	/** Where its time went. */
	public Timings timings() {
		return Timings.of(this);
	}

	/** The sum of the quotes of what is or may be charged, or still runs. */
	public Money quotes() {
		Money total = Money.ZERO;
		for (AttemptRecord attempt : this.attempts) {
			total = attempt.billed().equals(Optional.of(Billed.NO)) ? total : total.plus(attempt.quote());
		}
		return total;
	}

	/**
	 * The submission that its answer names: the last one that was served, or the last.
	 */
	public Optional<AttemptRecord> executed() {
		return this.attempts.reversed()
			.stream()
			.filter(AttemptRecord::isServed)
			.findFirst()
			.or(() -> this.attempts.isEmpty() ? Optional.empty() : Optional.of(this.attempts.getLast()));
	}

	/**
	 * Whether it ended without a picture and certainly without a bill, so that it may run
	 * anew.
	 */
	public boolean isFree() {
		return (this.status == Status.FAILED || this.status == Status.CANCELLED)
				&& this.attempts.stream().allMatch(attempt -> attempt.billed().equals(Optional.of(Billed.NO)));
	}

	/**
	 * How a repeated request finds a generation.
	 *
	 * @param fingerprint a keyed hash of the body and its pictures
	 * @param key a hash of the client's {@code Idempotency-Key}
	 * @param retries the highest retry count that was seen of a request without a key
	 * @param unheard whether the answer was not taken whole
	 */
	public record Repeats(String fingerprint, Optional<String> key, int retries, boolean unheard) {

		/** Of a request that is never repeated. */
		public static final Repeats NONE = new Repeats("", Optional.empty(), 0, false);

	}

	/** Where a generation stands. */
	public enum Status {

		QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED

	}

	/**
	 * One submission to one offering.
	 *
	 * @param picture the index of the first picture that it is for
	 * @param pictures how many pictures it asks for
	 * @param provider the provider's name
	 * @param offering the offering's key
	 * @param executedModel the provider and its own model id
	 * @param jobId the upstream job's id, once known
	 * @param startedAt when it was submitted
	 * @param durationMillis how long it took, once ended
	 * @param outcome {@code served}, {@code refused}, {@code failed}; empty while it runs
	 * @param failure the class of the failure, where there was one
	 * @param billed whether it is charged for; empty while it runs
	 * @param quote the upper bound that was held
	 * @param charge what it cost, or may have cost when billed is maybe
	 * @param overQuote whether the provider charged more than its quote
	 * @param work what its price depends on; kept until the generation ends where its
	 * pictures can be had from its job once more
	 * @param trace a keyed hash of what was sent, while no job's id is known
	 * @param output how its pictures are wanted; kept as long as the work
	 * @param measured what was measured of it, where it was served
	 */
	public record AttemptRecord(int picture, int pictures, String provider, String offering, String executedModel,
			Optional<String> jobId, Instant startedAt, Optional<Long> durationMillis, Optional<String> outcome,
			Optional<String> failure, Optional<Billed> billed, Money quote, Money charge, boolean overQuote,
			Optional<Work> work, Optional<String> trace, Optional<Output> output, Optional<Measured> measured) {

		private static final JsonMapper JSON = JsonMapper.builder().build();

		/** The same submission with the id of its job. */
		public AttemptRecord accepted(String job) {
			return new AttemptRecord(this.picture, this.pictures, this.provider, this.offering, this.executedModel,
					Optional.of(job), this.startedAt, this.durationMillis, this.outcome, this.failure, this.billed,
					this.quote, this.charge, this.overQuote, this.work, Optional.empty(), this.output, this.measured);
		}

		/** The same submission at its end. */
		public AttemptRecord ended(Duration duration, String outcome, Optional<String> failure, Billed billed,
				Money charge, Optional<Measured> measured) {
			return new AttemptRecord(this.picture, this.pictures, this.provider, this.offering, this.executedModel,
					this.jobId, this.startedAt, Optional.of(duration.toMillis()), Optional.of(outcome), failure,
					Optional.of(billed), this.quote, charge, charge.compareTo(this.quote) > 0,
					this.jobId.isPresent() ? this.work : Optional.empty(), Optional.empty(),
					this.jobId.isPresent() ? this.output : Optional.empty(), measured);
		}

		/** The same submission when nobody needs to follow it any more. */
		public AttemptRecord closed() {
			return new AttemptRecord(this.picture, this.pictures, this.provider, this.offering, this.executedModel,
					this.jobId, this.startedAt, this.durationMillis, this.outcome, this.failure, this.billed,
					this.quote, this.charge, this.overQuote, Optional.empty(), Optional.empty(), Optional.empty(),
					this.measured);
		}

		/** The same submission when it has turned out whether it was charged for. */
		AttemptRecord resolved(Billed billed, Money charge) {
			return new AttemptRecord(this.picture, this.pictures, this.provider, this.offering, this.executedModel,
					this.jobId, this.startedAt, this.durationMillis, this.outcome, this.failure, Optional.of(billed),
					this.quote, charge, charge.compareTo(this.quote) > 0, this.work, this.trace, this.output,
					this.measured);
		}

		/** The provider's id of the job, without the links to it. */
		public Optional<String> job() {
			return this.jobId.map(text -> text.startsWith("{") ? JSON.readTree(text).path("id").asString("") : text)
				.filter(id -> !id.isEmpty());
		}

		boolean isServed() {
			return this.outcome.filter("served"::equals).isPresent();
		}

	}

}
