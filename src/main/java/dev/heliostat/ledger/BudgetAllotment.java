package dev.heliostat.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.heliostat.ledger.GenerationWrite.Kind;
import dev.heliostat.ledger.Reservation.Granted;
import dev.heliostat.ledger.Reservation.Notice;
import dev.heliostat.ledger.Reservation.Refused;
import org.jspecify.annotations.Nullable;

/**
 * Shares out budgets among the writes of one batch, in the order in which they came. The
 * budgets' rows are locked first, in the order of their ids, so that what is decided here
 * is true until the commit; what each generation holds already is read from its row.
 */
final class BudgetAllotment {

	private static final BudgetAllotment NOTHING = new BudgetAllotment(Map.of(), Map.of());

	private final Map<String, BudgetRows.Limit> limits;

	private final Map<Account, BudgetRows.Taken> before;

	private final Map<Account, Balance> balances = new TreeMap<>();

	private final Map<String, Reservation> decided = new HashMap<>();

	private BudgetAllotment(Map<String, BudgetRows.Limit> limits, Map<Account, BudgetRows.Taken> before) {
		this.limits = limits;
		this.before = before;
	}

	/** Decides about a batch; asks the database nothing where no budget is concerned. */
	static BudgetAllotment of(Connection connection, Collection<GenerationWrite> writes) throws SQLException {
		List<GenerationWrite> budgeted = writes.stream()
			.filter(write -> write.kind() != Kind.CLAIM && write.generation().hold().isPresent())
			.toList();
		if (budgeted.isEmpty()) {
			return NOTHING;
		}
		TreeSet<Account> accounts = new TreeSet<>();
		TreeSet<String> generations = new TreeSet<>();
		for (GenerationWrite write : budgeted) {
			accounts.addAll(write.generation().hold().orElseThrow().accounts());
			generations.add(write.generation().id());
		}
		Map<String, BudgetRows.Limit> limits = BudgetRows.lock(connection, accounts);
		BudgetAllotment allotment = new BudgetAllotment(limits, BudgetRows.taken(connection, accounts));
		Map<String, BudgetRows.Held> held = BudgetRows.held(connection, generations);
		for (GenerationWrite write : budgeted) {
			allotment.decide(write, held.get(write.generation().id()));
		}
		return allotment;
	}

	/** What was decided about a write of a generation. */
	Reservation of(String generation) {
		return this.decided.getOrDefault(generation, Reservation.SILENT);
	}

	boolean isRefused(GenerationWrite write) {
		return of(write.generation().id()) instanceof Refused;
	}

	private void decide(GenerationWrite write, BudgetRows.@Nullable Held held) {
		GenerationRecord generation = write.generation();
		if (held != null && (held.settled() || held.owner() != generation.owner())) {
			// The write will change nothing.
			return;
		}
		Hold before = (held != null) ? held.hold() : Hold.NOTHING;
		Hold after = generation.hold().orElseThrow();
		TreeSet<Account> accounts = new TreeSet<>(before.accounts());
		accounts.addAll(after.accounts());
		// Of a budget that was deleted meanwhile nothing is taken.
		accounts.removeIf(account -> !this.limits.containsKey(account.budget()));
		if (write.kind() == Kind.RESERVE) {
			for (Account account : accounts) {
				Balance balance = balance(account);
				long growth = growth(account, balance.limit.measure(), before, after);
				if (balance.limit.hard() && growth > 0 && growth > balance.left()) {
					this.decided.put(generation.id(),
							new Refused(account, balance.limit.measure(), balance.left(), growth));
					return;
				}
			}
		}
		List<Notice> notices = new ArrayList<>();
		for (Account account : accounts) {
			Balance balance = balance(account);
			Measure measure = balance.limit.measure();
			balance.reserved += after.reserved(account, measure) - before.reserved(account, measure);
			balance.used += after.used(account, measure) - before.used(account, measure);
			if (growth(account, measure, before, after) > 0 && balance.isLow()) {
				notices.add(new Notice(account, measure, balance.limit.units(), balance.taken(), !balance.warned));
				balance.warned = true;
			}
		}
		this.decided.put(generation.id(), new Granted(notices));
	}

	private static long growth(Account account, Measure measure, Hold before, Hold after) {
		return after.reserved(account, measure) + after.used(account, measure) - before.reserved(account, measure)
				- before.used(account, measure);
	}

	private Balance balance(Account account) {
		return this.balances.computeIfAbsent(account,
				absent -> new Balance(Objects.requireNonNull(this.limits.get(account.budget())),
						this.before.getOrDefault(account, BudgetRows.Taken.NOTHING)));
	}

	/** Writes what was taken and given back: one row for each window of a budget. */
	void write(Connection connection) throws SQLException {
		if (this.balances.isEmpty()) {
			return;
		}
		String sql = """
				insert into budget_used (budget, window_start, end_user, reserved, used, warned)
				values (?, ?, ?, ?, ?, ?)
				on conflict (budget, window_start, end_user) do update set
				  reserved = budget_used.reserved + excluded.reserved,
				  used = budget_used.used + excluded.used,
				  warned = case when excluded.warned > budget_used.warned then excluded.warned else budget_used.warned end""";
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (Map.Entry<Account, Balance> entry : this.balances.entrySet()) {
				Balance balance = entry.getValue();
				statement.setString(1, entry.getKey().budget());
				statement.setLong(2, entry.getKey().windowStart());
				statement.setString(3, entry.getKey().endUser());
				statement.setLong(4, balance.reserved);
				statement.setLong(5, balance.used);
				statement.setLong(6, balance.warned ? 1 : 0);
				statement.addBatch();
			}
			statement.executeBatch();
		}
	}

	/** What a batch changes in one window of a budget. */
	private static final class Balance {

		private final BudgetRows.Limit limit;

		private final long before;

		private boolean warned;

		private long reserved;

		private long used;

		Balance(BudgetRows.Limit limit, BudgetRows.Taken taken) {
			this.limit = limit;
			this.before = taken.reserved() + taken.used();
			this.warned = taken.warned();
		}

		long taken() {
			return this.before + this.reserved + this.used;
		}

		long left() {
			return Math.max(0, this.limit.units() - taken());
		}

		boolean isLow() {
			long percent = this.limit.warnPercent();
			long whole = this.limit.units() / 100 * percent;
			long rest = Math.ceilDiv(this.limit.units() % 100 * percent, 100);
			return percent > 0 && taken() >= whole + rest;
		}

	}

}
