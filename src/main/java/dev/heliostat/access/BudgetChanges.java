package dev.heliostat.access;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

import dev.heliostat.access.Budget.Owner;
import dev.heliostat.access.Budget.Terms;
import dev.heliostat.image.GatewayError;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What operators change of budgets, in the audit log and then in force.
 */
public final class BudgetChanges {

	private final BudgetStore store;

	private final Budgets budgets;

	private final AuditLog audit;

	private final Clock clock;

	BudgetChanges(BudgetStore store, Budgets budgets, AuditLog audit, Clock clock) {
		this.store = store;
		this.budgets = budgets;
		this.audit = audit;
		this.clock = clock;
	}

	/**
	 * Makes a budget; it is in force here at once, and on other nodes within 4 s. The
	 * same request again gives the same budget.
	 */
	public Mono<Budget> create(Actor actor, Owner owner, Terms terms, Optional<Repetition> repetition) {
		return this.audit.change(actor, (jdbc, entries) -> {
			Instant now = this.clock.instant();
			Optional<String> before = repetition.flatMap(repeated -> repeated.created(jdbc, actor, now));
			if (before.isPresent()) {
				return this.store.find(jdbc, before.get()).orElseThrow(() -> Budgets.unknown(before.get()));
			}
			Budget budget = insert(jdbc, owner, terms, entries);
			repetition.ifPresent(repeated -> repeated.remember(jdbc, actor, budget.id(), now));
			return budget;
		}).flatMap(budget -> this.budgets.reload().thenReturn(budget));
	}

	/**
	 * Makes the budget of a key that is made in the same transaction;
	 * {@link Budgets#reload} afterwards puts it in force here.
	 */
	public Keys.Belongings ofNewKey(Terms terms) {
		return (jdbc, key, entries) -> insert(jdbc, new Owner(Owner.Kind.KEY, key.id(), ""), terms, entries);
	}

	private Budget insert(JdbcClient jdbc, Owner owner, Terms terms, AuditLog.Entries entries) {
		Budget budget = new Budget("budget_" + KeyFormat.random(16), owner, terms, this.clock.instant(), 1);
		this.store.insert(jdbc, budget);
		entries.add("budget.create", budget.id(), Optional.empty(), BudgetJson.of(budget));
		return budget;
	}

	/**
	 * Changes what a budget permits; the amount is in force everywhere at once. Fails
	 * with {@code NotFound}.
	 */
	public Mono<Budget> update(Actor actor, String id, Version version, UnaryOperator<Terms> change) {
		return this.audit.change(actor, (jdbc, entries) -> {
			Budget before = changeable(jdbc, id, version);
			Terms wanted = change.apply(before.terms());
			if (wanted.equals(before.terms())) {
				return before;
			}
			this.store.update(jdbc, id, wanted);
			Budget after = this.store.find(jdbc, id).orElseThrow(() -> Budgets.unknown(id));
			entries.add("budget.update", id, Optional.of(BudgetJson.of(before)), BudgetJson.of(after));
			return after;
		}).flatMap(budget -> this.budgets.reload().thenReturn(budget));
	}

	/** Ends a budget. Fails with {@code NotFound}. */
	public Mono<Void> delete(Actor actor, String id, Version version) {
		return this.audit.change(actor, (jdbc, entries) -> {
			Budget before = changeable(jdbc, id, version);
			this.store.delete(jdbc, id);
			entries.add("budget.delete", id, Optional.of(BudgetJson.of(before)), JsonNodeFactory.instance.objectNode());
			return before;
		}).flatMap(deleted -> this.budgets.reload());
	}

	private Budget changeable(JdbcClient jdbc, String id, Version version) {
		if (id.startsWith(ConfiguredBudget.PREFIX)) {
			throw new GatewayError.Conflict("The budget '" + id
					+ "' comes from heliostat.access.budgets and cannot be changed here. Change the configuration.")
				.asException();
		}
		Budget budget = this.store.find(jdbc, id).orElseThrow(() -> Budgets.unknown(id));
		version.check("budget", budget.version());
		return budget;
	}

}
