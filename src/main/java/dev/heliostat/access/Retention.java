package dev.heliostat.access;

import java.time.Duration;
import java.util.Optional;

/**
 * How long what a project's requests hold is kept.
 *
 * @param prompts prompts; zero for not at all, empty where configuration says it
 * @param media finished pictures; empty where configuration says it
 */
public record Retention(Optional<Duration> prompts, Optional<Duration> media) {

	/** As configuration says. */
	public static final Retention UNSAID = new Retention(Optional.empty(), Optional.empty());

}
