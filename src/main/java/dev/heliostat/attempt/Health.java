package dev.heliostat.attempt;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.heliostat.catalog.Offering;
import dev.heliostat.telemetry.MeterNames;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The health of every offering that was asked so far, by config key.
 */
public final class Health {

	private static final CircuitBreaker.State[] SHOWN = { CircuitBreaker.State.CLOSED, CircuitBreaker.State.OPEN,
			CircuitBreaker.State.HALF_OPEN };

	private final CircuitBreakerConfig config;

	private final Duration openFor;

	private final MeterRegistry registry;

	private final ConcurrentHashMap<String, OfferingHealth> offerings = new ConcurrentHashMap<>();

	Health(AttemptProperties properties, MeterRegistry registry) {
		this.config = CircuitBreakerConfig.custom()
			.slidingWindowSize(properties.window())
			.minimumNumberOfCalls(properties.minimumCalls())
			.failureRateThreshold(properties.failureRate())
			.waitDurationInOpenState(properties.openFor())
			.automaticTransitionFromOpenToHalfOpenEnabled(false)
			.permittedNumberOfCallsInHalfOpenState(1)
			.build();
		this.openFor = properties.openFor();
		this.registry = registry;
	}

	/** The health of an offering; begins at what the catalog expects. */
	public OfferingHealth of(Offering offering) {
		OfferingHealth known = this.offerings.get(offering.key());
		return (known != null) ? known : this.offerings.computeIfAbsent(offering.key(), key -> begin(offering));
	}

	/** The health of an offering that was asked before. */
	public Optional<OfferingHealth> known(Offering offering) {
		return Optional.ofNullable(this.offerings.get(offering.key()));
	}

	private OfferingHealth begin(Offering offering) {
		OfferingHealth health = new OfferingHealth(CircuitBreaker.of(offering.key(), this.config), offering.expected(),
				this.openFor, System::nanoTime);
		for (CircuitBreaker.State state : SHOWN) {
			Gauge.builder(MeterNames.CIRCUIT_STATE, health, measured -> (measured.state() == state) ? 1 : 0)
				.description("1 for the state that the circuit of an offering is in")
				.tag("provider", offering.provider())
				.tag("model", offering.modelSlug())
				.tag("state", state.name().toLowerCase(Locale.ROOT))
				.register(this.registry);
		}
		return health;
	}

}
