package dev.heliostat.nodes;

/**
 * Redis did not answer in time, or not as it should: go on without it.
 */
public final class RedisUnavailableException extends RuntimeException {

	static final RedisUnavailableException KNOWN = new RedisUnavailableException();

	private RedisUnavailableException() {
		// Made once, so where it was made says nothing.
		super("Redis does not answer", null, false, false);
	}

}
