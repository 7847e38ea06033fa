package dev.heliostat.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

import dev.heliostat.image.Billed;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.Comparison.Difference;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Compares the ledger with a provider's invoice, by jobs or by the totals of days and
 * models, and settles what may have been billed by what the invoice says.
 */
public final class Reconciliation {

	/** How long before its last submission a generation may have begun. */
	private static final Duration EARLIER = Duration.ofHours(26);

	/** Half a micro, in billionths of a dollar. */
	private static final long TOLERANCE = 500;

	private final GenerationReports reports;

	private final Corrections corrections;

	private final int lines;

	Reconciliation(GenerationReports reports, Corrections corrections, int lines) {
		this.reports = reports;
		this.corrections = corrections;
		this.lines = lines;
	}

	/** How many lines an invoice may have. */
	public int mostLines() {
		return this.lines;
	}

	/**
	 * What is compared.
	 *
	 * @param provider whose invoice it is
	 * @param from submissions since then
	 * @param to submissions before then
	 * @param apply whether the ledger is corrected where something may have been billed
	 */
	public record Scope(String provider, Instant from, Instant to, boolean apply) {

		private boolean has(AttemptRecord attempt) {
			return attempt.provider().equals(this.provider) && !attempt.startedAt().isBefore(this.from)
					&& attempt.startedAt().isBefore(this.to);
		}

	}

	private Flux<GenerationRecord> generations(Scope scope) {
		return this.reports.ofProvider(scope.provider(), scope.from().minus(EARLIER), scope.to());
	}

	/**
	 * Compares job by job.
	 * @param theirs the amount of each job in billionths of a dollar; it is used up
	 */
	public Mono<Comparison> byJobs(Scope scope, Map<String, Long> theirs) {
		Comparison comparison = new Comparison();
		return generations(scope).concatMap(generation -> {
			Map<Integer, Correction> corrections = new TreeMap<>();
			for (int i = 0; i < generation.attempts().size(); i++) {
				AttemptRecord attempt = generation.attempts().get(i);
				Optional<Correction> correction = attempt.provider().equals(scope.provider())
						? job(scope, generation, attempt, theirs, comparison) : Optional.empty();
				if (correction.isPresent()) {
					corrections.put(i, correction.get());
				}
			}
			return correct(scope, generation, corrections, comparison);
		}, 1).then(Mono.fromSupplier(() -> {
			theirs.forEach((job, nanos) -> comparison.theirs()
				.add(new Difference(job, Optional.empty(), 0, 0, Optional.of(nanos), Optional.empty())));
			return comparison;
		}));
	}

	private static Optional<Correction> job(Scope scope, GenerationRecord generation, AttemptRecord attempt,
			Map<String, Long> theirs, Comparison comparison) {
		long micros = attempt.charge().micros();
		Optional<String> job = attempt.job();
		if (job.isEmpty()) {
			if (scope.has(attempt) && micros > 0) {
				comparison.cannotCompare(micros);
			}
			return Optional.empty();
		}
		Optional<Long> nanos = Optional.ofNullable(theirs.remove(job.get()));
		if (attempt.billed().isEmpty() || (nanos.isEmpty() && !scope.has(attempt))) {
			return Optional.empty();
		}
		boolean maybe = attempt.billed().get() == Billed.MAYBE;
		if (maybe) {
			Correction correction = nanos.filter(amount -> amount > 0)
				.map(amount -> new Correction(Billed.YES, new Money(Math.floorDiv(amount + TOLERANCE, 1000))))
				.orElse(new Correction(Billed.NO, Money.ZERO));
			comparison.maybe()
				.add(new Difference(job.get(), Optional.of(generation.id()), 0, micros, nanos,
						Optional.of((correction.billed() == Billed.YES) ? "billed" : "unbilled")));
			return Optional.of(correction);
		}
		Difference difference = new Difference(job.get(), Optional.of(generation.id()), micros, 0, nanos,
				Optional.empty());
		if (Math.abs(nanos.orElse(0L) - micros * 1000) <= TOLERANCE) {
			comparison.match();
		}
		else {
			(nanos.isPresent() ? comparison.amounts() : comparison.ours()).add(difference);
		}
		return Optional.empty();
	}

	/** The total of a day, and of a model where the invoice tells models apart. */
	public record Cell(Instant day, Optional<String> model) {

		@Override
		public String toString() {
			return this.day.toString().substring(0, 10) + this.model.map(name -> " " + name).orElse("");
		}

	}

	private static final class Total {

		private long micros;

		private long maybeMicros;

		private long attempts;

		private Optional<String> resolution = Optional.empty();

	}

