package dev.heliostat.access;

/**
 * A configured key or secret is too easy to guess.
 */
class WeakKeyException extends RuntimeException {

	WeakKeyException(String message) {
		super(message);
	}

}
