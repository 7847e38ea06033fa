package dev.heliostat.media;

/**
 * Bytes that were to be a picture are none, or none that the gateway delivers.
 */
public class NoPictureException extends RuntimeException {

	private final boolean cutOff;

	public NoPictureException(String message) {
		this(message, false);
	}

	private NoPictureException(String message, boolean cutOff) {
		super(message, null, false, false);
		this.cutOff = cutOff;
	}

	/** A picture that begins well and ends too early: fetching it again may help. */
	static NoPictureException cutOff(String format) {
		return new NoPictureException("the " + format + " picture is cut off", true);
	}

	/** A picture that comes so slowly that another connection is worth a try. */
	static NoPictureException tooSlow(long rate) {
		return new NoPictureException("the picture's URL sends less than " + rate
				+ " bytes a second (the operator may lower heliostat.egress.min-rate)", true);
	}

	boolean isCutOff() {
		return this.cutOff;
	}

}
