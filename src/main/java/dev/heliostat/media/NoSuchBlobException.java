package dev.heliostat.media;

/**
 * There are no bytes where some were kept.
 */
class NoSuchBlobException extends RuntimeException {

	NoSuchBlobException(String name) {
		super("nothing is kept at " + name, null, false, false);
	}

}
