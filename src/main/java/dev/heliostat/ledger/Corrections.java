package dev.heliostat.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.heliostat.image.Billed;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.Reconciliation.Correction;
import org.springframework.jdbc.core.ConnectionCallback;
import reactor.core.publisher.Mono;

/**
 * Settles what may have been billed once it is known. A closed hour stays as it is: the
 * correction is booked in the hour in which it is made.
 */
final class Corrections {

	private final StoreReads store;

	Corrections(StoreReads store) {
		this.store = store;
	}

	/**
	 * Corrects some submissions of a generation that has ended; tells whether it was
	 * done, which it is once.
	 */
	Mono<Boolean> correct(GenerationRecord generation, Map<Integer, Correction> corrections) {
		return this.store.transaction(template -> Boolean.TRUE.equals(template
			.execute((ConnectionCallback<Boolean>) connection -> correct(connection, generation, corrections))));
	}

	/** Rows are taken in the order in which batches take them: budgets first. */
	private static boolean correct(Connection connection, GenerationRecord generation,
			Map<Integer, Correction> corrections) throws SQLException {
		TreeSet<Account> accounts = new TreeSet<>(generation.hold().map(Hold::accounts).orElse(List.of()));
		Map<String, BudgetRows.Limit> limits = accounts.isEmpty() ? Map.of() : BudgetRows.lock(connection, accounts);
		List<AttemptRecord> attempts = new ArrayList<>(generation.attempts());
		Map<RollUps.Key, UsageFigures> sums = new TreeMap<>();
		long hour = System.currentTimeMillis() / RollUps.HOUR * RollUps.HOUR;
		List<String> tags = new ArrayList<>(generation.client().tags());
		tags.add("");
		long settled = 0;
		long maybe = 0;
		long images = 0;
		for (Map.Entry<Integer, Correction> entry : corrections.entrySet()) {
			AttemptRecord before = attempts.get(entry.getKey());
			AttemptRecord after = before.resolved(entry.getValue().billed(), entry.getValue().charge());
			attempts.set(entry.getKey(), after);
			boolean billed = entry.getValue().billed() == Billed.YES;
			long charged = billed ? after.charge().micros() : 0;
			settled += charged;
			maybe += before.charge().micros();
			images -= billed ? 0 : before.pictures();
			UsageFigures change = new UsageFigures(0, 0, 0, 0, 0, 0, 0, charged, -before.charge().micros());
			tags.forEach(tag -> sums.merge(RollUps.key(tag, generation, before.provider(), hour), change,
					UsageFigures::plus));
		}
		Amounts change = new Amounts(settled - maybe, images, 0);
		if (!update(connection, generation, attempts, settled, maybe, change)) {
			return false;
		}
		giveBack(connection, accounts, limits, change);
		RollUps.add(connection, sums);
		return true;
	}

	private static boolean update(Connection connection, GenerationRecord generation, List<AttemptRecord> attempts,
			long settled, long maybe, Amounts change) throws SQLException {
		String sql = """
				update generation set attempts = ?, charged_micros = charged_micros + ?, maybe_micros = maybe_micros - ?,
				  hold = ?
				where id = ? and settled = 1 and charged_micros = ? and maybe_micros = ?""";
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setString(1, GenerationStatement.json(attempts));
			statement.setLong(2, settled);
			statement.setLong(3, maybe);
			GenerationStatement.text(statement, 4,
					generation.hold()
						.map(hold -> new Hold(hold.accounts(), hold.reserved(), hold.used().plus(change)))
						.map(GenerationStatement::json));
			statement.setString(5, generation.id());
			statement.setLong(6, generation.charged().micros());
			statement.setLong(7, generation.maybeCharged().micros());
			return statement.executeUpdate() == 1;
		}
	}

	/** What was not billed after all is there again for whoever has the budget. */
	private static void giveBack(Connection connection, TreeSet<Account> accounts, Map<String, BudgetRows.Limit> limits,
			Amounts change) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(
				"update budget_used set used = used + ? where budget = ? and window_start = ? and end_user = ?")) {
			for (Account account : accounts) {
				BudgetRows.Limit limit = limits.get(account.budget());
				if (limit != null) {
					statement.setLong(1, change.of(limit.measure()));
					statement.setString(2, account.budget());
					statement.setLong(3, account.windowStart());
					statement.setString(4, account.endUser());
					statement.executeUpdate();
				}
			}
		}
	}

}
