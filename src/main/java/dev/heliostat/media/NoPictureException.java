package dev.heliostat.media;

/**
 * Bytes that were to be a picture are none, or none that the gateway delivers.
 */
public class NoPictureException extends RuntimeException {

	public NoPictureException(String message) {
		super(message, null, false, false);
	}

}
