package dev.heliostat.e2e;

import java.util.ArrayList;
import java.util.List;

import dev.heliostat.testing.PostgresServer;

/**
 * Budgets on two nodes that share PostgreSQL.
 */
class TwoNodesBudgetTest extends BudgetContract {

	@Override
	List<List<String>> nodes() {
		List<String> node = new ArrayList<>(PostgresServer.freshDatabase());
		node.add("--heliostat.secret-key=a-secret-of-the-tests-that-is-long-enough-0001");
		return List.of(node, node);
	}

}
