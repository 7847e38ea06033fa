package dev.heliostat.ledger;

/**
 * How much of everything that budgets count.
 *
 * @param micros micros of US dollars
 * @param images pictures
 * @param pixels pixels of all pictures together
 */
public record Amounts(long micros, long images, long pixels) {

	public static final Amounts NONE = new Amounts(0, 0, 0);

	/** Both together. */
	public Amounts plus(Amounts other) {
		return new Amounts(Math.addExact(this.micros, other.micros), Math.addExact(this.images, other.images),
				Math.addExact(this.pixels, other.pixels));
	}

	/** How much of one measure, in the units that are counted. */
	public long of(Measure measure) {
		return switch (measure) {
			case USD_MICROS -> this.micros;
			case IMAGES -> this.images;
			case MEGAPIXELS -> this.pixels;
		};
	}

}
