package dev.heliostat.ledger;

import java.util.Optional;

import reactor.core.publisher.Mono;

/**
 * Where generations and money are kept for good.
 */
public interface Ledger {

	/**
	 * Writes the record as it now stands; completes when it is durable. One statement in
	 * a shared transaction. Fails with {@code GatewayError.StoreUnavailable} when it
	 * could not be written.
	 */
	Mono<Void> save(GenerationRecord generation);

	/**
	 * Writes the record's end together with the roll-ups of what it cost, in one
	 * transaction. Settling the same generation again changes nothing.
	 */
	Mono<Void> settle(GenerationRecord generation);

	Mono<Optional<GenerationRecord>> find(String id);

}
