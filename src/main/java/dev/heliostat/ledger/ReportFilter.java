package dev.heliostat.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.heliostat.ledger.GenerationRecord.Status;

/**
 * What a report is about; an absent value means all.
 *
 * @param project the project that pays
 * @param key the id of the key that asked
 * @param model the catalog's slug
 * @param provider the provider's name
 * @param status where generations stand
 * @param from from when on
 * @param to until before when
 */
public record ReportFilter(Optional<String> project, Optional<String> key, Optional<String> model,
		Optional<String> provider, Optional<Status> status, Optional<Instant> from, Optional<Instant> to) {

	/** Everything. */
	public static final ReportFilter ALL = new ReportFilter(Optional.empty(), Optional.empty(), Optional.empty(),
			Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

	/** The conditions on who, what and where, whose values are parameters. */
	List<String> conditions(Map<String, Object> parameters) {
		Map<String, Optional<String>> columns = new TreeMap<>(
				Map.of("project", this.project, "key_id", this.key, "model", this.model, "provider", this.provider));
		List<String> conditions = new ArrayList<>();
		// A model has fewer rows than a provider: the index of providers is not to be
		// taken for both.
		String provider = this.model.isPresent() ? "provider || '' = :provider" : "provider = :provider";
		columns.forEach((column, value) -> value.ifPresent(wanted -> {
			conditions.add(column.equals("provider") ? provider : column + " = :" + column);
			parameters.put(column, wanted);
		}));
		return conditions;
	}

	/** Whether the rows of one owner are asked for, which have an index by time. */
	boolean isOfOwner() {
		return this.project.isPresent() || this.key.isPresent();
	}

}