	/**
	 * Compares totals. What may have been billed is resolved where the invoice agrees
	 * with all of it, or with none of it.
	 * @param theirs the amount of each total in billionths of a dollar
	 */
	public Mono<Comparison> byTotals(Scope scope, Map<Cell, Long> theirs) {
		boolean models = theirs.keySet().stream().anyMatch(cell -> cell.model().isPresent());
		Map<Cell, Total> ours = new HashMap<>();
		Comparison comparison = new Comparison();
		return generations(scope)
			.doOnNext(generation -> generation.attempts()
				.stream()
				.filter(scope::has)
				.forEach(attempt -> add(
						ours.computeIfAbsent(cell(generation, attempt, models, theirs), fresh -> new Total()),
						attempt)))
			.then(Mono.fromRunnable(() -> compare(ours, new HashMap<>(theirs), comparison)))
			.then(Mono.defer(() -> scope.apply() ? settle(scope, ours, models, theirs, comparison) : Mono.empty()))
			.thenReturn(comparison);
	}

	/** An invoice names a model by its own id, or as we do. */
	private static Cell cell(GenerationRecord generation, AttemptRecord attempt, boolean models,
			Map<Cell, Long> theirs) {
		Instant day = Instant.ofEpochMilli(attempt.startedAt().toEpochMilli() / RollUps.DAY * RollUps.DAY);
		if (!models) {
			return new Cell(day, Optional.empty());
		}
		String own = attempt.executedModel().substring(attempt.executedModel().indexOf('/') + 1);
		Cell bySlug = new Cell(day, Optional.of(generation.model()));
		Cell byOwn = new Cell(day, Optional.of(own));
		return (theirs.containsKey(bySlug) && !theirs.containsKey(byOwn)) ? bySlug : byOwn;
	}

	private static void add(Total total, AttemptRecord attempt) {
		total.attempts++;
		attempt.billed().ifPresent(billed -> {
			switch (billed) {
				case YES -> total.micros += attempt.charge().micros();
				case MAYBE -> total.maybeMicros += attempt.charge().micros();
				case NO -> {
					// Costs nothing.
				}
			}
		});
	}

	private static void compare(Map<Cell, Total> ours, Map<Cell, Long> theirs, Comparison comparison) {
		ours.forEach((cell, total) -> {
			Optional<Long> nanos = Optional.ofNullable(theirs.remove(cell));
			long settled = nanos.orElse(0L) - total.micros * 1000;
			long withMaybe = settled - total.maybeMicros * 1000;
			long tolerance = TOLERANCE * total.attempts;
			if (total.maybeMicros > 0) {
				total.resolution = Optional.of((Math.abs(settled) <= tolerance) ? "unbilled"
						: (Math.abs(withMaybe) <= tolerance) ? "billed" : "open");
			}
			Difference difference = new Difference(cell.toString(), Optional.empty(), total.micros, total.maybeMicros,
					nanos, total.resolution);
			if (total.maybeMicros > 0) {
				comparison.maybe().add(difference);
			}
			if (Math.abs(settled) <= tolerance) {
				comparison.match();
			}
			else if (total.resolution.filter("billed"::equals).isEmpty()) {
				(nanos.isPresent() ? comparison.amounts() : comparison.ours()).add(difference);
			}
		});
		theirs.forEach((cell, nanos) -> comparison.theirs()
			.add(new Difference(cell.toString(), Optional.empty(), 0, 0, Optional.of(nanos), Optional.empty())));
	}

	private Mono<Void> settle(Scope scope, Map<Cell, Total> ours, boolean models, Map<Cell, Long> theirs,
			Comparison comparison) {
		return generations(scope).concatMap(generation -> {
			Function<AttemptRecord, Optional<String>> resolution = attempt -> Optional
				.ofNullable(ours.get(cell(generation, attempt, models, theirs)))
				.flatMap(total -> total.resolution);
			Map<Integer, Correction> corrections = new TreeMap<>();
			for (int i = 0; i < generation.attempts().size(); i++) {
				AttemptRecord attempt = generation.attempts().get(i);
				if (scope.has(attempt) && attempt.billed().equals(Optional.of(Billed.MAYBE))) {
					switch (resolution.apply(attempt).orElse("open")) {
						case "billed" -> corrections.put(i, new Correction(Billed.YES, attempt.charge()));
						case "unbilled" -> corrections.put(i, new Correction(Billed.NO, Money.ZERO));
						default -> {
							// Stays possible.
						}
					}
				}
			}
			return correct(scope, generation, corrections, comparison);
		}, 1).then();
	}

	private Mono<Void> correct(Scope scope, GenerationRecord generation, Map<Integer, Correction> corrections,
			Comparison comparison) {
		if (!scope.apply() || corrections.isEmpty()) {
			return Mono.empty();
		}
		return this.corrections.correct(generation, corrections).doOnNext(done -> {
			if (done) {
				comparison.correct();
			}
		}).then();
	}

	/** What a possible bill turned out to be. */
	record Correction(Billed billed, Money charge) {
	}

}
