package dev.heliostat.attempt;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.heliostat.catalog.Offering;
import dev.heliostat.image.Billed;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Tries one offering once, records what that says of its health, and turns every end into
 * an {@link AttemptOutcome}.
 */
public final class Attempts {

	private static final Logger logger = LoggerFactory.getLogger(Attempts.class);

	private final Health health;

	Attempts(Health health) {
		this.health = health;
	}

	/**
	 * Submits and follows. Never fails. The circuit judges the finished picture; where it
	 * is open the call is made all the same, because the plan puts such an offering last,
	 * and a success then lets the circuit be probed at once.
	 */
	public Mono<AttemptOutcome> attempt(Offering offering, ImageProvider provider, ProviderCall call) {
		return Mono.defer(() -> {
			OfferingHealth measured = this.health.of(offering);
			boolean permitted = measured.circuit().tryAcquirePermission();
			long begin = System.nanoTime();
			return Mono.defer(() -> provider.generate(call))
				.<AttemptOutcome>map(result -> new AttemptOutcome.Served(result, since(begin)))
				.onErrorResume(error -> Mono.just(failure(offering, error, since(begin))))
				.doOnNext(outcome -> record(measured, permitted, outcome));
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

	private static void record(OfferingHealth measured, boolean permitted, AttemptOutcome outcome) {
		CircuitBreaker circuit = measured.circuit();
		long nanos = outcome.duration().toNanos();
		switch (outcome) {
			case AttemptOutcome.Served _ -> {
				measured.served(outcome.duration());
				if (!permitted && circuit.getState() == CircuitBreaker.State.OPEN) {
					circuit.transitionToHalfOpenState();
				}
				circuit.onSuccess(nanos, TimeUnit.NANOSECONDS);
			}
			case AttemptOutcome.Refused _ -> {
				if (permitted) {
					circuit.releasePermission();
				}
			}
			case AttemptOutcome.Failed failed -> {
				measured.failed();
				circuit.onError(nanos, TimeUnit.NANOSECONDS, new ProviderException(failed.failure()));
			}
		}
	}

	private static Duration since(long begin) {
		return Duration.ofNanos(System.nanoTime() - begin);
	}

}
