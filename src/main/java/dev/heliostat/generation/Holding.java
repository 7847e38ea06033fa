package dev.heliostat.generation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import dev.heliostat.access.Budget;
import dev.heliostat.access.Budgets;
import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.catalog.Model;
import dev.heliostat.image.Billed;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.LinkedImage;
import dev.heliostat.image.ProviderImage;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.Account;
import dev.heliostat.ledger.Amounts;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.Hold;
import dev.heliostat.ledger.Reservation.Refused;
import dev.heliostat.pricing.Work;
import reactor.core.publisher.Mono;

/**
 * What a running generation takes out of budgets: for submissions under way what they may
 * cost, for those that have ended what they did. Guarded by its run.
 */
final class Holding {

	/** Taken for a picture whose size nobody can tell beforehand. */
	private static final long LARGE = 2048 * 2048;

	private final List<Account> accounts;

	private final List<Amounts> reserved = new ArrayList<>();

	private final List<String> warnings = new ArrayList<>();

	private Amounts used = Amounts.NONE;

	private Optional<Refused> refused = Optional.empty();

	private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

	/**
	 * Begins with nothing.
	 * @param earlier how many submissions the generation had before, all of them unbilled
	 */
	Holding(List<Budget> budgets, Optional<String> endUser, Instant now, int earlier) {
		this.accounts = Budgets.accounts(budgets, endUser, now);
		for (int i = 0; i < earlier; i++) {
			this.reserved.add(Amounts.NONE);
		}
	}

	/** Whether no budget is concerned. */
	boolean isFree() {
		return this.accounts.isEmpty();
	}

	/** What a submission may cost. */
	static Amounts needed(Work work, Money quote, ImageRequest request, Model model) {
		return new Amounts(quote.micros(), work.pictures(), pixels(work.size(), request, model) * work.pictures());
	}

	/** How large a picture may become: as it is asked for, where that can be told. */
	static long pixels(Optional<ImageSize> asked, ImageRequest request, Model model) {
		return asked.or(() -> size(request)).or(model::maxResolution).map(ImageSize::pixels).orElse(LARGE);
	}

	/** The size that a request names. */
	static Optional<ImageSize> size(ImageRequest request) {
		return Optional.ofNullable(request.parameters().get("size"))
			.flatMap(size -> ImageSize.parse(size.asString("")));
	}

	/** What a submission that has ended did cost, or may have. */
	private static Amounts cost(AttemptOutcome outcome, Billed billed, Money charge, int pictures, long pixels) {
		long micros = switch (billed) {
			case YES, MAYBE -> charge.micros();
			case NO -> 0;
		};
		if (outcome instanceof AttemptOutcome.Served served) {
			List<ProviderImage> all = served.result().images();
			List<ProviderImage> taken = all.subList(0, Math.min(pictures, all.size()));
			long made = 0;
			for (ProviderImage image : taken) {
				made += switch (image) {
					case GeneratedImage known -> known.size().pixels();
					case LinkedImage _ -> pixels / pictures;
				};
			}
			return new Amounts(micros, taken.size(), made);
		}
		return (billed == Billed.MAYBE) ? new Amounts(micros, pictures, pixels) : new Amounts(micros, 0, 0);
	}

	void begin(Amounts needed) {
		this.reserved.add(needed);
	}

	/** Gives back what the latest submissions would have cost. */
	void retract(int submissions) {
		this.reserved.subList(this.reserved.size() - submissions, this.reserved.size()).clear();
	}

	void ended(int attempt, int pictures, AttemptOutcome outcome, Billed billed, Money charge) {
		long pixels = this.reserved.set(attempt, Amounts.NONE).pixels();
		this.used = this.used.plus(cost(outcome, billed, charge, pictures, pixels));
	}

	/** What stands in the generation's row. */
	Optional<Hold> hold() {
		if (isFree()) {
			return Optional.empty();
		}
		Amounts all = this.reserved.stream().reduce(Amounts.NONE, Amounts::plus);
		return Optional.of(new Hold(this.accounts, all, this.used));
	}

	/**
	 * What stands in the row of a generation that another process left behind, when it
	 * has been brought to its end.
	 */
	static Optional<Hold> atEnd(GenerationRecord left, List<AttemptRecord> ended,
			List<Optional<AttemptOutcome>> outcomes) {
		return left.hold().map(hold -> {
			Amounts used = hold.used();
			// Each picture under way takes an equal part of what is held for all.
			long pixels = hold.reserved().pixels() / Math.max(1, hold.reserved().images());
			for (int i = 0; i < ended.size(); i++) {
				AttemptRecord before = left.attempts().get(i);
				if (before.outcome().isEmpty() && outcomes.get(i).isPresent()) {
					used = used.plus(cost(outcomes.get(i).get(), ended.get(i).billed().orElse(Billed.MAYBE),
							ended.get(i).charge(), before.pictures(), pixels * before.pictures()));
				}
			}
			return new Hold(hold.accounts(), Amounts.NONE, used);
		});
	}

	void refuse(Refused refusal) {
		this.refused = Optional.of(refusal);
	}

	/** The refusal that stands in the way of a picture. */
	Optional<Refused> refused() {
		return this.refused;
	}

	/** Whether the budget that refused before would do so again. */
	boolean isBeyond(Amounts needed) {
		return this.refused.filter(known -> needed.of(known.measure()) > known.left()).isPresent();
	}

	void warn(String warning) {
		if (!this.warnings.contains(warning)) {
			this.warnings.add(warning);
		}
	}

	List<String> warnings() {
		return List.copyOf(this.warnings);
	}

	/**
	 * Begins a write when all earlier ones have ended: a refused one takes back what
	 * later ones would otherwise have written.
	 */
	<T> Mono<T> inTurn(Supplier<Mono<T>> write) {
		CompletableFuture<T> mine = this.last.handle((end, failure) -> write.get().toFuture())
			.thenCompose(written -> written);
		this.last = mine;
		return Mono.fromFuture(mine, true);
	}

}
