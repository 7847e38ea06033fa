package dev.heliostat.attempt;

import java.util.concurrent.TimeUnit;

import dev.heliostat.image.ImageProvider;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderResult;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A provider whose circuit judges finished pictures. Where it is open the call is made
 * all the same, because the plan puts such an offering last; a success then closes it.
 * The circuit only looks on: its own faults change nothing of how a submission ended.
 *
 * @param provider who is judged
 * @param circuit the offering's circuit
 */
record CircuitGuard(ImageProvider provider, CircuitBreaker circuit) implements ImageProvider {

	private static final Logger logger = LoggerFactory.getLogger(CircuitGuard.class);

	@Override
	public Mono<ProviderResult> generate(ProviderCall call) {
		return Mono.defer(() -> {
			boolean permitted = this.circuit.tryAcquirePermission();
			long begin = System.nanoTime();
			return Mono.defer(() -> this.provider.generate(call)).doOnEach(signal -> {
				Throwable error = signal.getThrowable();
				if (error != null) {
					tell(() -> failed(permitted, System.nanoTime() - begin, error));
				}
				else if (signal.isOnNext()) {
					tell(() -> succeeded(permitted, System.nanoTime() - begin));
				}
			}).doOnCancel(() -> tell(() -> release(permitted)));
		});
	}

	private void tell(Runnable end) {
		try {
			end.run();
		}
		catch (RuntimeException ex) {
			logger.error("The circuit of {} could not be told of an end", this.circuit.getName(), ex);
		}
	}

	/** Several may come past an open circuit together; each of them may close it. */
	private void succeeded(boolean permitted, long nanos) {
		if (permitted || this.circuit.getState() == CircuitBreaker.State.CLOSED) {
			this.circuit.onSuccess(nanos, TimeUnit.NANOSECONDS);
		}
		else {
			this.circuit.transitionToClosedState();
		}
	}

	private void failed(boolean permitted, long nanos, Throwable error) {
		if (error instanceof ProviderException known && !known.failure().kind().isOfProvider()) {
			release(permitted);
		}
		else {
			this.circuit.onError(nanos, TimeUnit.NANOSECONDS, error);
		}
	}

	private void release(boolean permitted) {
		if (permitted) {
			this.circuit.releasePermission();
		}
	}

}
