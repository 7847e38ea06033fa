package dev.heliostat.attempt;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.node.JsonNodeFactory;

import dev.heliostat.image.Billed;
import dev.heliostat.image.Capability;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderResult;
import dev.heliostat.image.SubmissionWatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A circuit looks on: whatever becomes of it, what a provider answered stays what it was.
 */
class CircuitGuardTest {

	private static final ProviderResult PICTURE = new ProviderResult(List.of(), Optional.empty(), Optional.empty(),
			Map.of(), Duration.ZERO);

	private static final ProviderCall CALL = new ProviderCall("picture", Capability.GENERATE,
			JsonNodeFactory.instance.objectNode(), List.of(), Optional.empty(), 1, 0, new SubmissionWatch() {
				@Override
				public Mono<Void> accepted(String jobId) {
					return Mono.empty();
				}
			}, Optional.empty(), Optional.empty(), Optional.empty());

	/** A circuit that fails whenever it is told of an end. */
	private static CircuitBreaker broken() {
		CircuitBreaker real = CircuitBreaker.ofDefaults("test");
		return (CircuitBreaker) Proxy.newProxyInstance(CircuitBreaker.class.getClassLoader(),
				new Class<?>[] { CircuitBreaker.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("onSuccess") || method.getName().equals("onError")) {
						throw new IllegalStateException("the circuit is broken");
					}
					try {
						return method.invoke(real, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

	@Test
	void aPictureThatIsPaidForStaysOneWhenTheCircuitFails() {
		assertThat(new CircuitGuard(call -> Mono.just(PICTURE), broken()).generate(CALL).block()).isSameAs(PICTURE);
	}

	@Test
	void whatIsCertainlyUnbilledStaysSoWhenTheCircuitFails() {
		ProviderException refused = new ProviderException(ProviderFailure.of(Kind.CAPACITY, Billed.NO, "busy"));
		assertThatThrownBy(() -> new CircuitGuard(call -> Mono.error(refused), broken()).generate(CALL).block())
			.isSameAs(refused);
	}

	@Test
	void picturesThatComeTogetherPastAnOpenCircuitAllCountAndCloseIt() {
		for (int round = 0; round < 200; round++) {
			CircuitBreaker circuit = CircuitBreaker.ofDefaults("test");
			circuit.transitionToOpenState();
			CountDownLatch together = new CountDownLatch(1);
			List<CompletableFuture<ProviderResult>> ends = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				Sinks.One<ProviderResult> answer = Sinks.one();
				ends.add(new CircuitGuard(call -> answer.asMono(), circuit).generate(CALL).toFuture());
				Thread.ofPlatform().start(() -> {
					try {
						together.await();
						answer.tryEmitValue(PICTURE);
					}
					catch (InterruptedException ex) {
						throw new IllegalStateException(ex);
					}
				});
			}
			together.countDown();
			assertThat(ends).allSatisfy(end -> assertThat(end.join()).isSameAs(PICTURE));
			assertThat(circuit.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
		}
	}

}
