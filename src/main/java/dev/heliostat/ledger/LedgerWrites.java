package dev.heliostat.ledger;

import java.util.concurrent.CompletableFuture;

/**
 * Where writes of generations go.
 */
interface LedgerWrites {

	/**
	 * Takes a write; the future completes when it is kept and tells what it changed, or
	 * fails with {@code GatewayError.StoreUnavailable}.
	 */
	CompletableFuture<Written> submit(GenerationWrite write);

}
