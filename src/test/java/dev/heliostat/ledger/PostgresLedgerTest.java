package dev.heliostat.ledger;

import java.util.List;

import dev.heliostat.testing.PostgresServer;

/**
 * The ledger on PostgreSQL.
 */
class PostgresLedgerTest extends LedgerContract {

	@Override
	protected List<String> database() {
		return PostgresServer.freshDatabase();
	}

}
