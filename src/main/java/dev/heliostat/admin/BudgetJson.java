package dev.heliostat.admin;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.heliostat.access.Budget;
import dev.heliostat.access.Budget.Owner;
import dev.heliostat.access.Budget.Terms;
import dev.heliostat.access.Budget.Window;
import dev.heliostat.access.BudgetTexts;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Budgets.Standing;
import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.Measure;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Budgets as JSON.
 */
final class BudgetJson {

	/** Fields that say whose a budget is. */
	static final Set<String> OWNER = Set.of("key", "project", "user", "each_user");

	private static final int WARN = 80;

	private final Budgets budgets;

	BudgetJson(Budgets budgets) {
		this.budgets = budgets;
	}

	/** Whose the budget is to be. */
	Owner owner(ObjectNode body) {
		Optional<String> key = text(body, "key");
		Optional<String> project = text(body, "project");
		Optional<String> user = text(body, "user");
		boolean each = body.path("each_user").asBoolean(false);
		if (key.isPresent() == project.isPresent()) {
			throw new GatewayError.MissingParameter("key",
					"Name either a 'key' or a 'project' that the budget is for, by its id.")
				.asException();
		}
		if (key.isPresent()) {
			if (user.isPresent() || each) {
				throw invalid("user",
						"user: end users have budgets within a project (expected: project instead of key)");
			}
			return new Owner(Owner.Kind.KEY, key.get(), "");
		}
		if (user.isPresent() && each) {
			throw invalid("each_user", "each_user: true (expected: not beside user)");
		}
		return (user.isPresent() || each)
				? new Owner(Owner.Kind.USER, project.get(),
						user.map(name -> this.budgets.endUser(project.get(), name)).orElse(""))
				: new Owner(Owner.Kind.PROJECT, project.get(), "");
	}

	/**
	 * What the budget permits.
	 * @param others fields that something else reads
	 */
	static Terms terms(ObjectNode body, Set<String> others) {
		check(body, others);
		Measure measure = measure(body).orElseThrow(() -> new GatewayError.MissingParameter("usd_micros",
				"The amount is missing. Name one of usd_micros, images, megapixels.")
			.asException());
		Window window = window(body).orElseThrow(() -> new GatewayError.MissingParameter("window",
				"'window' is missing (expected: day, month or total).")
			.asException());
		return new Terms(measure, amount(body, measure), window, zone(body).orElse(ZoneOffset.UTC),
				hard(body).orElse(true), warn(body).orElse(WARN));
	}

	/** Terms with what a body names in the place of what there was. */
	static Terms changed(Terms terms, ObjectNode body) {
		check(body, Set.of());
		Optional<Measure> measure = measure(body);
		if (measure.isPresent() && measure.get() != terms.measure()) {
			throw invalid(measure.get().key(), measure.get().key() + ": this budget counts " + terms.measure().key()
					+ " (expected: " + terms.measure().key() + ", or another budget)");
		}
		return new Terms(terms.measure(), measure.map(same -> amount(body, same)).orElse(terms.amount()),
				window(body).orElse(terms.window()), zone(body).orElse(terms.zone()), hard(body).orElse(terms.hard()),
				warn(body).orElse(terms.warnPercent()));
	}

	private static void check(ObjectNode body, Set<String> others) {
		Set<String> known = new HashSet<>(others);
		known.addAll(
				Set.of("usd_micros", "images", "megapixels", "window", "time_zone", "enforcement", "warn_at_percent"));
		for (String field : body.propertyNames()) {
			if (!known.contains(field)) {
				throw new GatewayError.UnknownParameter(field,
						field + " is not known (expected: " + String.join(", ", known.stream().sorted().toList()) + ")")
					.asException();
			}
		}
	}

	private static Optional<Measure> measure(ObjectNode body) {
		List<Measure> named = new ArrayList<>();
		for (Measure measure : Measure.values()) {
			if (!body.path(measure.key()).isMissingNode()) {
				named.add(measure);
			}
		}
		if (named.size() > 1) {
			throw invalid(named.getLast().key(), named.getLast().key() + ": beside " + named.getFirst().key()
					+ " (expected: one amount; make a budget for each)");
		}
		return named.stream().findFirst();
	}

