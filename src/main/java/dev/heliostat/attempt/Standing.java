package dev.heliostat.attempt;

/**
 * Whether an offering is asked in its turn, or only after all others.
 */
public enum Standing {

	/** It is asked in its turn. */
	READY,
	/**
	 * It failed, and has not been asked for a while: one request asks it in its turn, as
	 * if nothing had been, to see whether it is well again.
	 */
	PROBE,
	/** It asked to be left alone for a while. */
	RESTING,
	/** Its circuit is open. */
	OPEN;

	/** Whether it is asked only after all others. */
	public boolean isLast() {
		return switch (this) {
			case READY, PROBE -> false;
			case RESTING, OPEN -> true;
		};
	}

}
