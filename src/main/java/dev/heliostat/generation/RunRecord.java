package dev.heliostat.generation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
		long pixels = 0;
		for (Made image : stand.images()) {
			pixels += image.pixels();
		}
		Money held = Money.ZERO;
		for (AttemptRecord attempt : stand.attempts()) {
			held = attempt.outcome().isEmpty() ? held.plus(attempt.quote()) : held;
		}
		Map<String, JsonNode> pricedBy = run.plan().first().request().pricedBy();
		List<AttemptRecord> attempts = new ArrayList<>(stand.attempts());
		if (end.finishedAt().isPresent()) {
			attempts.replaceAll(AttemptRecord::closed);
		}
		return new GenerationRecord(run.id(), order.requestId(), order.caller().keyId(), order.caller().project(),
				order.request().capability(), run.plan().model().slug(), order.request().count(), end.status(),
				stand.createdAt(), end.finishedAt(), attempts, held, stand.images().size(), pixels / 1e6, pricedBy,
				end.errorCode(), repeats, run.owner(), stand.booked(), end.result(), run.holding().hold(),
				order.client(), end.gatewayMillis());
	}

	/** How long the longest chain of submissions for one picture took. */
	static Duration upstreamTime(List<AttemptRecord> attempts) {
		long longest = 0;
		for (AttemptRecord one : attempts) {
			long chain = 0;
			for (AttemptRecord other : attempts) {
				chain += (other.picture() == one.picture()) ? other.durationMillis().orElse(0L) : 0;
			}
			longest = Math.max(longest, chain);
		}
		return Duration.ofMillis(longest);
	}

}
