package dev.heliostat.generation;

import java.time.Instant;

import dev.heliostat.access.SecretKey;
import dev.heliostat.image.LostCall;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.Ledger;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * A submission whose job has no id yet, known by the keyed hash of what was sent.
 *
 * @param ledger knows the jobs of others
 * @param secret what the hash was made with
 * @param left the generation that was left behind
 * @param attempt the submission
 * @param trace the hash
 */
record TracedCall(Ledger ledger, SecretKey secret, GenerationRecord left, AttemptRecord attempt,
		String trace) implements LostCall {

	@Override
	public Instant sentAt() {
		return this.attempt.startedAt();
	}

	@Override
	public boolean sent(JsonNode input) {
		return Fingerprint.of(this.secret, Submissions.TRACE, Fingerprint.canonical(input)).equals(this.trace);
	}

	@Override
	public Mono<Boolean> isKnown(String jobId) {
		return this.ledger.isKnownJob(jobId, this.left.createdAt());
	}

}
