package dev.heliostat.access;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import reactor.core.publisher.Mono;

/**
 * Where it is counted what callers have asked for, and what they have under way.
 */
interface LimitCounters {

	/** When to look again whether a generation has ended. */
	long SOON = 1000;

	/**
	 * A wish that cannot be granted now.
	 *
	 * @param message why
	 * @param after when it may be granted
	 */
	record Blocked(String message, Duration after) {
	}

	/** What came of a wish: one of both. */
	record Try(Optional<Permit> permit, Optional<Blocked> blocked) {

		static Try granted(Permit permit) {
			return new Try(Optional.of(permit), Optional.empty());
		}

		static Try blocked(String message, long millis) {
			return new Try(Optional.empty(), Optional.of(new Blocked(message, Duration.ofMillis(millis))));
		}

	}

	/**
	 * What is left of a limit.
	 *
	 * @param limit which one
	 * @param amount how much
	 * @param reset the milliseconds until nothing of all that counts any more
	 */
	record Left(Limit limit, double amount, long reset) {
	}

	/** Takes all that is demanded, or nothing. Never fails for want of an answer. */
	Mono<Try> take(Demand demand);

	/** What is left of limits. */
	Mono<List<Left>> left(List<Limit> limits);

	/** Has something run each time that a generation ends here. */
	void onEnd(Runnable look);

	/** How often whoever waits looks again. */
	Duration pace();

}
