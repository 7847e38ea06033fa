package dev.heliostat.provider;

/**
 * Wraps whatever went wrong between a request and its answer.
 */
final class NoAnswerException extends RuntimeException {

	private static final long serialVersionUID = 1;

	NoAnswerException(Throwable cause) {
		super(cause.getMessage(), cause, false, false);
	}

}
