package dev.heliostat.ledger;

import java.util.List;

/**
 * What a generation takes out of budgets. It stands in the generation's row, so that the
 * difference to what is written next says what changes in the budgets, whoever writes it
 * and however often.
 *
 * @param accounts the budgets' windows that it is taken out of
 * @param reserved for submissions under way, at their quotes
 * @param used for those that have ended, billed or perhaps billed
 */
public record Hold(List<Account> accounts, Amounts reserved, Amounts used) {

	static final Hold NOTHING = new Hold(List.of(), Amounts.NONE, Amounts.NONE);

	public Hold {
		accounts = List.copyOf(accounts);
	}

	long reserved(Account account, Measure measure) {
		return this.accounts.contains(account) ? this.reserved.of(measure) : 0;
	}

	long used(Account account, Measure measure) {
		return this.accounts.contains(account) ? this.used.of(measure) : 0;
	}

}
