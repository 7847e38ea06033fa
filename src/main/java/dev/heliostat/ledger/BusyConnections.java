package dev.heliostat.ledger;

import java.sql.SQLException;

import com.zaxxer.hikari.SQLExceptionOverride;

/**
 * Ends connections to SQLite that could not get its lock in time. When the lock is missed
 * at the beginning of a transaction, the driver takes that for begun all the same: what
 * follows on this connection would be in no transaction at all.
 */
final class BusyConnections implements SQLExceptionOverride {

	/** SQLITE_BUSY; its variants have this as their lowest byte. */
	private static final int BUSY = 5;

	@java.lang.Override
	public Override adjudicate(SQLException failure) {
		return ((failure.getErrorCode() & 0xff) == BUSY) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
	}

}
