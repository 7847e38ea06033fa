package dev.heliostat.console;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.console.MeasuredView.Day;
import dev.heliostat.console.MeasuredView.Row;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationReports;
import dev.heliostat.ledger.Measured;
import dev.heliostat.ledger.ReportFilter;
import dev.heliostat.provider.SandboxOffering;
import reactor.core.publisher.Mono;

/**
 * How fast, how reliable and how dear the offerings of a model were, out of its latest
 * generations in the ledger.
 */
final class OfferingMeasurements {

	/** As many generations are looked at. */
	static final int LATEST = 1000;

	static final Duration BACK = Duration.ofDays(30);

	private final GenerationReports reports;

	private final Clock clock;

	/** What many look at is read once in a while. */
	private final AsyncCache<String, MeasuredView> known = Caffeine.newBuilder()
		.maximumSize(200)
		.expireAfterWrite(Duration.ofSeconds(15))
		.buildAsync();

	OfferingMeasurements(GenerationReports reports, Clock clock) {
		this.reports = reports;
		this.clock = clock;
	}

	Mono<MeasuredView> of(Model model) {
		return Mono.fromFuture(() -> this.known.get(model.slug(), (slug, executor) -> read(model).toFuture()), true);
	}

	/** Reads anew when somebody looks again: there is something to see. */
	void forget(String slug) {
		this.known.synchronous().invalidate(slug);
	}

	private Mono<MeasuredView> read(Model model) {
		Instant from = this.clock.instant().minus(BACK);
		ReportFilter filter = new ReportFilter(Optional.empty(), Optional.empty(), Optional.of(model.slug()),
				Optional.empty(), Optional.empty(), Optional.of(from), Optional.empty());
		return this.reports.page(filter, Optional.empty(), LATEST).map(records -> view(model, records));
	}

	private MeasuredView view(Model model, List<GenerationRecord> records) {
		Map<String, List<AttemptRecord>> ended = new TreeMap<>(records.stream()
			.flatMap(record -> record.attempts().stream())
			.filter(attempt -> attempt.outcome().isPresent() && !attempt.provider().equals(SandboxOffering.PROVIDER))
			.collect(Collectors.groupingBy(AttemptRecord::offering)));
		List<Row> rows = new ArrayList<>();
		List<Day> days = new ArrayList<>();
		for (Offering offering : model.offerings()) {
			List<AttemptRecord> attempts = ended.getOrDefault(offering.key(), List.of());
			if (!attempts.isEmpty()) {
				TreeMap<Instant, List<AttemptRecord>> byDay = attempts.stream()
					.collect(Collectors.groupingBy(attempt -> attempt.startedAt().truncatedTo(ChronoUnit.DAYS),
							TreeMap::new, Collectors.toList()));
				rows.add(row(offering.key(), attempts, byDay));
				byDay.forEach((day, some) -> days
					.add(new Day(day.toString().substring(0, 10), row(offering.key(), some, new TreeMap<>()))));
			}
		}
		days.sort((left, right) -> right.date().compareTo(left.date()));
		return new MeasuredView(rows, days, records.size() == LATEST);
	}

	private Row row(String offering, List<AttemptRecord> attempts, TreeMap<Instant, List<AttemptRecord>> days) {
		List<AttemptRecord> served = attempts.stream()
			.filter(attempt -> attempt.outcome().filter("served"::equals).isPresent())
			.toList();
		// What was the caller's fault says nothing of the offering.
		long counted = attempts.stream()
			.filter(attempt -> attempt.outcome().filter("refused"::equals).isEmpty())
			.count();
		long[] whole = sorted(served);
		long[] first = served.stream()
			.flatMapToLong(attempt -> java.util.stream.LongStream.of(firstByte(attempt)))
			.sorted()
			.toArray();
		long pictures = served.stream().mapToLong(AttemptRecord::pictures).sum();
		long micros = served.stream().mapToLong(attempt -> attempt.charge().micros()).sum();
		return new Row(offering, counted, (counted == 0) ? "–" : percent((double) served.size() / counted),
				seconds(percentile(whole, .5)), seconds(percentile(whole, .95)), seconds(percentile(whole, .99)),
				seconds(percentile(first, .5)),
				(pictures == 0) ? "–" : PriceWords.dollars(new Money(Math.round((double) micros / pictures))),
				points(days));
	}

	private static long[] sorted(List<AttemptRecord> served) {
		return served.stream().mapToLong(attempt -> attempt.durationMillis().orElse(0L)).sorted().toArray();
	}

	/** Until the picture began to come. */
	static long firstByte(AttemptRecord attempt) {
		return Math.max(0,
				attempt.durationMillis().orElse(0L) - attempt.measured().map(Measured::transferMillis).orElse(0L));
	}

	/** By nearest rank; negative where nothing was measured. */
	static long percentile(long[] sorted, double share) {
		return (sorted.length == 0) ? -1 : sorted[(int) Math.ceil(share * sorted.length) - 1];
	}

	static String seconds(long millis) {
		return (millis < 0) ? "–" : RunViews.seconds(millis);
	}

	static String percent(double share) {
		return Math.round(share * 1000) / 10.0 + " %";
	}

	/** The medians of days as the points of a line in a box of 120 by 28. */
	private String points(TreeMap<Instant, List<AttemptRecord>> days) {
		long[] medians = days.values().stream().mapToLong(some -> percentile(sorted(some), .5)).toArray();
		long top = Math.max(1, Arrays.stream(medians).max().orElse(1));
		if (medians.length < 2) {
			return "";
		}
		StringBuilder points = new StringBuilder();
		Instant first = days.firstKey();
		double span = Math.max(1, Duration.between(first, days.lastKey()).toDays());
		int i = 0;
		for (Instant day : days.keySet()) {
			points.append(Math.round(2 + 116 * Duration.between(first, day).toDays() / span))
				.append(',')
				.append(Math.round(26 - 24.0 * Math.max(0, medians[i++]) / top))
				.append(' ');
		}
		return points.toString().strip();
	}

}
