package dev.heliostat.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The embedded store while somebody else holds its lock for longer than anybody waits.
 */
class BusyStoreTest {

	@TempDir
	private Path directory;

	private static void run(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	@Test
	void aTransactionThatCouldNotBeginLeavesNoConnectionWithoutTransactions() throws SQLException {
		StoreProperties properties = new StoreProperties("", "", "", 2, Duration.ofSeconds(1), 10);
		try (HikariDataSource store = (HikariDataSource) new LedgerConfiguration().dataSource(properties,
				DataDirectory.open(this.directory));
				Connection other = DriverManager
					.getConnection("jdbc:sqlite:" + this.directory.resolve("heliostat.db"))) {
			try (Connection connection = store.getConnection()) {
				run(connection, "create table kept (id integer)");
				run(connection, "pragma busy_timeout = 1");
			}
			run(other, "begin immediate");
			try (Connection connection = store.getConnection()) {
				assertThatThrownBy(() -> connection.setAutoCommit(false)).hasMessageContaining("SQLITE_BUSY");
			}
			run(other, "commit");
			try (Connection connection = store.getConnection()) {
				connection.setAutoCommit(false);
				run(connection, "insert into kept values (1)");
				connection.rollback();
			}
			try (Connection connection = store.getConnection(); Statement statement = connection.createStatement()) {
				assertThat(statement.executeQuery("select count(*) from kept").getInt(1)).isZero();
			}
		}
	}

}
