package dev.heliostat.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Mono;

/**
 * Who used what: the roll-ups, added up by whatever is asked for. Days that are over come
 * from their own sums, the rest from hours.
 */
public final class UsageReports {

	private static final String SUMS = "requests, failures, attempts, images, pixels, input_tokens, output_tokens, "
			+ "settled_micros, maybe_micros";

	private static final String SOMETHING = List.of("requests", "attempts", "settled_micros", "maybe_micros")
		.stream()
		.map(sum -> "sum(" + sum + ") <> 0")
		.collect(Collectors.joining(" or "));

	private final StoreReads store;

	UsageReports(StoreReads store) {
		this.store = store;
	}

	/** What usage can be added up by. */
	public enum Group {

		PROJECT("project"), KEY("key_id"), MODEL("model"), PROVIDER("provider"), DAY("day"), TAG("tag");

		private final String column;

		Group(String column) {
			this.column = column;
		}

		/** Its name in requests and answers. */
		public String key() {
			return name().toLowerCase(java.util.Locale.ROOT);
		}

	}

	/**
	 * A line of a report.
	 *
	 * @param by what it is of; a day by its date
	 * @param figures what was used
	 */
	public record Line(Map<Group, String> by, UsageFigures figures) {
	}

	/**
	 * Gives every line of a report, one by one as the database finds them; completes
	 * after the last. The consumer runs on a thread that may wait, but must not wait for
	 * a client.
	 * @param filter its times count by the hour
	 */
	public Mono<Void> report(Set<Group> groups, ReportFilter filter, Consumer<Line> lines) {
		Set<Group> by = groups.isEmpty() ? EnumSet.noneOf(Group.class) : EnumSet.copyOf(groups);
		return this.store.read(jdbc -> {
			Map<String, Object> parameters = new HashMap<>();
			String sql = sql(by, filter, closed(jdbc), parameters);
			jdbc.sql(sql).params(parameters).query(row -> {
				lines.accept(line(by, row));
			});
			return true;
		}).then();
	}

	/**
	 * The first lines of a report.
	 * @param filter its times count by the hour
	 * @param limit the most lines
	 */
	public Mono<List<Line>> first(Set<Group> groups, ReportFilter filter, int limit) {
		Set<Group> by = groups.isEmpty() ? EnumSet.noneOf(Group.class) : EnumSet.copyOf(groups);
		return this.store.query(jdbc -> {
			Map<String, Object> parameters = new HashMap<>();
			String sql = sql(by, filter, closed(jdbc), parameters) + " limit :limit";
			parameters.put("limit", limit);
			return jdbc.sql(sql).params(parameters).query((row, number) -> line(by, row)).list();
		});
	}

	private static long closed(JdbcClient jdbc) {
		return jdbc.sql("select day from usage_closed").query(Long.class).optional().orElse(0L);
	}

	/**
	 * Whole days before the closed one are read as days; what is before and after them,
	 * by the hour. What cancels out, as a reservation that was given back does, is no
	 * line.
	 */
	private static String sql(Set<Group> by, ReportFilter filter, long closed, Map<String, Object> parameters) {
		long from = filter.from().orElse(Instant.EPOCH).toEpochMilli() / RollUps.HOUR * RollUps.HOUR;
		long to = filter.to().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE / 2);
		long firstDay = Math.ceilDiv(from, RollUps.DAY) * RollUps.DAY;
		long endOfDays = Math.max(firstDay, Math.min(closed, to / RollUps.DAY * RollUps.DAY));
		parameters.putAll(Map.of("from", from, "to", to, "firstDay", firstDay, "endOfDays", endOfDays));
		boolean tagged = by.contains(Group.TAG);
		String conditions = filter.conditions(parameters)
			.stream()
			.map(condition -> " and " + condition)
			.collect(Collectors.joining());
		List<Group> inner = by.stream().filter(group -> group != Group.DAY).toList();
		String columns = inner.stream().map(group -> group.column + ", ").collect(Collectors.joining());
		String day = by.contains(Group.DAY) ? "hour / %d * %d as day, ".formatted(RollUps.DAY, RollUps.DAY) : "";
		String source = tagged ? "tag_hour" : "spend_hour";
		List<String> parts = new ArrayList<>();
		parts.add("select %s%s%s from usage_day where day >= :firstDay and day < :endOfDays and tag %s%s"
			.formatted(columns, by.contains(Group.DAY) ? "day, " : "", SUMS, tagged ? "<> ''" : "= ''", conditions));
		parts.add("select %s%s%s from %s where hour >= :from and hour < :firstDay and hour < :to%s".formatted(columns,
				day, SUMS, source, conditions));
		parts.add("select %s%s%s from %s where hour >= :endOfDays and hour < :to%s".formatted(columns, day, SUMS,
				source, conditions));
		String sums = List.of(SUMS.split(", "))
			.stream()
			.map(sum -> "sum(" + sum + ") as " + sum)
			.collect(Collectors.joining(", "));
		String groups = by.stream().map(group -> group.column).collect(Collectors.joining(", "));
		return "select " + (groups.isEmpty() ? "" : groups + ", ") + sums + " from ("
				+ String.join(" union all ", parts) + ") as used" + (groups.isEmpty() ? "" : " group by " + groups)
				+ " having " + SOMETHING + (groups.isEmpty() ? "" : " order by " + groups);
	}

	private static Line line(Set<Group> by, ResultSet row) throws SQLException {
		Map<Group, String> values = new EnumMap<>(Group.class);
		for (Group group : by) {
			values.put(group,
					(group == Group.DAY) ? Instant.ofEpochMilli(row.getLong("day")).toString().substring(0, 10)
							: row.getString(group.column));
		}
		return new Line(values,
				new UsageFigures(row.getLong("requests"), row.getLong("failures"), row.getLong("attempts"),
						row.getLong("images"), row.getLong("pixels"), row.getLong("input_tokens"),
						row.getLong("output_tokens"), row.getLong("settled_micros"), row.getLong("maybe_micros")));
	}

}
