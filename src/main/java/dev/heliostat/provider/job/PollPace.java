package dev.heliostat.provider.job;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to pause before the next poll: a fifth of the model's usual time at first,
 * then longer, with some jitter so that many jobs do not ask at once.
 *
 * @param shortest the shortest pause that the provider should see
 * @param expectedSeconds the model's usual time
 */
record PollPace(Duration shortest, double expectedSeconds) {

	private static final Duration LONGEST = Duration.ofSeconds(5);

	Duration pause(int poll) {
		double seconds = Math.max(this.shortest.toMillis() / 1000.0, this.expectedSeconds / 5 * Math.pow(1.3, poll));
		double longest = Math.max(LONGEST.toSeconds(), this.shortest.toMillis() / 1000.0);
		double jitter = 0.9 + 0.2 * ThreadLocalRandom.current().nextDouble();
		return Duration.ofNanos((long) (Math.min(seconds, longest) * jitter * 1e9));
	}

}
