package dev.heliostat.access;

import java.util.List;

/**
 * The gateway's secrets as configured.
 *
 * @param current the secret in force; empty to use the one under the data directory
 * @param previous secrets that still verify during a rotation
 */
record SecretProperties(String current, List<String> previous) {

	private static final int SHORTEST = 32;

	SecretProperties {
		if (!current.isEmpty() && current.length() < SHORTEST) {
			throw new WeakKeyException(
					"heliostat.secret-key: " + current.length() + " characters (expected: at least " + SHORTEST + ")");
		}
		previous = List.copyOf(previous);
	}

	/** Shows no secret. */
	@Override
	public String toString() {
		return "SecretProperties[***]";
	}

}
