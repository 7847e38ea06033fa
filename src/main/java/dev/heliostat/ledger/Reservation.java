package dev.heliostat.ledger;

import java.util.List;

/**
 * What became of the wish to take something out of budgets.
 */
public sealed interface Reservation {

	/** Nothing had to be said. */
	Reservation SILENT = new Granted(List.of());

	/**
	 * It is held.
	 *
	 * @param notices budgets that run low
	 */
	record Granted(List<Notice> notices) implements Reservation {
	}

	/**
	 * Nothing was written, because a budget does not have it.
	 *
	 * @param account which budget and window
	 * @param measure what it counts
	 * @param left what it has left, in the units that are counted
	 * @param asked what was asked for, in the same units
	 */
	record Refused(Account account, Measure measure, long left, long asked) implements Reservation {
	}

	/**
	 * A budget that runs low.
	 *
	 * @param account which budget and window
	 * @param measure what it counts
	 * @param limit its amount, in the units that are counted
	 * @param taken what is reserved and used by now
	 * @param first whether nobody was told in this window before
	 */
	record Notice(Account account, Measure measure, long limit, long taken, boolean first) {
	}

}
