package dev.heliostat.ledger;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the ledger and a provider's invoice say of the same things, where they differ. Of
 * each kind of difference the first thousand are listed, and all are counted.
 */
public final class Comparison {

	private static final int MOST = 1000;

	private final Differences amounts = new Differences();

	private final Differences ours = new Differences();

	private final Differences theirs = new Differences();

	private final Differences maybe = new Differences();

	private long matched;

	private long incomparable;

	private long incomparableMicros;

	private long corrected;

	/**
	 * One difference.
	 *
	 * @param what the job, or the day and the model
	 * @param generation the generation that it belongs to
	 * @param oursMicros what the ledger has as settled
	 * @param maybeMicros what the ledger has as possibly billed
	 * @param theirsNanos what the invoice has; empty where it has nothing
	 * @param resolution what became of a possible bill: {@code billed}, {@code unbilled}
	 * or {@code open}
	 */
	public record Difference(String what, Optional<String> generation, long oursMicros, long maybeMicros,
			Optional<Long> theirsNanos, Optional<String> resolution) {

		/** What the invoice has, in micros. */
		public Optional<BigDecimal> theirsMicros() {
			return this.theirsNanos.map(nanos -> BigDecimal.valueOf(nanos, 3).stripTrailingZeros());
		}

	}

	/** Differences of one kind. */
	public static final class Differences {

		private final List<Difference> first = new ArrayList<>();

		private long count;

		void add(Difference difference) {
			this.count++;
			if (this.first.size() < MOST) {
				this.first.add(difference);
			}
		}

		/** The first of them. */
		public List<Difference> first() {
			return this.first;
		}

		/** How many there are. */
		public long count() {
			return this.count;
		}

	}

	void match() {
		this.matched++;
	}

	void cannotCompare(long micros) {
		this.incomparable++;
		this.incomparableMicros += micros;
	}

	void correct() {
		this.corrected++;
	}

	/** Amounts that differ by more than half a micro for each submission. */
	public Differences amounts() {
		return this.amounts;
	}

	/** What only the ledger has. */
	public Differences ours() {
		return this.ours;
	}

	/** What only the invoice has. */
	public Differences theirs() {
		return this.theirs;
	}

	/** What may have been billed, and what the invoice says of it. */
	public Differences maybe() {
		return this.maybe;
	}

	/** What agrees. */
	public long matched() {
		return this.matched;
	}

	/**
	 * Submissions without a job's id, which an invoice by jobs cannot be compared with.
	 */
	public long incomparable() {
		return this.incomparable;
	}

	/** What those cost, or may have cost. */
	public long incomparableMicros() {
		return this.incomparableMicros;
	}

	/** Generations whose possible bill was settled in the ledger. */
	public long corrected() {
		return this.corrected;
	}

}
