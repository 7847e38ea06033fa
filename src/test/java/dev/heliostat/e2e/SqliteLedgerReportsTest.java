package dev.heliostat.e2e;

import java.util.List;

/**
 * Reports on the embedded store.
 */
class SqliteLedgerReportsTest extends LedgerReportsContract {

	@Override
	protected List<String> database() {
		return List.of();
	}

}
