package dev.heliostat.e2e;

import java.util.List;

/**
 * Repeated requests at one node with its embedded store.
 */
class IdempotencyTest extends IdempotencyContract {

	@Override
	List<List<String>> nodes() {
		return List.of(List.of());
	}

}
