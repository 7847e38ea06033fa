package dev.heliostat.access;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.heliostat.access.Budget.Owner;
import dev.heliostat.access.Budget.Terms;
import dev.heliostat.access.Budget.Window;
import dev.heliostat.ledger.Measure;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A budget that configuration gives.
 *
 * @param key the id of the key that it is for
 * @param project the id of the project that it is for, or whose end users
 * @param user the one end user that it is for
 * @param eachUser whether it is for each end user of the project
 * @param usdMicros how many micros of US dollars it permits
 * @param images how many pictures it permits
 * @param megapixels how many megapixels it permits
 * @param window in which time
 * @param timeZone where days and months begin
 * @param hard whether it refuses what goes beyond it, or only warns
 * @param warnAtPercent from which part of it on callers are warned; 0 for never
 */
record ConfiguredBudget(@DefaultValue("") String key, @DefaultValue("") String project, @DefaultValue("") String user,
		@DefaultValue("false") boolean eachUser, Optional<Long> usdMicros, Optional<Long> images,
		Optional<Long> megapixels, @DefaultValue("month") Window window, @DefaultValue("UTC") ZoneId timeZone,
		@DefaultValue("true") boolean hard, @DefaultValue("80") int warnAtPercent) {

	/** How the ids of budgets begin that configuration gives. */
	static final String PREFIX = "budget_config_";

	ConfiguredBudget {
		List<Optional<Long>> amounts = List.of(usdMicros, images, megapixels);
		List<Long> given = amounts.stream().flatMap(Optional::stream).toList();
		if (given.size() != 1) {
			throw wrong("names " + given.size() + " amounts", "one of usd-micros, images and megapixels");
		}
		long most = Measure.values()[amounts.indexOf(Optional.of(given.getFirst()))].largest();
		if (given.getFirst() < 1 || given.getFirst() > most) {
			throw wrong("has the amount " + given.getFirst(), "1 to " + most);
		}
		if (key.isEmpty() == project.isEmpty()) {
			throw wrong("names " + (key.isEmpty() ? "nobody" : "a key and a project"), "either key or project");
		}
		if ((eachUser || !user.isEmpty()) && (project.isEmpty() || (eachUser && !user.isEmpty()))) {
			throw wrong("does not say which end users it is for", "a project, and either user or each-user");
		}
		if (warnAtPercent < 0 || warnAtPercent > 100) {
			throw wrong("has warn-at-percent " + warnAtPercent, "0 to 100");
		}
	}

	private static IllegalArgumentException wrong(String what, String expected) {
		return new IllegalArgumentException("heliostat.access.budgets: one " + what + " (expected: " + expected + ")");
	}

	Owner owner(Budgets budgets) {
		if (!this.key.isEmpty()) {
			return new Owner(Owner.Kind.KEY, this.key, "");
		}
		if (this.eachUser || !this.user.isEmpty()) {
			return new Owner(Owner.Kind.USER, this.project,
					this.user.isEmpty() ? "" : budgets.endUser(this.project, this.user));
		}
		return new Owner(Owner.Kind.PROJECT, this.project, "");
	}

	Terms terms() {
		List<Optional<Long>> amounts = List.of(this.usdMicros, this.images, this.megapixels);
		List<Measure> measures = new ArrayList<>(List.of(Measure.values()));
		measures.removeIf(measure -> amounts.get(measure.ordinal()).isEmpty());
		Measure measure = measures.getFirst();
		return new Terms(measure, amounts.get(measure.ordinal()).orElseThrow(), this.window, this.timeZone, this.hard,
				this.warnAtPercent);
	}

	/** The same after each start, so that what was used stays with it. */
	static String id(Owner owner, Terms terms) {
		String text = owner.kind() + "\n" + owner.id() + "\n" + owner.endUser() + "\n" + terms.measure() + "\n"
				+ terms.window();
		return PREFIX + KeyFormat.hash(text).substring(0, 16).toLowerCase(Locale.ROOT);
	}

}
