package dev.heliostat.console;

import java.time.Instant;
import java.util.Optional;

/**
 * Two models that each made a picture of one prompt, and which of them was liked better.
 *
 * @param id {@code duel_…}
 * @param keyId whose it is
 * @param project the owner's project
 * @param createdAt when it began
 * @param left the one
 * @param right the other
 * @param vote which was liked better; empty until the vote
 * @param votedAt when that was said
 * @param sandbox whether the sandbox drew both
 */
record Duel(String id, String keyId, String project, Instant createdAt, Side left, Side right, Optional<Vote> vote,
		Optional<Instant> votedAt, boolean sandbox) {

	/** What can be said of two pictures. */
	enum Vote {

		LEFT, RIGHT, TIE, BOTH_BAD

	}

	/**
	 * One of the two.
	 *
	 * @param model the model's slug
	 * @param generation what it made
	 * @param provider who served it; known with the vote
	 * @param micros what that cost
	 * @param millis how long it took
	 */
	record Side(String model, String generation, Optional<String> provider, long micros, long millis) {

		static Side begun(String model, String generation) {
			return new Side(model, generation, Optional.empty(), 0, 0);
		}

	}

}
