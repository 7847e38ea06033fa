package dev.heliostat.ledger;

import java.util.List;

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
		/** The same, unless a budget refuses what it reserves. */
		RESERVE,
		/** Its end. */
		SETTLE

	}

	boolean settles() {
		return this.kind == Kind.SETTLE;
	}

	GenerationWrite then(GenerationWrite later) {
		if (settles() || later.settles()) {
			return settles() ? this : later;
		}
		return (this.kind == Kind.RESERVE) ? new GenerationWrite(later.generation, Kind.RESERVE, later.media) : later;
	}

}
