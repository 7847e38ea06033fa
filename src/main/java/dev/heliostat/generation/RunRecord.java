package dev.heliostat.generation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.image.Money;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Repeats;
import dev.heliostat.ledger.GenerationRecord.Status;
import tools.jackson.databind.JsonNode;

/**
 * Says what stands in the ledger of a run.
 */
final class RunRecord {

	private RunRecord() {
	}

	/**
	 * How far a run is.
	 *
	 * @param createdAt when it was admitted
	 * @param unheard whether nobody waits for its answer
	 * @param booked how many of the submissions an earlier end has booked
	 * @param attempts its submissions
	 * @param images the pictures that were made
	 */
	record Stand(Instant createdAt, boolean unheard, int booked, List<AttemptRecord> attempts, List<Made> images) {
	}

	/**
	 * What a run ended as, or that it has not.
	 *
	 * @param status where it stands
	 * @param finishedAt when it ended
	 * @param errorCode why it failed
	 * @param result what a repeated request gets
	 * @param gatewayMillis how long the gateway itself took
	 */
	record End(Status status, Optional<Instant> finishedAt, Optional<String> errorCode, Optional<String> result,
			long gatewayMillis) {
	}

	static GenerationRecord of(Run run, Stand stand, End end) {
		Order order = run.order();
		Repeats repeats = new Repeats(order.repeats().fingerprint(), order.repeats().key(), order.repeats().retries(),
				stand.unheard());
		long pixels = stand.images().stream().mapToLong(Made::pixels).sum();
		Money held = Money.ZERO;
		for (AttemptRecord attempt : stand.attempts()) {
			held = attempt.outcome().isEmpty() ? held.plus(attempt.quote()) : held;
		}
		Map<String, JsonNode> pricedBy = run.plan().first().request().pricedBy();
		List<AttemptRecord> attempts = end.finishedAt().isPresent()
				? stand.attempts().stream().map(AttemptRecord::closed).toList() : stand.attempts();
		return new GenerationRecord(run.id(), order.requestId(), order.caller().keyId(), order.caller().project(),
				order.request().capability(), run.plan().model().slug(), order.request().count(), end.status(),
				stand.createdAt(), end.finishedAt(), attempts, held, stand.images().size(), pixels / 1e6, pricedBy,
				end.errorCode(), repeats, run.owner(), stand.booked(), end.result(), run.holding().hold(),
				order.client(), end.gatewayMillis());
	}

	/** How long the longest chain of submissions for one picture took. */
	static Duration upstreamTime(List<AttemptRecord> attempts) {
		Map<Integer, Long> byPicture = new HashMap<>();
		attempts.forEach(attempt -> byPicture.merge(attempt.picture(), attempt.durationMillis().orElse(0L), Long::sum));
		return Duration.ofMillis(byPicture.values().stream().mapToLong(Long::longValue).max().orElse(0));
	}

}
