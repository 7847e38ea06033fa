package dev.heliostat.admin;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.Reconciliation.Cell;
import org.jspecify.annotations.Nullable;

/**
 * A provider's invoice as it is read: its columns are found by their names, and only the
 * amounts are kept.
 */
final class Invoice {

	private static final Map<String, List<String>> USUAL = Map.of("job",
			List.of("job_id", "prediction_id", "generation_id", "request_id", "task_id", "id"), "time",
			List.of("time", "timestamp", "created_at", "created", "start_time", "date", "day"), "amount",
			List.of("amount", "amount_usd", "cost", "cost_usd", "total", "price", "charge"), "model",
			List.of("model", "model_id", "model_name", "line_item", "product"));

	private static final Map<String, Integer> UNITS = Map.of("usd", 9, "cents", 7, "micros", 3);

	private static final BigDecimal LARGEST = new BigDecimal(1_000_000);

	private static final Pattern AMOUNT = Pattern.compile("-?[0-9]{1,9}(\\.[0-9]{1,15})?([eE]-?[0-9]{1,2})?");

	private final Map<String, Optional<String>> named = new HashMap<>();

	private final Map<String, Integer> columns = new HashMap<>();

	private final Map<String, Long> jobs = new HashMap<>();

	private final Map<Cell, Long> totals = new HashMap<>();

	private final CsvReader csv = new CsvReader(this::row);

	private final int most;

	private final int exponent;

	private final Optional<Boolean> byJobs;

	private long lines;

	private long nanos;

	private @Nullable Instant first;

	private @Nullable Instant last;

	private boolean head = true;

	Invoice(Function<String, Optional<String>> query, int most) {
		this.most = most;
		USUAL.keySet().forEach(column -> this.named.put(column, query.apply(column + "_column")));
		String unit = query.apply("unit").orElse("usd");
		if (!UNITS.containsKey(unit)) {
			throw ReportQuery.invalid("unit", unit, "usd, cents or micros");
		}
		this.exponent = UNITS.get(unit);
		this.byJobs = query.apply("by").map(by -> switch (by) {
			case "jobs" -> true;
			case "totals" -> false;
			default -> throw ReportQuery.invalid("by", by, "jobs or totals");
		});
	}

	void add(ByteBuffer bytes) {
		this.csv.add(bytes);
	}

	void end() {
		this.csv.end();
		if (this.lines == 0) {
			throw this.csv.invalid("there are no lines (expected: names of columns, then one line for each charge)");
		}
	}

	boolean isByJobs() {
		return this.byJobs.orElse(this.columns.containsKey("job"));
	}

	Map<String, Long> jobs() {
		return this.jobs;
	}

	Map<Cell, Long> totals() {
		return this.totals;
	}

	long lines() {
		return this.lines;
	}

	long nanos() {
		return this.nanos;
	}

	Optional<Instant> first() {
		return Optional.ofNullable(this.first);
	}

	/** The end of what it is of. */
	Optional<Instant> last() {
		return Optional.ofNullable(this.last);
	}

	private void row(List<String> cells) {
		if (this.head) {
			this.head = false;
			head(cells);
			return;
		}
		if (++this.lines > this.most) {
			throw this.csv.invalid(
					"more than " + this.most + " lines. Split the invoice, or raise heliostat.ledger.invoice-lines.");
		}
		try {
			charge(cells, amount(cell(cells, "amount").orElse("")));
		}
		catch (ArithmeticException ex) {
			throw this.csv.invalid("the sum of the amounts is too large");
		}
	}

	private void charge(List<String> cells, long amount) {
		Optional<Instant> time = cell(cells, "time").map(this::time);
		this.nanos = Math.addExact(this.nanos, amount);
		if (isByJobs()) {
			String job = cell(cells, "job").orElseThrow(() -> this.csv.invalid("the job's id is empty"));
			this.jobs.merge(job, amount, Math::addExact);
		}
		else {
			Instant day = time.orElseThrow(() -> this.csv.invalid("the day is empty"));
			Instant begin = LocalDate.ofInstant(day, ZoneOffset.UTC).atStartOfDay(ZoneOffset.UTC).toInstant();
			this.totals.merge(new Cell(begin, cell(cells, "model")), amount, Math::addExact);
		}
	}

	private void head(List<String> cells) {
		Map<String, Integer> names = new HashMap<>();
		for (int i = 0; i < cells.size(); i++) {
			names.putIfAbsent(plain(cells.get(i)), i);
		}
		this.named.forEach((column, name) -> {
			if (name.isPresent() && !names.containsKey(plain(name.get()))) {
				throw ReportQuery.invalid(column + "_column", name.get(), "one of " + String.join(", ", cells));
			}
			name.map(List::of)
				.orElse(USUAL.getOrDefault(column, List.of()))
				.stream()
				.map(Invoice::plain)
				.filter(names::containsKey)
				.findFirst()
				.ifPresent(found -> this.columns.put(column, names.getOrDefault(found, 0)));
		});
		need("amount");
		need(isByJobs() ? "job" : "time");
	}

	private void need(String column) {
		if (!this.columns.containsKey(column)) {
			throw new GatewayError.MissingParameter(column + "_column",
					"The invoice has no column that looks like the " + column + ". Name it with " + column
							+ "_column; usual names are " + String.join(", ", USUAL.getOrDefault(column, List.of()))
							+ ".")
				.asException();
		}
	}

	private static String plain(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
	}

	private Optional<String> cell(List<String> cells, String column) {
		Integer index = this.columns.get(column);
		return (index == null || index >= cells.size()) ? Optional.empty()
				: Optional.of(cells.get(index)).filter(text -> !text.isEmpty());
	}

	private long amount(String text) {
		String plain = text.replace("$", "").replace("USD", "").strip();
		if (!AMOUNT.matcher(plain).matches()) {
			throw this.csv
				.invalid("the amount '" + shown(text) + "' is not understood (expected: a number such as 0.04)");
		}
		BigDecimal amount = new BigDecimal(plain);
		if (amount.abs().compareTo(LARGEST) > 0) {
			throw this.csv.invalid("the amount '" + shown(text) + "' is too large");
		}
		return amount.movePointRight(this.exponent).setScale(0, RoundingMode.HALF_UP).longValueExact();
	}

	private Instant time(String text) {
		String plain = text.strip().replace(' ', 'T').replaceFirst("TUTC$", "Z");
		try {
			if (plain.matches("\\d{4}-\\d{2}-\\d{2}")) {
				Instant day = LocalDate.parse(plain).atStartOfDay(ZoneOffset.UTC).toInstant();
				seen(day, day.plus(Duration.ofDays(1)));
				return day;
			}
			Instant at = plain.matches("\\d{10}") ? Instant.ofEpochSecond(Long.parseLong(plain))
					: plain.matches(".*(Z|[+-]\\d{2}:?\\d{2})$") ? OffsetDateTime.parse(plain).toInstant()
							: LocalDateTime.parse(plain).toInstant(ZoneOffset.UTC);
			seen(at, at.plusMillis(1));
			return at;
		}
		catch (DateTimeException ex) {
			throw this.csv.invalid("the time '" + shown(text) + "' is not understood (expected: 2026-01-31 or "
					+ "2026-01-31T12:00:00Z)");
		}
	}

	private void seen(Instant from, Instant to) {
		this.first = (this.first == null || from.isBefore(this.first)) ? from : this.first;
		this.last = (this.last == null || to.isAfter(this.last)) ? to : this.last;
	}

	private static String shown(String text) {
		return (text.length() <= 40) ? text : text.substring(0, 40) + "…";
	}

}
