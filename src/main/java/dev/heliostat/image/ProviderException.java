package dev.heliostat.image;

/**
 * Carries a {@link ProviderFailure} through a reactive chain.
 */
public class ProviderException extends RuntimeException {

	private final transient ProviderFailure failure;

	public ProviderException(ProviderFailure failure) {
		super(failure.kind() + ": " + failure.message(), null, false, false);
		this.failure = failure;
	}

	public ProviderFailure failure() {
		return this.failure;
	}

}
