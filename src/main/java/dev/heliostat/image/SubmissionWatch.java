package dev.heliostat.image;

import java.time.Duration;
import java.util.Optional;

import reactor.core.publisher.Mono;

/**
 * What a submission tells the generation that it belongs to, and asks of it, while it is
 * under way.
 */
public interface SubmissionWatch {

	/**
	 * Told the upstream job's id as soon as it is known; following the job goes on when
	 * it completes.
	 */
	Mono<Void> accepted(String jobId);

	/**
	 * Told of an unfinished look at the picture, where the provider gives one and the
	 * order wants it. Whoever is told releases its bytes.
	 */
	default void partial(PartialImage partial) {
		partial.content().release();
	}

	/** Told what the provider says of a submission that has not ended. */
	default void stands(SubmissionState state) {
	}

	/** How many unfinished looks are wanted; 0 for none. */
	default int partials() {
		return 0;
	}

	/**
	 * Whether the provider's own URL of a picture will do in place of its bytes.
	 */
	default boolean takesUrls() {
		return false;
	}

	/**
	 * Whether nobody wants the picture any more: a job is then cancelled, where that
	 * certainly stops the bill.
	 */
	default boolean isCancelled() {
		return false;
	}

	/**
	 * How long a job may take before another offering is rather asked: then it is
	 * cancelled, where that certainly stops the bill. Empty for as long as it takes.
	 */
	default Optional<Duration> patience() {
		return Optional.empty();
	}

}
