package dev.heliostat.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a batch of generations and their roll-ups in one transaction. Rows are taken in
 * one order, so that two nodes do not wait for each other; a batch whose commit was not
 * confirmed is looked up before it is called lost.
 */
final class BatchCommit {

	/** How a try to commit ended. */
	enum Outcome {

		COMMITTED,
		/** The database said no to the data. */
		REFUSED,
		/** The database did not answer, or asks for another try; nothing was written. */
		UNREACHABLE

	}

	private static final Logger logger = LoggerFactory.getLogger(BatchCommit.class);

	private static final long KEEP_BATCHES_MILLIS = 3_600_000;

	private final DataSource dataSource;

	private int sinceTrim;

	BatchCommit(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	/** Writes that are committed together, however many tries that takes. */
	static final class Batch {

		private final String id = UUID.randomUUID().toString();

		private final Collection<GenerationWrite> writes;

		private Map<String, Written> ends = Map.of();

		/** Whether an earlier try may have been committed without our knowing. */
		private boolean unconfirmed;

		Batch(Collection<GenerationWrite> writes) {
			this.writes = writes;
		}

	}

	/**
	 * Writes a batch, unless an earlier try of it turns out to be written.
	 * @param written gets what became of each write, once committed
	 */
	Outcome commit(Batch batch, Map<String, Written> written) {
		Collection<GenerationWrite> writes = batch.writes;
		List<GenerationWrite> ordered = new ArrayList<>(writes);
		ordered.sort(Comparator.comparing(write -> write.generation().id()));
		Map<String, Written> ends = new HashMap<>();
		try (Connection connection = this.dataSource.getConnection()) {
			connection.setAutoCommit(false);
			try {
				if (!mark(connection, batch.id)) {
					written.putAll(batch.ends);
					return Outcome.COMMITTED;
				}
				BudgetAllotment budgets = BudgetAllotment.of(connection, writes);
				ordered.removeIf(budgets::isRefused);
				List<GenerationWrite> changed = GenerationStatement.write(connection, ordered);
				budgets.write(connection);
				// Also those of a generation that another node has taken over: their
				// client gets them.
				MediaStatement.write(connection, ordered.stream().flatMap(write -> write.media().stream()).toList());
				RollUps.add(connection, changed.stream().filter(GenerationWrite::settles).toList());
				writes.forEach(write -> ends.put(write.generation().id(),
						new Written(false, budgets.of(write.generation().id()))));
				changed.forEach(write -> ends.put(write.generation().id(),
						new Written(true, budgets.of(write.generation().id()))));
				batch.ends = ends;
				batch.unconfirmed = true;
				connection.commit();
				written.putAll(ends);
				return Outcome.COMMITTED;
			}
			catch (SQLException | RuntimeException ex) {
				rollback(connection);
				throw ex;
			}
			finally {
				reset(connection);
			}
		}
		catch (SQLException ex) {
			logger.warn("A batch of {} writes was not confirmed: {}", ordered.size(), ex.getMessage());
			if (batch.unconfirmed && isCommitted(batch.id)) {
				written.putAll(batch.ends);
				return Outcome.COMMITTED;
			}
			return isTransient(ex) ? Outcome.UNREACHABLE : Outcome.REFUSED;
		}
	}

	/**
	 * Leaves a batch's id; false when it is there already. One whose commit is still
	 * under way is waited for.
	 */
	private boolean mark(Connection connection, String batch) throws SQLException {
		long now = System.currentTimeMillis();
		try (PreparedStatement statement = connection
			.prepareStatement("insert into write_batch (id, committed_at) values (?, ?) on conflict (id) do nothing")) {
			statement.setString(1, batch);
			statement.setLong(2, now);
			if (statement.executeUpdate() == 0) {
				return false;
			}
		}
		if (++this.sinceTrim >= 1000) {
			this.sinceTrim = 0;
			try (PreparedStatement statement = connection
				.prepareStatement("delete from write_batch where committed_at < ?")) {
				statement.setLong(1, now - KEEP_BATCHES_MILLIS);
				statement.executeUpdate();
			}
		}
		return true;
	}

	/**
	 * Asks on another connection; while nobody answers, the batch counts as not written
	 * and is tried again by key.
	 */
	private boolean isCommitted(String batch) {
		try (Connection connection = this.dataSource.getConnection();
				PreparedStatement statement = connection.prepareStatement("select 1 from write_batch where id = ?")) {
			statement.setString(1, batch);
			try (ResultSet rows = statement.executeQuery()) {
				return rows.next();
			}
		}
		catch (SQLException ex) {
			return false;
		}
	}

	private static void rollback(Connection connection) {
		try {
			connection.rollback();
		}
		catch (SQLException ex) {
			logger.debug("Rolling back failed, the connection is gone", ex);
		}
	}

	private static void reset(Connection connection) {
		try {
			connection.setAutoCommit(true);
		}
		catch (SQLException ex) {
			logger.debug("The connection is gone", ex);
		}
	}

	/**
	 * Whether another try may succeed: connection lost (08), server shutting down (57),
	 * deadlock and serialisation (40), resources (53), SQLite busy or full, or no
	 * connection from the pool.
	 */
	private static boolean isTransient(SQLException error) {
		String state = error.getSQLState();
		if (state == null || error instanceof SQLTransientException
				|| error instanceof SQLNonTransientConnectionException) {
			int code = error.getErrorCode() & 0xff;
			return state != null || code == 0 || code == 5 || code == 6 || code == 10 || code == 13;
		}
		return state.startsWith("08") || state.startsWith("57") || state.startsWith("40") || state.startsWith("53");
	}

}
