package dev.heliostat.image;

/**
 * Carries a {@link GatewayError} to the edge, where it becomes the answer. Has no stack
 * trace: it is an outcome, not a defect.
 */
public class GatewayException extends RuntimeException {

	private final transient GatewayError error;

	public GatewayException(GatewayError error) {
		super(error.message(), null, false, false);
		this.error = error;
	}

	public GatewayError error() {
		return this.error;
	}

}
