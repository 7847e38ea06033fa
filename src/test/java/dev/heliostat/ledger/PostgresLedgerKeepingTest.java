package dev.heliostat.ledger;

import java.util.List;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.PostgresServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * PostgreSQL in the course of time.
 */
class PostgresLedgerKeepingTest extends LedgerKeepingContract {

	@Override
	protected List<String> database() {
		return PostgresServer.freshDatabase();
	}

	@Test
	void aBackupIsTheDatabasesOwnMatter() {
		Gateway.Answer answer = gateway().post("/admin/v1/backup", Gateway.ADMIN_KEY, "");
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.json().at("/error/message").asString()).contains("pg_dump");
	}

}
