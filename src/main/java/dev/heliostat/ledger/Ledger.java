package dev.heliostat.ledger;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import reactor.core.publisher.Mono;

/**
 * Where generations and money are kept for good. Everything fails with
 * {@code GatewayError.StoreUnavailable} when the store does not answer.
 */
public interface Ledger {

	/**
	 * Writes the record as it now stands; completes when it is durable. One statement in
	 * a shared transaction. Fails with {@code GatewayError.StoreUnavailable} when it
	 * could not be written, or when the generation is settled or another node's.
	 */
	Mono<Void> save(GenerationRecord generation);

	/**
	 * The same for a record that takes more out of budgets than before: nothing is
	 * written where one of them does not have it.
	 */
	Mono<Reservation> reserve(GenerationRecord generation);

	/**
	 * Writes the record's end together with the roll-ups of what it cost, in one
	 * transaction. Settling the same generation again, or another node's, changes
	 * nothing.
	 */
	default Mono<Void> settle(GenerationRecord generation) {
		return settle(generation, List.of());
	}

	/**
	 * The same, where pictures become known in that transaction.
	 */
	Mono<Void> settle(GenerationRecord generation, List<MediaRecord> media);

	/**
	 * Writes a first record, unless another one of the same key has its idempotency key;
	 * tells whether it was written.
	 */
	Mono<Boolean> claim(GenerationRecord generation);

	Mono<Optional<GenerationRecord>> find(String id);

	/** Finds what a key's idempotency key stands for. */
	Mono<Optional<GenerationRecord>> findByKey(String keyId, String idempotencyKey);

	/** Forgets what a generation that succeeded made, so that it is never given again. */
	Mono<Void> forgetResult(String id);

	/** Makes an idempotency key free again. */
	Mono<Void> forgetKey(String id);

	/**
	 * Takes over what an earlier try of a request without a key began: the same key and
	 * body, not older than an instant, with a lower retry count. Those whose answer was
	 * not taken whole come first, then the oldest. No two retries get the same one.
	 */
	Mono<Optional<GenerationRecord>> takeOver(String keyId, String fingerprint, int retry, Instant notBefore);

	/**
	 * Makes an ended generation run again, if it is certainly unbilled and nobody else
	 * did so before; tells whether it was done.
	 */
	Mono<Boolean> reopen(GenerationRecord ended, long owner);

	/**
	 * Whether a provider's job belongs to a generation that is not much older than an
	 * instant.
	 */
	Mono<Boolean> isKnownJob(String jobId, Instant since);

	/** Notes that nobody took the answer whole. */
	Mono<Void> unheard(String id);

	/** Those of some generations that have ended. */
	Mono<List<GenerationRecord>> ended(Collection<String> ids);

	/** A key's generations, youngest first, after one of them. */
	Mono<List<GenerationRecord>> list(String keyId, Optional<String> after, int limit);

}
