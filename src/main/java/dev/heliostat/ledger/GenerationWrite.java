package dev.heliostat.ledger;

import java.util.List;

import dev.heliostat.image.Billed;
import dev.heliostat.image.Money;

/**
 * A generation as it is to be written. A later write of the same generation replaces an
 * earlier one of the same batch, because each holds the whole record; a settling write is
 * final.
 *
 * @param generation the record
 * @param kind what is written
 * @param media pictures that become known with it
 */
record GenerationWrite(GenerationRecord generation, Kind kind, List<MediaRecord> media) {

	GenerationWrite(GenerationRecord generation, Kind kind) {
		this(generation, kind, List.of());
	}

	/** What is written, in the order in which a batch does it. */
	enum Kind {

		/** A first record, unless its idempotency key is taken. */
		CLAIM,
		/** The record as it stands. */
		SAVE,
		/** Its end. */
		SETTLE

	}

	boolean settles() {
		return this.kind == Kind.SETTLE;
	}

	private static final long HOUR = 3_600_000;

	GenerationWrite then(GenerationWrite later) {
		return settles() ? this : later;
	}

	/** What the generation adds to the roll-ups. */
	List<Spend> spends() {
		GenerationRecord record = this.generation;
		long hour = record.createdAt().toEpochMilli() / HOUR * HOUR;
		return record.attempts().stream().skip(record.booked()).map(attempt -> {
			boolean served = attempt.outcome().filter("served"::equals).isPresent();
			return new Spend(new SpendKey(record.project(), record.keyId(), record.model(), attempt.provider(), hour),
					1, served ? attempt.pictures() : 0, amount(attempt, Billed.YES), amount(attempt, Billed.MAYBE));
		}).toList();
	}

	private static long amount(GenerationRecord.AttemptRecord attempt, Billed billed) {
		return attempt.billed().filter(billed::equals).map(same -> attempt.charge()).orElse(Money.ZERO).micros();
	}

	/** The row of a roll-up. */
	record SpendKey(String project, String keyId, String model, String provider,
			long hour) implements Comparable<SpendKey> {

		@Override
		public int compareTo(SpendKey other) {
			return sortKey().compareTo(other.sortKey());
		}

		private String sortKey() {
			return this.project + '\u0000' + this.keyId + '\u0000' + this.model + '\u0000' + this.provider + '\u0000'
					+ this.hour;
		}

	}

	/** What is added to the row of a roll-up. */
	record Spend(SpendKey key, long attempts, long images, long settledMicros, long maybeMicros) {

		Spend plus(Spend other) {
			return new Spend(this.key, this.attempts + other.attempts, this.images + other.images,
					this.settledMicros + other.settledMicros, this.maybeMicros + other.maybeMicros);
		}

	}

}
