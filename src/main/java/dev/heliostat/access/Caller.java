package dev.heliostat.access;

/**
 * Who asks: owns the generations and pictures that it makes.
 *
 * @param keyId the key's id, kept through rotation
 * @param project the id of the project that its budgets and limits belong to
 * @param kind what the key may be used for
 */
public record Caller(String keyId, String project, Kind kind) {

	/** What a key may be used for. */
	public enum Kind {

		/** Spends money. */
		LIVE,
		/** Never spends: every model is served by the sandbox. */
		TEST,
		/** Administers. */
		ADMIN

	}

}
