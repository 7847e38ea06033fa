package dev.heliostat.access;

import java.time.Instant;

import dev.heliostat.access.Budget.Owner;
import dev.heliostat.access.Budget.Terms;
import dev.heliostat.access.Budgets.Standing;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Budgets as JSON: for the admin API and the audit log. End users are hashes in it.
 */
public final class BudgetJson {

	private BudgetJson() {
	}

	/** A budget. */
	public static ObjectNode of(Budget budget) {
		Terms terms = budget.terms();
		Owner owner = budget.owner();
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("id", budget.id()).put("object", "budget");
		switch (owner.kind()) {
			case KEY -> json.put("key", owner.id());
			case PROJECT -> json.put("project", owner.id());
			case USER -> json.put("project", owner.id()).put("each_user", owner.endUser().isEmpty());
		}
		if (!owner.endUser().isEmpty()) {
			json.put("user_hash", owner.endUser());
		}
		json.put(terms.measure().key(), terms.amount());
		json.put("window", terms.window().key());
		json.put("time_zone", terms.zone().getId());
		json.put("enforcement", terms.hard() ? "hard" : "soft");
		json.put("warn_at_percent", terms.warnPercent());
		json.put("created_at", budget.createdAt().getEpochSecond());
		return json.put("version", budget.version());
	}

	/** A budget and where it stands; of each end user's, only what it permits. */
	public static ObjectNode of(Standing standing) {
		ObjectNode json = of(standing.budget());
		Owner owner = standing.budget().owner();
		if (owner.kind() != Owner.Kind.USER || !owner.endUser().isEmpty()) {
			figures(json, standing);
		}
		return json.put("resets_at", standing.resetsAt().map(Instant::toString).orElse(null));
	}

	/** A budget as its owner sees it. */
	public static ObjectNode forCaller(Standing standing) {
		Terms terms = standing.budget().terms();
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("id", standing.budget().id());
		json.put("owner", standing.budget().owner().kind().key());
		json.put("measure", terms.measure().key());
		json.put("amount", terms.amount());
		figures(json, standing);
		json.put("window", terms.window().key());
		json.put("time_zone", terms.zone().getId());
		json.put("enforcement", terms.hard() ? "hard" : "soft");
		return json.put("resets_at", standing.resetsAt().map(Instant::toString).orElse(null));
	}

	private static void figures(ObjectNode json, Standing standing) {
		var measure = standing.budget().terms().measure();
		json.put("used", BudgetTexts.decimal(measure, standing.used()));
		json.put("reserved", BudgetTexts.decimal(measure, standing.reserved()));
		json.put("left", BudgetTexts.decimal(measure, standing.left()));
	}

}
