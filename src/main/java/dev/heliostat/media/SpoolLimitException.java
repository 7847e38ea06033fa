package dev.heliostat.media;

/**
 * A stream was longer than its cap.
 */
public class SpoolLimitException extends RuntimeException {

	public SpoolLimitException(long cap) {
		super("more than " + cap + " bytes", null, false, false);
	}

}
