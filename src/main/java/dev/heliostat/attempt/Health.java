package dev.heliostat.attempt;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliostat.catalog.Offering;
import dev.heliostat.nodes.Hint;
import dev.heliostat.nodes.Hints;
import dev.heliostat.telemetry.MeterNames;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The health of every offering that was asked so far, by config key. Each node measures
 * for itself; that a circuit opened or closed is told to the others.
 */
public final class Health {

	private static final CircuitBreaker.State[] SHOWN = { CircuitBreaker.State.CLOSED, CircuitBreaker.State.OPEN,
			CircuitBreaker.State.HALF_OPEN };

	private final CircuitBreakerConfig config;

	private final Duration openFor;

	private final MeterRegistry registry;

	private final Hints hints;

	/** Circuits of offerings that other nodes found open, and nobody here asked yet. */
	private final Cache<String, Boolean> openElsewhere;

	/** What is being done because another node said so need not be said again. */
	private final Set<String> following = ConcurrentHashMap.newKeySet();

	private final ConcurrentHashMap<String, OfferingHealth> offerings = new ConcurrentHashMap<>();

	Health(AttemptProperties properties, MeterRegistry registry, Hints hints) {
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
		this.hints = hints;
		this.openElsewhere = Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(this.openFor).build();
		hints.listen(Hint.CIRCUIT_OPENED, key -> follow(key, true));
		hints.listen(Hint.CIRCUIT_CLOSED, key -> follow(key, false));
	}

	/** The health of an offering; begins at what the catalog expects. */
	public OfferingHealth of(Offering offering) {
		OfferingHealth known = this.offerings.get(offering.key());
		return (known != null) ? known : this.offerings.computeIfAbsent(offering.key(), key -> begin(offering));
	}

	/** Tells other nodes what is found here. */
	private void tell(String key, CircuitBreaker.State state) {
		if (this.following.contains(key)) {
			return;
		}
		if (state == CircuitBreaker.State.OPEN) {
			this.hints.tell(Hint.CIRCUIT_OPENED, key);
		}
		else if (state == CircuitBreaker.State.CLOSED) {
			this.hints.tell(Hint.CIRCUIT_CLOSED, key);
		}
	}

	/** Rests, or takes up, what another node found broken, or well again. */
	private void follow(String key, boolean open) {
		if (open) {
			this.openElsewhere.put(key, true);
		}
		else {
			this.openElsewhere.invalidate(key);
		}
		OfferingHealth health = this.offerings.get(key);
		if (health == null) {
			return;
		}
		this.following.add(key);
		try {
			if (open) {
				health.openElsewhere();
			}
			else {
				health.closedElsewhere();
			}
		}
		finally {
			this.following.remove(key);
		}
	}

	/** The health of an offering that was asked before. */
	public Optional<OfferingHealth> known(Offering offering) {
		return Optional.ofNullable(this.offerings.get(offering.key()));
	}

	private OfferingHealth begin(Offering offering) {
		CircuitBreaker circuit = CircuitBreaker.of(offering.key(), this.config);
		OfferingHealth health = new OfferingHealth(circuit, offering.expected(), this.openFor, System::nanoTime);
		if (this.openElsewhere.getIfPresent(offering.key()) != null) {
			health.openElsewhere();
		}
		circuit.getEventPublisher()
			.onStateTransition(event -> tell(offering.key(), event.getStateTransition().getToState()));
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
