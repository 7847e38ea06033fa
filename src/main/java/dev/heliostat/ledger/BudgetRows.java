package dev.heliostat.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a batch reads before it takes something out of budgets.
 */
final class BudgetRows {

	private BudgetRows() {
	}

	/**
	 * What a budget permits.
	 *
	 * @param measure what it counts
	 * @param units its amount, in the units that are counted
	 * @param hard whether it refuses
	 * @param warnPercent from which part of it on callers are warned
	 */
	record Limit(Measure measure, long units, boolean hard, int warnPercent) {
	}

	/** What was taken out of a window of a budget before. */
	record Taken(long reserved, long used, boolean warned) {

		static final Taken NOTHING = new Taken(0, 0, false);

	}

	/** What a generation holds by its row. */
	record Held(long owner, boolean settled, Hold hold) {
	}

	/** Locks the budgets until the transaction ends, in the order of their ids. */
	static Map<String, Limit> lock(Connection connection, Collection<Account> accounts) throws SQLException {
		Collection<String> ids = new TreeSet<>(accounts.stream().map(Account::budget).toList());
		if (ids.isEmpty()) {
			return Map.of();
		}
		String sql = "select id, measure, amount, hard, warn_percent from budget where id in (" + marks(ids.size())
				+ ") order by id" + locking(connection);
		Map<String, Limit> limits = new HashMap<>();
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			bind(statement, 1, ids);
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					Measure measure = Measure.valueOf(rows.getString("measure").toUpperCase(Locale.ROOT));
					limits.put(rows.getString("id"), new Limit(measure, measure.units(rows.getLong("amount")),
							rows.getLong("hard") == 1, rows.getInt("warn_percent")));
				}
			}
		}
		return limits;
	}

	/** Needs no lock of its own: whoever changes these rows has locked the budget. */
	static Map<Account, Taken> taken(Connection connection, Collection<Account> accounts) throws SQLException {
		if (accounts.isEmpty()) {
			return Map.of();
		}
		Collection<String> budgets = new TreeSet<>(accounts.stream().map(Account::budget).toList());
		Collection<String> users = new TreeSet<>(accounts.stream().map(Account::endUser).toList());
		List<Long> windows = accounts.stream().map(Account::windowStart).distinct().toList();
		String sql = "select budget, window_start, end_user, reserved, used, warned from budget_used where budget in ("
				+ marks(budgets.size()) + ") and window_start in (" + marks(windows.size()) + ") and end_user in ("
				+ marks(users.size()) + ")";
		Map<Account, Taken> taken = new HashMap<>();
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			int next = bind(statement, 1, budgets);
			for (long window : windows) {
				statement.setLong(next++, window);
			}
			bind(statement, next, users);
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					taken.put(
							new Account(rows.getString("budget"), rows.getLong("window_start"),
									rows.getString("end_user")),
							new Taken(rows.getLong("reserved"), rows.getLong("used"), rows.getLong("warned") == 1));
				}
			}
		}
		return taken;
	}

	/** Locks the generations' rows as well: a node that was given up writes no more. */
	static Map<String, Held> held(Connection connection, Collection<String> generations) throws SQLException {
		String sql = "select id, owner, settled, hold from generation where id in (" + marks(generations.size())
				+ ") order by id" + locking(connection);
		Map<String, Held> held = new HashMap<>();
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			bind(statement, 1, generations);
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					Hold hold = GenerationStatement.hold(Optional.ofNullable(rows.getString("hold")))
						.orElse(Hold.NOTHING);
					held.put(rows.getString("id"), new Held(rows.getLong("owner"), rows.getLong("settled") == 1, hold));
				}
			}
		}
		return held;
	}

	/** SQLite has one writer at a time and no word for it. */
	private static String locking(Connection connection) throws SQLException {
		return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL") ? " for update" : "";
	}

	private static int bind(PreparedStatement statement, int first, Collection<String> values) throws SQLException {
		int index = first;
		for (String value : values) {
			statement.setString(index++, value);
		}
		return index;
	}

	private static String marks(int count) {
		return "?" + ", ?".repeat(count - 1);
	}

}
