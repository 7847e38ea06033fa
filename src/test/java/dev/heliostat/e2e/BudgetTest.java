package dev.heliostat.e2e;

import java.util.List;

/**
 * Budgets on one node with its embedded store.
 */
class BudgetTest extends BudgetContract {

	@Override
	List<List<String>> nodes() {
		return List.of(List.of());
	}

}
