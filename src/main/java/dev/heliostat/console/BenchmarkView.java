package dev.heliostat.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.heliostat.console.Benchmark.Picture;
import dev.heliostat.console.Benchmark.State;
import dev.heliostat.image.Money;

/**
 * A benchmark as a page shows it.
 *
 * @param id its id
 * @param when when it began
 * @param state where it stands
 * @param running whether it goes on
 * @param planned how many pictures were planned
 * @param done how many have ended
 * @param spent what they cost
 * @param cap what was agreed to
 * @param sandbox whether the sandbox makes them
 * @param note why it ended early
 * @param rows one for each offering
 * @param pictures every picture
 */
record BenchmarkView(String id, String when, String state, boolean running, int planned, int done, String spent,
		String cap, boolean sandbox, String note, List<Row> rows, List<Line> pictures) {

	/** An offering's result. */
	record Row(String offering, int count, String success, String median, String slow, String firstByte, String price) {
	}

	/** A picture. */
	record Line(int number, String offering, int prompt, String size, String outcome, boolean served, String cost,
			String took, String generation) {
	}

	static BenchmarkView of(Benchmark benchmark, Instant now) {
		State state = benchmark.seenAt(now);
		Map<String, List<Picture>> offerings = new LinkedHashMap<>();
		benchmark.pictures()
			.forEach(
					picture -> offerings.computeIfAbsent(picture.offering(), absent -> new ArrayList<>()).add(picture));
		return new BenchmarkView(benchmark.id(), RunViews.time(benchmark.createdAt()), words(state),
				state == State.RUNNING, benchmark.planned(), benchmark.pictures().size(),
				PriceWords.dollars(new Money(benchmark.spent())), PriceWords.dollars(new Money(benchmark.capMicros())),
				benchmark.sandbox(), benchmark.note(),
				offerings.entrySet().stream().map(entry -> row(entry.getKey(), entry.getValue())).toList(),
				benchmark.pictures().stream().map(BenchmarkView::line).toList());
	}

	private static String words(State state) {
		return switch (state) {
			case RUNNING -> "running";
			case DONE -> "done";
			case CAPPED -> "ended at its cap";
			case STOPPED -> "stopped";
			case REFUSED -> "refused";
			case INTERRUPTED -> "interrupted";
		};
	}

	private static Row row(String offering, List<Picture> pictures) {
		List<Picture> served = pictures.stream().filter(Picture::isServed).toList();
		long[] whole = served.stream().mapToLong(Picture::millis).sorted().toArray();
		long[] first = served.stream().mapToLong(Picture::firstByteMillis).sorted().toArray();
		long micros = served.stream().mapToLong(Picture::micros).sum();
		return new Row(offering, pictures.size(),
				OfferingMeasurements.percent((double) served.size() / pictures.size()),
				OfferingMeasurements.seconds(OfferingMeasurements.percentile(whole, .5)),
				OfferingMeasurements.seconds(OfferingMeasurements.percentile(whole, .95)),
				OfferingMeasurements.seconds(OfferingMeasurements.percentile(first, .5)),
				served.isEmpty() ? "–" : PriceWords.dollars(new Money(Math.round((double) micros / served.size()))));
	}

	private static Line line(Picture picture) {
		return new Line(picture.number(), picture.offering(), picture.prompt(),
				picture.size().isEmpty() ? "usual" : picture.size(), picture.outcome().replace('_', ' '),
				picture.isServed(), PriceWords.dollars(new Money(picture.micros())),
				OfferingMeasurements.seconds(picture.millis()), picture.generation());
	}

}
