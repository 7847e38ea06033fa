package dev.heliostat.access;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A key as operators see it: everything but the secret.
 *
 * @param id its id, kept through rotation
 * @param kind what it may be used for
 * @param project the id of its project
 * @param name its name for people
 * @param lastFour the end of its secret; empty where only a hash is known
 * @param scope what it may use
 * @param tags the operator's own words about it
 * @param limits how fast it may ask; empty where configuration alone says so
 * @param version counts its changes
 * @param source where it comes from
 * @param createdAt when it was made; empty for configured ones
 * @param expiresAt when it stops being good
 * @param revokedAt when it was revoked
 * @param replaced its secrets before rotation that are still good
 */
public record AccessKey(String id, Caller.Kind kind, String project, String name, Optional<String> lastFour,
		Scope scope, Map<String, String> tags, Optional<Rates> limits, long version, Source source,
		Optional<Instant> createdAt, Optional<Instant> expiresAt, Optional<Instant> revokedAt,
		List<Replaced> replaced) {

	public AccessKey {
		tags = Map.copyOf(tags);
		replaced = List.copyOf(replaced);
	}

	/** Whether it opens anything at an instant. */
	public Status status(Instant now) {
		if (this.revokedAt.isPresent()) {
			return Status.REVOKED;
		}
		return this.expiresAt.filter(end -> !end.isAfter(now)).isPresent() ? Status.EXPIRED : Status.ACTIVE;
	}

	/** Where a key comes from. */
	public enum Source {

		/** Made through the API, or at the first start. */
		STORED,
		/** From configuration; cannot be changed through the API. */
		DECLARED

	}

	/** Whether a key is good. */
	public enum Status {

		ACTIVE, EXPIRED, REVOKED

	}

	/**
	 * A secret that was replaced by rotation.
	 *
	 * @param lastFour its end
	 * @param validUntil when it stops being good
	 */
	public record Replaced(String lastFour, Instant validUntil) {
	}

}
