package dev.heliostat.e2e;

import java.util.List;

import dev.heliostat.testing.PostgresServer;

/**
 * Reports on PostgreSQL.
 */
class PostgresLedgerReportsTest extends LedgerReportsContract {

	@Override
	protected List<String> database() {
		return PostgresServer.freshDatabase();
	}

}
