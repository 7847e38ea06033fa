package dev.heliostat.console;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * What somebody looks for among the models. Empty texts ask for nothing.
 *
 * @param q words that must all occur
 * @param creator the creator's slug
 * @param input what goes in
 * @param mode what it can do
 * @param tag a tag
 * @param provider a provider's name
 * @param status whether it can be used
 * @param price {@code known}, or the most that a picture may cost in dollars
 * @param setup {@code ready} for models that can be used here now, {@code missing} for
 * the others
 * @param sort {@code name}, {@code price}, {@code speed} or {@code released}
 */
record ModelSearch(String q, String creator, String input, String mode, String tag, String provider, String status,
		String price, String setup, String sort) {

	static ModelSearch of(ServerRequest request) {
		return new ModelSearch(text(request, "q"), text(request, "creator"), text(request, "input"),
				text(request, "mode"), text(request, "tag"), text(request, "provider"), text(request, "status"),
				text(request, "price"), text(request, "setup"), text(request, "sort"));
	}

	private static String text(ServerRequest request, String name) {
		String value = request.queryParam(name).orElse("").strip();
		return (value.length() <= 100) ? value : value.substring(0, 100);
	}

	/** Whether anything is left out. */
	public boolean isNarrow() {
		return !(this.q + this.creator + this.input + this.mode + this.tag + this.provider + this.status + this.price
				+ this.setup)
			.isEmpty();
	}

	boolean finds(ModelRow row) {
		String all = row.words();
		return Arrays.stream(this.q.toLowerCase(Locale.ROOT).split("\\s+")).allMatch(all::contains)
				&& is(this.creator, List.of(row.creatorSlug())) && is(this.input, row.input())
				&& is(this.mode, row.modes()) && is(this.tag, row.tags()) && is(this.provider, row.providers())
				&& is(this.status, List.of(row.status())) && isPriced(row)
				&& (this.setup.isEmpty() || this.setup.equals(row.ready() ? "ready" : "missing"));
	}

	private static boolean is(String wanted, List<String> values) {
		return wanted.isEmpty() || values.contains(wanted);
	}

	private boolean isPriced(ModelRow row) {
		if (this.price.isEmpty()) {
			return true;
		}
		Optional<Long> most = micros();
		return (row.priceMicros() >= 0) && (most.isEmpty() || row.priceMicros() <= most.get());
	}

	private Optional<Long> micros() {
		try {
			return Optional.of((long) (Double.parseDouble(this.price) * 1_000_000));
		}
		catch (NumberFormatException ex) {
			return Optional.empty();
		}
	}

	Comparator<ModelRow> order() {
		Comparator<ModelRow> byName = Comparator.comparing(row -> row.name().toLowerCase(Locale.ROOT));
		return switch (this.sort) {
			case "price" ->
				Comparator.<ModelRow>comparingLong(row -> (row.priceMicros() < 0) ? Long.MAX_VALUE : row.priceMicros())
					.thenComparing(byName);
			case "speed" -> Comparator.comparingDouble(ModelRow::seconds).thenComparing(byName);
			case "released" -> Comparator.comparing(ModelRow::released).reversed().thenComparing(byName);
			default -> byName;
		};
	}

}
