package dev.heliostat.image;

import java.util.Locale;

/**
 * Whether the provider charges for an attempt.
 */
public enum Billed {

	YES, NO,
	/** It cannot be known: the request was sent, and its end was not seen. */
	MAYBE;

	/** The word for it in JSON, metrics and the ledger. */
	public String key() {
		return name().toLowerCase(Locale.ROOT);
	}

}
