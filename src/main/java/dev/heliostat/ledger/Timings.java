package dev.heliostat.ledger;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import dev.heliostat.ledger.GenerationRecord.AttemptRecord;

/**
 * Where the time of a generation went, by the longest chain of its submissions: pictures
 * are made side by side.
 *
 * @param total from admission to the end; 0 while it runs
 * @param gateway in the gateway itself
 * @param queue in the provider's queue and between polls
 * @param provider at the provider otherwise
 * @param transfer on the wire
 */
public record Timings(long total, long gateway, long queue, long provider, long transfer) {

	private Timings plus(AttemptRecord attempt) {
		long took = attempt.durationMillis().orElse(0L);
		long wire = Math.min(took, attempt.measured().map(Measured::transferMillis).orElse(0L));
		long waited = Math.min(took - wire, attempt.measured().map(Measured::waitedMillis).orElse(0L));
		return new Timings(this.total, this.gateway, this.queue + waited, this.provider + took - wire - waited,
				this.transfer + wire);
	}

	private long upstream() {
		return this.queue + this.provider + this.transfer;
	}

	static Timings of(GenerationRecord generation) {
		long total = generation.finishedAt()
			.map(end -> Duration.between(generation.createdAt(), end).toMillis())
			.orElse(0L);
		Timings none = new Timings(total, generation.gatewayMillis(), 0, 0, 0);
		Map<Integer, Timings> chains = new HashMap<>();
		for (AttemptRecord attempt : generation.attempts()) {
			chains.put(attempt.picture(), chains.getOrDefault(attempt.picture(), none).plus(attempt));
		}
		Timings longest = none;
		for (Timings chain : chains.values()) {
			longest = (chain.upstream() > longest.upstream()) ? chain : longest;
		}
		return longest;
	}

}
