package dev.heliostat.admin;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.GenerationRecord.Status;
import dev.heliostat.ledger.ReportFilter;
import dev.heliostat.ledger.UsageReports.Group;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Reads the query of a report.
 */
public final class ReportQuery {

	private static final List<String> FILTERS = List.of("project", "key", "model", "provider", "status", "from", "to");

	private ReportQuery() {
	}

	/** What a report is about; other parameters than the usual ones have to be named. */
	public static ReportFilter filter(ServerRequest request, String... others) {
		for (String name : request.queryParams().keySet()) {
			if (!FILTERS.contains(name) && !List.of(others).contains(name)) {
				throw new GatewayError.UnknownParameter(name, name + " is not known here (expected: "
						+ String.join(", ", FILTERS) + ", " + String.join(", ", others) + ")")
					.asException();
			}
		}
		ReportFilter filter = new ReportFilter(text(request, "project"), text(request, "key"), text(request, "model"),
				text(request, "provider"), text(request, "status").map(ReportQuery::status), time(request, "from"),
				time(request, "to"));
		if (filter.from().isPresent() && filter.to().filter(to -> !filter.from().get().isBefore(to)).isPresent()) {
			throw invalid("to", "not after 'from'", "a later time");
		}
		return filter;
	}

	static Optional<String> text(ServerRequest request, String name) {
		return request.queryParam(name).filter(value -> !value.isBlank());
	}

	private static Status status(String value) {
		return Arrays.stream(Status.values())
			.filter(status -> status.name().equalsIgnoreCase(value))
			.findFirst()
			.orElseThrow(() -> invalid("status", value, "queued, running, succeeded, failed or cancelled"));
	}

	/** A date, an instant, or seconds since 1970. */
	static Optional<Instant> time(ServerRequest request, String name) {
		return text(request, name).map(value -> time(name, value));
	}

	static Instant time(String name, String value) {
		try {
			if (value.matches("[0-9]{1,11}")) {
				return Instant.ofEpochSecond(Long.parseLong(value));
			}
			return value.matches("\\d{4}-\\d{2}-\\d{2}")
					? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant() : Instant.parse(value);
		}
		catch (DateTimeException ex) {
			throw invalid(name, value, "2026-01-31, 2026-01-31T12:00:00Z or seconds since 1970");
		}
	}

	/** What a report is grouped by. */
	public static Set<Group> groups(ServerRequest request) {
		Set<Group> groups = EnumSet.noneOf(Group.class);
		Optional.ofNullable(request.queryParams().get("group_by"))
			.map(values -> String.join(",", values))
			.filter(list -> !list.isBlank())
			.ifPresent(list -> {
				for (String name : list.split(",")) {
					groups.add(Arrays.stream(Group.values())
						.filter(group -> group.key().equals(name.strip().toLowerCase(Locale.ROOT)))
						.findFirst()
						.orElseThrow(
								() -> invalid("group_by", name, "any of project, key, model, provider, day, tag")));
				}
			});
		return groups;
	}

	static int limit(ServerRequest request, int usual, int most) {
		return text(request, "limit").map(value -> {
			if (!value.matches("[0-9]{1,6}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > most) {
				throw invalid("limit", value, "1 to " + most);
			}
			return Integer.parseInt(value);
		}).orElse(usual);
	}

	static RuntimeException invalid(String name, String value, String expected) {
		String shown = (value.length() <= 60) ? value : value.substring(0, 60) + "…";
		return new GatewayError.InvalidValue(name, name + ": " + shown + " (expected: " + expected + ")").asException();
	}

}
