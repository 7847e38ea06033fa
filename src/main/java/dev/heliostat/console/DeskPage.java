package dev.heliostat.console;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import dev.heliostat.attempt.Health;
import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.CatalogStatus;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ReloadingCatalogs;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.ReportFilter;
import dev.heliostat.ledger.UsageFigures;
import dev.heliostat.ledger.UsageReports;
import dev.heliostat.ledger.UsageReports.Group;
import dev.heliostat.provider.Providers;
import dev.heliostat.telemetry.MeterNames;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The operator's first page: what is in force, and what needs a hand.
 */
final class DeskPage {

	private final ReloadingCatalogs catalogs;

	private final Providers providers;

	private final Health health;

	private static final UsageFigures NOTHING = new UsageFigures(0, 0, 0, 0, 0, 0, 0, 0, 0);

	private final UsageReports usage;

	private final Recent<ReportFilter, Map<String, UsageFigures>> days = new Recent<>(Clock.systemUTC(), 4,
			Duration.ofMinutes(1));

	private final MeterRegistry meters;

	private final Desk desk;

	DeskPage(ReloadingCatalogs catalogs, Providers providers, Health health, UsageReports usage, MeterRegistry meters,
			Desk desk) {
		this.catalogs = catalogs;
		this.providers = providers;
		this.health = health;
		this.usage = usage;
		this.meters = meters;
		this.desk = desk;
	}

	/** A provider as the desk shows it. */
	record ProviderRow(String name, String label, int offerings, String missing) {
	}

	/** An offering that is not asked in its turn. */
	record Troubled(String key, String circuit, String standing) {
	}

	Mono<ServerResponse> overview(ServerRequest request) {
		Instant now = Instant.now();
		Instant today = now.truncatedTo(ChronoUnit.DAYS);
		ReportFilter filter = new ReportFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
				Optional.empty(), Optional.of(today.minus(1, ChronoUnit.DAYS)),
				Optional.of(now.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS)));
		return this.days.get(filter, () -> days(filter)).flatMap(days -> Mono.fromCallable(() -> {
			Map<String, Object> model = new HashMap<>(state());
			model.put("today", Day.of(days.getOrDefault(today.toString().substring(0, 10), NOTHING)));
			model.put("yesterday",
					Day.of(days.getOrDefault(today.minusSeconds(1).toString().substring(0, 10), NOTHING)));
			Gauge inflight = this.meters.find(MeterNames.INFLIGHT).gauge();
			model.put("inflight", (inflight != null) ? (long) inflight.value() : 0L);
			return model;
		}).subscribeOn(this.desk.pages().painters())).flatMap(model -> this.desk.page(request, "desk", model));
	}

	private Mono<Map<String, UsageFigures>> days(ReportFilter filter) {
		Map<String, UsageFigures> days = new ConcurrentHashMap<>();
		return this.usage.report(EnumSet.of(Group.DAY), filter, line -> days.put(day(line), line.figures()))
			.thenReturn(days);
	}

	private static String day(UsageReports.Line line) {
		return Optional.ofNullable(line.by().get(Group.DAY)).orElse("");
	}

	/** What happened on a day. */
	record Day(long requests, long failures, long images, String cost, String maybe) {

		private static Day of(UsageFigures figures) {
			return new Day(figures.requests(), figures.failures(), figures.images(),
					PriceWords.dollars(new Money(figures.settledMicros())),
					(figures.maybeMicros() > 0) ? PriceWords.dollars(new Money(figures.maybeMicros())) : "");
		}

	}

	/** Which catalog is in force, and what is wrong with files that are not. */
	Mono<ServerResponse> catalog(ServerRequest request) {
		return Mono.fromCallable(this::state)
			.subscribeOn(this.desk.pages().painters())
			.flatMap(model -> this.desk.page(request, "desk-catalog", model));
	}

	private Map<String, Object> state() {
		Catalog catalog = this.catalogs.current();
		List<Offering> served = catalog.models()
			.stream()
			.flatMap(model -> model.offerings().stream())
			.filter(offering -> offering.status().inService())
			.toList();
		Set<String> names = new TreeSet<>();
		served.forEach(offering -> names.add(offering.provider()));
		List<ProviderRow> rows = names.stream()
			.map(name -> new ProviderRow(name, catalog.provider(name).map(known -> known.label()).orElse(name),
					(int) served.stream().filter(offering -> offering.provider().equals(name)).count(),
					this.providers.unconfigured(catalog, name).orElse("")))
			.toList();
		List<Troubled> troubled = served.stream()
			.flatMap(offering -> this.health.known(offering)
				.filter(known -> known.standing().isLast())
				.map(known -> new Troubled(offering.key(), OfferingCards.lower(known.state()),
						OfferingCards.lower(known.standing())))
				.stream())
			.toList();
		CatalogStatus status = this.catalogs.status();
		return Map.of("status", status, "problems", status.problems().stream().map(Object::toString).toList(), "since",
				RunViews.time(status.loadedAt()), "checked", RunViews.time(status.checkedAt()), "providers", rows,
				"troubled", troubled, "ready", rows.stream().filter(row -> row.missing().isEmpty()).count());
	}

}
