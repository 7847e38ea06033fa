package dev.heliostat.ledger;

import java.util.List;

/**
 * The ledger on the embedded store.
 */
class SqliteLedgerTest extends LedgerContract {

	@Override
	protected List<String> database() {
		return List.of();
	}

}
