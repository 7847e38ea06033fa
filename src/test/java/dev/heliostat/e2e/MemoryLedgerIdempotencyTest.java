package dev.heliostat.e2e;

import java.util.List;

/**
 * Repeated requests at a node that keeps its ledger in memory, for tests and benchmarks.
 */
class MemoryLedgerIdempotencyTest extends IdempotencyContract {

	@Override
	List<List<String>> nodes() {
		return List.of(List.of("--heliostat.ledger.store=memory"));
	}

	@Override
	boolean isDurable() {
		return false;
	}

}
