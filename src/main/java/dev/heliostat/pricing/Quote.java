package dev.heliostat.pricing;

import java.math.BigDecimal;
import java.util.List;

import dev.heliostat.catalog.Pricing;
import dev.heliostat.image.Money;

/**
 * What an offering would charge for a request: an upper bound, known before it runs.
 *
 * @param total the sum, rounded up to a whole micro
 * @param lines what the sum is made of
 */
public record Quote(Money total, List<Line> lines) {

	/** A price of nothing. */
	public static final Quote FREE = new Quote(Money.ZERO, List.of());

	public Quote {
		lines = List.copyOf(lines);
	}

	/**
	 * One component of a quote.
	 *
	 * @param type input or output
	 * @param metric what is counted
	 * @param quantity how much the request is expected to use at most
	 * @param billableQuantity the quantity after the provider's rounding
	 * @param unitPrice dollars for one unit
	 * @param cost dollars, not rounded
	 */
	public record Line(Pricing.Type type, Pricing.Metric metric, BigDecimal quantity, BigDecimal billableQuantity,
			BigDecimal unitPrice, BigDecimal cost) {
	}

}
