package dev.heliostat.console;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.heliostat.admin.ReportQuery;
import dev.heliostat.admin.UsageHandler;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.ReportFilter;
import dev.heliostat.ledger.UsageFigures;
import dev.heliostat.ledger.UsageReports;
import dev.heliostat.ledger.UsageReports.Group;
import dev.heliostat.ledger.UsageReports.Line;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Who used what on the desk: a table with any grouping of the admin API, and a drawing of
 * it where days are told apart.
 */
final class UsageDesk {

	private static final int MOST = 1000;

	private static final List<String> FILTERS = List.of("project", "key", "model", "provider", "from", "to");

	private final UsageReports usage;

	private final Recent<Report, Sums> recent = new Recent<>(Clock.systemUTC(), 50, Duration.ofMinutes(1));

	private final UsageHandler api;

	private final Desk desk;

	UsageDesk(UsageReports usage, UsageHandler api, Desk desk) {
		this.usage = usage;
		this.api = api;
		this.desk = desk;
	}

	/** A line as the page shows it. */
	record Row(List<String> by, String day, String series, UsageFigures figures, String megapixels, String cost,
			String maybe) {
	}

	Mono<ServerResponse> page(ServerRequest request) {
		Map<String, String> asked = GenerationsDesk.asked(request, FILTERS);
		Map<String, Object> model = new HashMap<>(
				Map.of("asked", asked, "groups", groups(), "problem", "", "rows", List.of(), "columns", List.of(),
						"more", false, "from", "", "to", "", "chosen", List.of("day"), "query", ""));
		model.put("total", row(new Line(Map.of(), new UsageFigures(0, 0, 0, 0, 0, 0, 0, 0, 0))));
		model.put("drawn", false);
		return Mono.fromSupplier(() -> {
			boolean sent = request.queryParams().containsKey("sent") || request.queryParams().containsKey("group_by");
			Set<Group> by = sent ? ReportQuery.groups(request) : Set.of(Group.DAY);
			ReportFilter filter = this.api
				.inForce(ReportQuery.filter(request, "group_by", "limit", "format", "sent", "status"));
			List<String> chosen = by.stream().map(Group::key).toList();
			model.put("chosen", chosen);
			model.put("columns", chosen);
			model.put("query", GenerationsDesk.query(asked)
					+ (chosen.isEmpty() ? "" : "group_by=" + String.join(",", chosen) + "&"));
			model.put("from", filter.from().orElseThrow().toString().replace('T', ' ').replace(":00Z", " UTC"));
			model.put("to", filter.to().orElseThrow().toString().replace('T', ' ').replace(":00Z", " UTC"));
			return new Report(by, filter);
		})
			.flatMap(report -> read(report, model))
			.flatMap(all -> this.desk.page(request, "desk-usage", all))
			.onErrorResume(GatewayException.class, failure -> {
				if (!Desk.isTheirs(failure.error())) {
					return Mono.error(failure);
				}
				model.put("problem", failure.error().message());
				return this.desk.page(request, failure.error().status(), "desk-usage", model);
			});
	}

	private record Report(Set<Group> by, ReportFilter filter) {
	}

	private static Map<String, String> groups() {
		Map<String, String> groups = new LinkedHashMap<>();
		for (Group group : Group.values()) {
			groups.put(group.key(), group.key());
		}
		return groups;
	}

	/** What a report found: as many of its lines as are shown, and the sum of all. */
	private record Sums(List<Line> lines, UsageFigures total) {
	}

	private Mono<Map<String, Object>> read(Report report, Map<String, Object> model) {
		return this.recent.get(report, () -> sums(report)).map(found -> {
			model.put("rows", found.lines().stream().limit(MOST).map(UsageDesk::row).toList());
			model.put("more", found.lines().size() > MOST);
			model.put("total", row(new Line(Map.of(), found.total())));
			model.put("drawn", report.by().contains(Group.DAY) && !found.lines().isEmpty());
			return model;
		});
	}

	private Mono<Sums> sums(Report report) {
		List<Line> lines = new ArrayList<>();
		long[] sums = new long[9];
		return this.usage.report(report.by(), report.filter(), line -> {
			if (lines.size() <= MOST) {
				lines.add(line);
			}
			add(sums, line.figures());
		})
			.then(Mono.fromSupplier(() -> new Sums(List.copyOf(lines), new UsageFigures(sums[0], sums[1], sums[2],
					sums[3], sums[4], sums[5], sums[6], sums[7], sums[8]))));
	}

	private static void add(long[] sums, UsageFigures figures) {
		long[] own = { figures.requests(), figures.failures(), figures.attempts(), figures.images(), figures.pixels(),
				figures.inputTokens(), figures.outputTokens(), figures.settledMicros(), figures.maybeMicros() };
		for (int i = 0; i < own.length; i++) {
			sums[i] += own[i];
		}
	}

	private static Row row(Line line) {
		UsageFigures figures = line.figures();
		List<String> by = new ArrayList<>();
		List<String> series = new ArrayList<>();
		String day = "";
		for (Group group : Group.values()) {
			String value = line.by().get(group);
			if (value != null) {
				by.add(value);
				if (group == Group.DAY) {
					day = value;
				}
				else {
					series.add(value);
				}
			}
		}
		return new Row(by, day, series.isEmpty() ? "all" : String.join(" / ", series), figures,
				String.format(java.util.Locale.ROOT, "%,.2f", figures.pixels() / 1e6),
				PriceWords.dollars(new Money(figures.settledMicros())),
				PriceWords.dollars(new Money(figures.maybeMicros())));
	}

	/** The same as a file. */
	Mono<ServerResponse> export(ServerRequest request) {
		return this.api.usage(request);
	}

}
