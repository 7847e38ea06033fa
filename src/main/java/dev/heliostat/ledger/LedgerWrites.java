package dev.heliostat.ledger;

import java.util.concurrent.CompletableFuture;

/**
 * Where writes of generations go.
 */
interface LedgerWrites {

	/**
	 * Takes a write; the future completes when it is kept and tells whether it changed
	 * anything, or fails with {@code GatewayError.StoreUnavailable}.
	 */
	CompletableFuture<Boolean> submit(GenerationWrite write);

}
