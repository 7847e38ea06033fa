package dev.heliostat.admin;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.Budget.Owner;
import dev.heliostat.access.Budget.Terms;
import dev.heliostat.access.Budget.Window;
import dev.heliostat.access.Budgets;
import dev.heliostat.ledger.Measure;

/**
 * Reads budgets from bodies of the admin API.
 */
final class BudgetFields {

	private static final int WARN = 80;

	private BudgetFields() {
	}

	private enum Enforcement {

		HARD, SOFT

	}

	/** Whose a budget is to be. */
	static Owner owner(Fields fields, Budgets budgets) {
		Optional<String> key = fields.name("key");
		Optional<String> project = fields.name("project");
		Optional<String> user = fields.name("user");
		boolean each = fields.flag("each_user").orElse(false);
		if (key.isPresent() == project.isPresent()) {
			throw key.isPresent() ? fields.invalid("key", "beside project", "either key or project")
					: fields.missing("key' or 'project");
		}
		if (key.isPresent() && (user.isPresent() || each)) {
			throw fields.invalid("key", "beside an end user", "project, because end users belong to projects");
		}
		if (user.isPresent() && each) {
			throw fields.invalid("each_user", "true beside user", "one of both");
		}
		if (key.isPresent()) {
			return new Owner(Owner.Kind.KEY, key.get(), "");
		}
		if (each || user.isPresent()) {
			return new Owner(Owner.Kind.USER, project.get(),
					user.map(name -> budgets.endUser(project.get(), name)).orElse(""));
		}
		return new Owner(Owner.Kind.PROJECT, project.get(), "");
	}

	/** What a budget is to permit. */
	static Terms terms(Fields fields) {
		Measure measure = measure(fields).orElseThrow(() -> fields.missing("usd_micros', 'images' or 'megapixels"));
		Window window = fields.choice("window", Window.class).orElseThrow(() -> fields.missing("window"));
		return new Terms(measure, amount(fields, measure).orElseThrow(), window, zone(fields).orElse(ZoneOffset.UTC),
				hard(fields).orElse(true), warn(fields).orElse(WARN));
	}

	/** Terms with what a body names in the place of what there was. */
	static Terms changed(Terms terms, Fields fields) {
		Optional<Measure> measure = measure(fields);
		if (measure.isPresent() && measure.get() != terms.measure()) {
			throw fields.invalid(measure.get().key(), "a budget of " + terms.measure().key(),
					terms.measure().key() + ", or another budget");
		}
		return new Terms(terms.measure(), measure.flatMap(same -> amount(fields, same)).orElse(terms.amount()),
				fields.choice("window", Window.class).orElse(terms.window()), zone(fields).orElse(terms.zone()),
				hard(fields).orElse(terms.hard()), warn(fields).orElse(terms.warnPercent()));
	}

	private static Optional<Measure> measure(Fields fields) {
		List<Measure> named = new ArrayList<>();
		for (Measure measure : Measure.values()) {
			if (amount(fields, measure).isPresent()) {
				named.add(measure);
			}
		}
		if (named.size() > 1) {
			throw fields.invalid(named.getLast().key(), "beside " + named.getFirst().key(),
					"one amount; make a budget for each");
		}
		return named.stream().findFirst();
	}

	private static Optional<Long> amount(Fields fields, Measure measure) {
		return fields.number(measure.key(), 1, measure.largest());
	}

	private static Optional<ZoneId> zone(Fields fields) {
		return fields.name("time_zone").map(name -> {
			try {
				return ZoneId.of(name);
			}
			catch (DateTimeException ex) {
				throw fields.invalid("time_zone", name, "a name such as Europe/Berlin or UTC");
			}
		});
	}

	private static Optional<Boolean> hard(Fields fields) {
		return fields.choice("enforcement", Enforcement.class).map(wanted -> wanted == Enforcement.HARD);
	}

	private static Optional<Integer> warn(Fields fields) {
		return fields.number("warn_at_percent", 0, 100).map(Long::intValue);
	}

}
