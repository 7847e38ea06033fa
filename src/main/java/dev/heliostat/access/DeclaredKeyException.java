package dev.heliostat.access;

/**
 * A key in the configuration cannot be understood.
 */
class DeclaredKeyException extends RuntimeException {

	DeclaredKeyException(String message) {
		super(message);
	}

}
