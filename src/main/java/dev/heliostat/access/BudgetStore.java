package dev.heliostat.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.access.Budget.Owner;
import dev.heliostat.access.Budget.Terms;
import dev.heliostat.access.Budget.Window;
import dev.heliostat.ledger.Account;
import dev.heliostat.ledger.Measure;
import dev.heliostat.ledger.StoreReads;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.transaction.support.TransactionOperations;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The budgets in the database, and what is taken out of them. What is taken is written by
 * the ledger only.
 */
final class BudgetStore {

	private static final String REVISION = "budget";

	private static final String INSERT = """
			insert into budget (id, owner_kind, owner, end_user, measure, period, zone, amount, hard, warn_percent,
			  created_at, version)
			values (:id, :kind, :owner, :user, :measure, :period, :zone, :amount, :hard, :warn, :now, :version)
			""";

	private final StoreReads store;

	private final TransactionOperations transaction;

	private final AuditLog audit;

	BudgetStore(StoreReads store, TransactionOperations transaction, AuditLog audit) {
		this.audit = audit;
		this.store = store;
		this.transaction = transaction;
	}

	/** Changes whenever a budget does. */
	Mono<Long> revision() {
		return this.store.query(jdbc -> jdbc.sql("select number from revision where name = :name")
			.param("name", REVISION)
			.query(Long.class)
			.single());
	}

	Mono<List<Budget>> all() {
		return this.store.query(jdbc -> jdbc.sql("select * from budget order by created_at, id")
			.query((row, number) -> read(row))
			.list());
	}

	/** Makes a budget inside a change that is recorded. */
	void insert(JdbcClient jdbc, AuditLog.Entries entries, Budget budget) {
		bind(jdbc.sql(INSERT), budget).update();
		revise(jdbc);
		entries.add("budget.create", budget.id(), Optional.empty(), AccessJson.of(budget));
	}

	Mono<Budget> insert(Actor actor, Budget budget) {
		return this.audit.change(actor, (jdbc, entries) -> {
			insert(jdbc, entries, budget);
			return budget;
		});
	}

	private static StatementSpec bind(StatementSpec statement, Budget budget) {
		return statement.param("id", budget.id())
			.param("kind", budget.owner().kind().key())
			.param("owner", budget.owner().id())
			.param("user", budget.owner().endUser())
			.param("measure", budget.terms().measure().key())
			.param("period", budget.terms().window().key())
			.param("zone", budget.terms().zone().getId())
			.param("amount", budget.terms().amount())
			.param("hard", budget.terms().hard() ? 1 : 0)
			.param("warn", budget.terms().warnPercent())
			.param("now", budget.createdAt().toEpochMilli())
			.param("version", budget.version());
	}

	/** Changes a budget that is as it was seen; false when it is not any more. */
	Mono<Boolean> update(Actor actor, String id, long seen, Terms terms) {
		return this.audit.change(actor, (jdbc, entries) -> {
			Optional<Budget> before = find(jdbc, id);
			int changed = jdbc
				.sql("""
						update budget set period = :period, zone = :zone, amount = :amount, hard = :hard, warn_percent = :warn,
						  version = version + 1
						where id = :id and version = :seen""")
				.param("id", id)
				.param("seen", seen)
				.param("period", terms.window().key())
				.param("zone", terms.zone().getId())
				.param("amount", terms.amount())
				.param("hard", terms.hard() ? 1 : 0)
				.param("warn", terms.warnPercent())
				.update();
			if (changed == 1) {
				revise(jdbc);
				entries.add("budget.update", id, before.map(AccessJson::of),
						AccessJson.of(find(jdbc, id).orElseThrow()));
			}
			return changed == 1;
		});
	}

	Mono<Boolean> delete(Actor actor, String id) {
		return this.audit.change(actor, (jdbc, entries) -> {
			Optional<Budget> before = find(jdbc, id);
			if (before.isPresent()) {
				jdbc.sql("delete from budget where id = :id").param("id", id).update();
				jdbc.sql("delete from budget_used where budget = :id").param("id", id).update();
				revise(jdbc);
				entries.add("budget.delete", id, before.map(AccessJson::of), JsonNodeFactory.instance.objectNode());
			}
			return before.isPresent();
		});
	}

