package dev.heliostat.access;

import java.util.OptionalLong;

import dev.heliostat.image.GatewayError;

/**
 * Which version of something a client means to change.
 *
 * @param expected the version that it saw; empty for whichever there is
 */
public record Version(OptionalLong expected) {

	/** Whichever there is. */
	public static final Version ANY = new Version(OptionalLong.empty());

	/** Fails with {@code PreconditionFailed} when somebody else changed it meanwhile. */
	public void check(String what, long current) {
		if (this.expected.isPresent() && this.expected.getAsLong() != current) {
			throw new GatewayError.PreconditionFailed("The " + what + " was changed meanwhile: it is at version "
					+ current + ", not " + this.expected.getAsLong() + ". Get it again and repeat the change.")
				.asException();
		}
	}

}
