package dev.heliostat.attempt;

import java.time.Duration;

import dev.heliostat.catalog.Offering;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;

/**
 * What has been measured of one offering: its circuit, and decayed averages of speed and
 * success that begin at what the catalog expects.
 */
public final class OfferingHealth {

	/** The weight of a new measurement: about the last ten count. */
	private static final double DECAY = 0.1;

	private final CircuitBreaker circuit;

	private double seconds;

	private double success;

	OfferingHealth(CircuitBreaker circuit, Offering.Expected expected) {
		this.circuit = circuit;
		this.seconds = expected.seconds();
		this.success = expected.success();
	}

	/** Whether the offering is to be tried only after all others. */
	public boolean isCircuitOpen() {
		return this.circuit.getState() == CircuitBreaker.State.OPEN;
	}

	/** The circuit's state: {@code closed}, {@code open} or {@code half_open}. */
	public CircuitBreaker.State state() {
		return this.circuit.getState();
	}

	/** The usual time for a submission, in seconds. */
	public synchronized double seconds() {
		return this.seconds;
	}

	/** The share of submissions that bring a picture, above 0. */
	public synchronized double success() {
		return this.success;
	}

	CircuitBreaker circuit() {
		return this.circuit;
	}

	synchronized void served(Duration duration) {
		this.seconds += DECAY * (duration.toNanos() / 1e9 - this.seconds);
		this.success += DECAY * (1 - this.success);
	}

	synchronized void failed() {
		this.success = Math.max(0.01, this.success - DECAY * this.success);
	}

}