	private static Optional<Budget> find(JdbcClient jdbc, String id) {
		return jdbc.sql("select * from budget where id = :id")
			.param("id", id)
			.query((row, number) -> read(row))
			.optional();
	}

	private static void revise(JdbcClient jdbc) {
		jdbc.sql("update revision set number = number + 1 where name = :name").param("name", REVISION).update();
	}

	/**
	 * Makes the budgets with a kind of id exactly those that are declared; what was used
	 * of those that stay is kept.
	 */
	Mono<Boolean> declare(List<Budget> budgets, String prefix) {
		return change(jdbc -> {
			List<String> ids = budgets.stream().map(Budget::id).toList();
			List<String> gone = new ArrayList<>(jdbc.sql("select id from budget where id like :like")
				.param("like", prefix + "%")
				.query(String.class)
				.list());
			gone.removeAll(ids);
			int changed = 0;
			for (String id : gone) {
				changed += jdbc.sql("delete from budget where id = :id").param("id", id).update();
				jdbc.sql("delete from budget_used where budget = :id").param("id", id).update();
			}
			for (Budget budget : budgets) {
				changed += bind(jdbc.sql(INSERT + """
						on conflict (id) do update set zone = excluded.zone, amount = excluded.amount,
						  hard = excluded.hard, warn_percent = excluded.warn_percent, version = budget.version + 1
						where budget.zone <> excluded.zone or budget.amount <> excluded.amount
						  or budget.hard <> excluded.hard or budget.warn_percent <> excluded.warn_percent"""), budget)
					.update();
			}
			return Math.min(1, changed);
		});
	}

	/** A change of one row that other nodes are to see. */
	private Mono<Boolean> change(Change change) {
		return this.store.query(jdbc -> Boolean.TRUE.equals(this.transaction.execute(status -> {
			boolean changed = change.run(jdbc) == 1;
			if (changed) {
				revise(jdbc);
			}
			return changed;
		})));
	}

	@FunctionalInterface
	private interface Change {

		int run(JdbcClient jdbc);

	}

	/** What is taken out of a window of a budget, in the units that are counted. */
	record Taken(long reserved, long used) {

		static final Taken NOTHING = new Taken(0, 0);

	}

	Mono<Map<Account, Taken>> taken(Collection<Account> accounts) {
		if (accounts.isEmpty()) {
			return Mono.just(Map.of());
		}
		return this.store.query(jdbc -> {
			Map<Account, Taken> taken = new HashMap<>();
			jdbc.sql("""
					select * from budget_used
					where budget in (:budgets) and window_start in (:windows) and end_user in (:users)""")
				.param("budgets", accounts.stream().map(Account::budget).distinct().toList())
				.param("windows", accounts.stream().map(Account::windowStart).distinct().toList())
				.param("users", accounts.stream().map(Account::endUser).distinct().toList())
				.query(row -> {
					taken.put(
							new Account(row.getString("budget"), row.getLong("window_start"),
									row.getString("end_user")),
							new Taken(row.getLong("reserved"), row.getLong("used")));
				});
			return taken;
		});
	}

	/** Forgets windows that are long over; the ledger keeps what was spent. */
	Mono<Integer> trim(Instant before) {
		return this.store
			.query(jdbc -> jdbc.sql("delete from budget_used where window_start > 0 and window_start < :before")
				.param("before", before.toEpochMilli())
				.update());
	}

	private static Budget read(ResultSet row) throws SQLException {
		Owner owner = new Owner(Owner.Kind.valueOf(row.getString("owner_kind").toUpperCase(Locale.ROOT)),
				row.getString("owner"), Optional.ofNullable(row.getString("end_user")).orElse(""));
		Terms terms = new Terms(Measure.named(row.getString("measure")).orElseThrow(), row.getLong("amount"),
				Window.valueOf(row.getString("period").toUpperCase(Locale.ROOT)), ZoneId.of(row.getString("zone")),
				row.getLong("hard") == 1, row.getInt("warn_percent"));
		return new Budget(row.getString("id"), owner, terms, Instant.ofEpochMilli(row.getLong("created_at")),
				row.getLong("version"));
	}

}
