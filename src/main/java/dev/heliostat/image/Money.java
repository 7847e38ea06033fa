package dev.heliostat.image;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount of US dollars in whole micros (one millionth of a dollar).
 *
 * @param micros the amount; never negative
 */
public record Money(long micros) implements Comparable<Money> {

	public static final Money ZERO = new Money(0);

	public Money {
		if (micros < 0) {
			throw new IllegalArgumentException("micros: " + micros + " (expected: >= 0)");
		}
	}

	/** Rounds a decimal amount of dollars up to a whole micro: the form of a quote. */
	public static Money ceiling(BigDecimal usd) {
		return of(usd, RoundingMode.CEILING);
	}

	/**
	 * Rounds a decimal amount of dollars half up to a whole micro: the form of a charge.
	 */
	public static Money halfUp(BigDecimal usd) {
		return of(usd, RoundingMode.HALF_UP);
	}

	private static Money of(BigDecimal usd, RoundingMode mode) {
		return new Money(usd.movePointRight(6).setScale(0, mode).longValueExact());
	}

	public Money plus(Money other) {
		return new Money(Math.addExact(this.micros, other.micros));
	}

	public Money times(int factor) {
		return new Money(Math.multiplyExact(this.micros, factor));
	}

	/** The amount in dollars, exact. */
	public BigDecimal usd() {
		return BigDecimal.valueOf(this.micros, 6);
	}

	@Override
	public int compareTo(Money other) {
		return Long.compare(this.micros, other.micros);
	}

}
