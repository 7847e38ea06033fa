package dev.heliostat.attempt;

import java.time.Duration;

import dev.heliostat.catalog.Offering;
import dev.heliostat.image.Billed;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Tries one offering once, records what that says of its health, and turns every end into
 * an {@link AttemptOutcome}.
 */
public final class Attempts {

	private static final Logger logger = LoggerFactory.getLogger(Attempts.class);

	/** A job is given up by whoever follows it, who then cancels it. */
	private static final Duration AFTER_GIVING_UP = Duration.ofMinutes(1);

	private final Health health;

	Attempts(Health health) {
		this.health = health;
	}

	/**
	 * Submits and follows. Never fails. From the outside in there are the circuit, the
	 * time limit, and the provider with its credentials in turn, each behind a rate
	 * limiter and a bulkhead of its own.
	 * @param size what its speed and success are measured for
	 */
	public Mono<AttemptOutcome> attempt(Offering offering, ImageProvider provider, ProviderCall call, SizeClass size) {
		return Mono.defer(() -> {
			OfferingHealth measured = this.health.of(offering);
			ImageProvider guarded = new CircuitGuard(new TimeLimit(provider, offering.giveUp().plus(AFTER_GIVING_UP)),
					measured.circuit());
			long begin = System.nanoTime();
			return guarded.generate(call)
				.<AttemptOutcome>map(result -> new AttemptOutcome.Served(result, since(begin)))
				.onErrorResume(error -> Mono.just(failure(offering, error, since(begin))))
				.doOnNext(outcome -> measure(measured, size, outcome));
		});
	}

	private static AttemptOutcome failure(Offering offering, Throwable error, Duration duration) {
		if (error instanceof ProviderException exception) {
			ProviderFailure failure = exception.failure();
			return failure.kind().isCallerFault() ? new AttemptOutcome.Refused(failure, duration)
					: new AttemptOutcome.Failed(failure, duration);
		}
		logger.error("The adapter of {} failed unexpectedly; the attempt counts as billed maybe", offering.key(),
				error);
		return new AttemptOutcome.Failed(ProviderFailure.of(ProviderFailure.Kind.UPSTREAM_ERROR, Billed.MAYBE,
				"the gateway could not follow the request to its end"), duration);
	}

	private static void measure(OfferingHealth measured, SizeClass size, AttemptOutcome outcome) {
		measured.asked();
		switch (outcome) {
			case AttemptOutcome.Served served -> measured.served(size, served.duration());
			case AttemptOutcome.Refused _ -> {
				// Says nothing about the offering.
			}
			case AttemptOutcome.Failed failed -> {
				if (failed.failure().kind().isOfProvider()) {
					measured.failed(size);
					failed.failure().retryAfter().ifPresent(measured::rest);
				}
			}
		}
	}

	private static Duration since(long begin) {
		return Duration.ofNanos(System.nanoTime() - begin);
	}

}
