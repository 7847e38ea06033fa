package dev.heliostat.routing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.heliostat.catalog.Offering;

/**
 * Whose turn it is among offerings of one priority: each comes up as often as its weight
 * says, evenly spread.
 */
final class Turns {

	/** Makes a place smaller than the distance of two priorities. */
	private static final double SCALE = 1e6;

	private final Map<String, Integer> credit = new HashMap<>();

	/** Its place among its equals, above -1 and below 1; lower comes first. */
	synchronized double place(Offering offering) {
		return -(this.credit.getOrDefault(offering.key(), 0) + offering.weight()) / SCALE;
	}

	/** Gives the turn to one of several: all gain by their weight, and that one pays. */
	synchronized void take(Offering taken, List<Offering> among) {
		int paid = 0;
		for (Offering offering : among) {
			this.credit.merge(offering.key(), offering.weight(), Integer::sum);
			paid += offering.weight();
		}
		this.credit.merge(taken.key(), -paid, Integer::sum);
	}

}