	/** A whole number above zero that everything can still be counted up to. */
	private static long amount(ObjectNode body, Measure measure) {
		JsonNode value = body.path(measure.key());
		String expected = " (expected: a whole number from 1 to " + measure.largest() + ")";
		BigDecimal number = number(value);
		// Huge exponents are not expanded.
		boolean fits = number.signum() > 0 && number.precision() - number.scale() <= 16
				&& number.stripTrailingZeros().scale() <= 0
				&& number.compareTo(BigDecimal.valueOf(measure.largest())) <= 0;
		if (!fits) {
			String text = value.toString();
			throw invalid(measure.key(),
					measure.key() + ": " + text.substring(0, Math.min(40, text.length())) + expected);
		}
		return number.longValueExact();
	}

	/** Zero for whatever is no number. */
	private static BigDecimal number(JsonNode value) {
		String text = value.toString();
		try {
			return (value.isNumber() && text.length() <= 40) ? new BigDecimal(text) : BigDecimal.ZERO;
		}
		catch (NumberFormatException ex) {
			return BigDecimal.ZERO;
		}
	}

	private static Optional<Window> window(ObjectNode body) {
		return text(body, "window").map(name -> switch (name) {
			case "day" -> Window.DAY;
			case "month" -> Window.MONTH;
			case "total" -> Window.TOTAL;
			default -> throw invalid("window", "window: not known (expected: day, month or total)");
		});
	}

	private static Optional<ZoneId> zone(ObjectNode body) {
		return text(body, "time_zone").map(name -> {
			try {
				return ZoneId.of(name);
			}
			catch (DateTimeException ex) {
				throw invalid("time_zone", "time_zone: not known (expected: a name such as Europe/Berlin or UTC)");
			}
		});
	}

	private static Optional<Boolean> hard(ObjectNode body) {
		return text(body, "enforcement").map(name -> switch (name) {
			case "hard" -> true;
			case "soft" -> false;
			default -> throw invalid("enforcement", "enforcement: not known (expected: hard or soft)");
		});
	}

	private static Optional<Integer> warn(ObjectNode body) {
		JsonNode value = body.path("warn_at_percent");
		if (value.isMissingNode() || value.isNull()) {
			return Optional.empty();
		}
		if (!value.isIntegralNumber() || value.asLong() < 0 || value.asLong() > 100) {
			throw invalid("warn_at_percent", "warn_at_percent: not understood (expected: 1 to 100, or 0 for never)");
		}
		return Optional.of((int) value.asLong());
	}

	private static Optional<String> text(ObjectNode body, String name) {
		JsonNode value = body.path(name);
		if (value.isMissingNode() || value.isNull()) {
			return Optional.empty();
		}
		if (!value.isString() || value.asString().isBlank() || value.asString().length() > 200) {
			throw invalid(name, name + ": not understood (expected: a text of at most 200 characters)");
		}
		return Optional.of(value.asString());
	}

	private static RuntimeException invalid(String name, String message) {
		return new GatewayError.InvalidValue(name, message).asException();
	}

	/** A budget and where it stands; of each end user's, only what it permits. */
	static ObjectNode write(Standing standing) {
		Budget budget = standing.budget();
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
		json.put("created", budget.createdAt().getEpochSecond());
		json.put("version", budget.version());
		if (owner.kind() != Owner.Kind.USER || !owner.endUser().isEmpty()) {
			json.put("used", BudgetTexts.decimal(terms.measure(), standing.used()));
			json.put("reserved", BudgetTexts.decimal(terms.measure(), standing.reserved()));
			json.put("left", BudgetTexts.decimal(terms.measure(), standing.left()));
		}
		json.put("resets_at", standing.resetsAt().map(Instant::toString).orElse(null));
		return json;
	}

}
