package dev.heliostat.ledger;

import java.util.Comparator;

/**
 * One window of a budget, for one end user where the budget is each end user's.
 *
 * @param budget the budget's id
 * @param windowStart when the window began, in epoch milliseconds; 0 for the one that
 * never ends
 * @param endUser a keyed hash; empty where the budget is shared
 */
public record Account(String budget, long windowStart, String endUser) implements Comparable<Account> {

	private static final Comparator<Account> ORDER = Comparator.comparing(Account::budget)
		.thenComparing(Account::windowStart)
		.thenComparing(Account::endUser);

	@Override
	public int compareTo(Account other) {
		return ORDER.compare(this, other);
	}

}
