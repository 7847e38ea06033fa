package dev.heliostat.attempt;

import java.util.concurrent.TimeUnit;

import dev.heliostat.image.ImageProvider;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderResult;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import reactor.core.publisher.Mono;

/**
 * A provider whose circuit judges finished pictures. Where it is open the call is made
 * all the same, because the plan puts such an offering last; a success then closes it.
 *
 * @param provider who is judged
 * @param circuit the offering's circuit
 */
record CircuitGuard(ImageProvider provider, CircuitBreaker circuit) implements ImageProvider {

	@Override
	public Mono<ProviderResult> generate(ProviderCall call) {
		return Mono.defer(() -> {
			boolean permitted = this.circuit.tryAcquirePermission();
			long begin = System.nanoTime();
			return Mono.defer(() -> this.provider.generate(call))
				.doOnSuccess(result -> succeeded(permitted, System.nanoTime() - begin))
				.doOnError(error -> failed(permitted, System.nanoTime() - begin, error))
				.doOnCancel(() -> release(permitted));
		});
	}

	private void succeeded(boolean permitted, long nanos) {
		if (!permitted && this.circuit.getState() == CircuitBreaker.State.OPEN) {
			this.circuit.transitionToHalfOpenState();
		}
		this.circuit.onSuccess(nanos, TimeUnit.NANOSECONDS);
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
