package dev.heliostat.ledger;

import java.util.Locale;
import java.util.Optional;

/**
 * What a budget counts.
 */
public enum Measure {

	/** Micros of US dollars. */
	USD_MICROS(1, 1_000_000_000_000_000L),
	/** Pictures. */
	IMAGES(1, 1_000_000_000_000L),
	/** Millions of pixels; counted by the pixel. */
	MEGAPIXELS(1_000_000, 1_000_000_000_000L);

	private final long units;

	private final long largest;

	Measure(long units, long largest) {
		this.units = units;
		this.largest = largest;
	}

	/** How it is called on the wire and in the store. */
	public String key() {
		return name().toLowerCase(Locale.ROOT);
	}

	/** The measure of a name. */
	public static Optional<Measure> named(String key) {
		for (Measure measure : values()) {
			if (measure.key().equals(key)) {
				return Optional.of(measure);
			}
		}
		return Optional.empty();
	}

	/** An amount in the units that are counted. */
	public long units(long amount) {
		return Math.multiplyExact(amount, this.units);
	}

	/** How many of the units that are counted make one of those that are named. */
	public long unit() {
		return this.units;
	}

	/** The largest amount that a budget may have. */
	public long largest() {
		return this.largest;
	}

}
