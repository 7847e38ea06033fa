package dev.heliostat.attempt;

import java.time.Duration;
import java.util.EnumMap;
import java.util.function.LongSupplier;

import dev.heliostat.catalog.Offering;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;

/**
 * What has been measured of one offering: its circuit, how long it asked to be left
 * alone, and its speed and success by size of picture, which begin at what the catalog
 * expects.
 */
public final class OfferingHealth {

	/** A probability of 0 would never be tried again. */
	private static final double LEAST = 0.01;

	/**
	 * So many failures in a row are an outage, which is past as soon as it serves again.
	 */
	private static final int OUTAGE = 3;

	/** Below this part of the success that was assumed, an offering is in doubt. */
	private static final double DOUBT = 0.9;

	private final CircuitBreaker circuit;

	private final Offering.Expected expected;

	private final long openNanos;

	private final LongSupplier nanos;

	private final Figures all = new Figures();

	private final EnumMap<SizeClass, Figures> bySize = new EnumMap<>(SizeClass.class);

	private final Latest latest = new Latest();

	private long openedAt;

	private long askedAt;

	private int failuresInRow;

	private boolean claimed;

	private long claimedAt;

	private boolean resting;

	private long restsUntil;

	OfferingHealth(CircuitBreaker circuit, Offering.Expected expected, Duration openFor, LongSupplier nanos) {
		this.circuit = circuit;
		this.expected = expected;
		this.openNanos = openFor.toNanos();
		this.nanos = nanos;
		circuit.getEventPublisher().onStateTransition(event -> changed(event.getStateTransition()));
	}

	/** Speed and success of pictures of one size. */
	private static final class Figures {

		private final Estimate seconds = new Estimate();

		private final Estimate success = new Estimate();

	}

	private synchronized void changed(StateTransition transition) {
		switch (transition.getToState()) {
			case OPEN -> {
				this.openedAt = this.nanos.getAsLong();
				this.claimed = false;
			}
			case HALF_OPEN -> {
				this.claimed = true;
				this.claimedAt = this.nanos.getAsLong();
			}
			// Well again: what opened the circuit is past.
			case CLOSED -> forgetFailures();
			case DISABLED, FORCED_OPEN, METRICS_ONLY -> {
				// Nobody puts it there.
			}
		}
	}

	private void forgetFailures() {
		this.failuresInRow = 0;
		this.all.success.clear();
		this.bySize.values().forEach(figures -> figures.success.clear());
	}

	/** Whether it is asked in its turn now. */
	public synchronized Standing standing() {
		long now = this.nanos.getAsLong();
		boolean claimed = this.claimed && now - this.claimedAt < this.openNanos;
		return switch (this.circuit.getState()) {
			case OPEN, FORCED_OPEN ->
				(!claimed && now - this.openedAt >= this.openNanos) ? Standing.PROBE : Standing.OPEN;
			// The one probe is under way.
			case HALF_OPEN -> claimed ? Standing.OPEN : Standing.PROBE;
			case CLOSED, DISABLED, METRICS_ONLY -> {
				if (isResting(now)) {
					yield Standing.RESTING;
				}
				yield (!claimed && isInDoubt(now) && now - this.askedAt >= this.openNanos) ? Standing.PROBE
						: Standing.READY;
			}
		};
	}

	/**
	 * Whoever failed may have lost its place, and would never show that it is well again.
	 */
	private boolean isInDoubt(long now) {
		double assumed = this.expected.success();
		return this.all.success.value(assumed, now) < assumed * DOUBT;
	}

	private boolean isResting(long now) {
		return this.resting && this.restsUntil - now > 0;
	}

	/**
	 * Takes the one probe of a circuit's time: true for the first request that does so
	 * while the offering stands at {@link Standing#PROBE}.
	 */
	public synchronized boolean claimProbe() {
		if (standing() != Standing.PROBE) {
			return false;
		}
		this.claimed = true;
		this.claimedAt = this.nanos.getAsLong();
		return true;
	}

	/** The circuit's state: {@code closed}, {@code open} or {@code half_open}. */
	public State state() {
		return this.circuit.getState();
	}

	/** The usual time for a submission, in seconds. */
	public synchronized double seconds(SizeClass size) {
		long now = this.nanos.getAsLong();
		double usual = this.all.seconds.value(this.expected.seconds(), now);
		Figures figures = this.bySize.get(size);
		return (figures != null) ? figures.seconds.value(usual, now) : usual;
	}

	/**
	 * The share of submissions that bring a picture, above 0. What came before does not
	 * speak against the probe.
	 */
	public synchronized double success(SizeClass size) {
		if (standing() == Standing.PROBE) {
			return this.expected.success();
		}
		long now = this.nanos.getAsLong();
		double usual = this.all.success.value(this.expected.success(), now);
		Figures figures = this.bySize.get(size);
		return Math.max(LEAST, (figures != null) ? figures.success.value(usual, now) : usual);
	}

	/** The usual time for a submission of any size, in seconds. */
	public synchronized double seconds() {
		return this.all.seconds.value(this.expected.seconds(), this.nanos.getAsLong());
	}

	/** The share of all submissions that bring a picture. */
	public synchronized double success() {
		return this.all.success.value(this.expected.success(), this.nanos.getAsLong());
	}

	/** How many measurements the figures rest on, older ones counting less. */
	public synchronized double confidence(SizeClass size) {
		Figures figures = this.bySize.get(size);
		return (figures != null) ? figures.success.weight(this.nanos.getAsLong()) : 0;
	}

	/** What the latest submissions were like. */
	public synchronized Measured measured() {
		return this.latest.measured();
	}

	/** Another node found it broken: it is tried here when it has had its rest. */
	void openElsewhere() {
		if (this.circuit.getState() == State.CLOSED) {
			this.circuit.transitionToOpenState();
		}
	}

	/** Another node was served by it. */
	void closedElsewhere() {
		if (this.circuit.getState() != State.CLOSED) {
			this.circuit.transitionToClosedState();
		}
	}

	CircuitBreaker circuit() {
		return this.circuit;
	}

	synchronized void served(SizeClass size, Duration duration) {
		long now = this.nanos.getAsLong();
		this.resting = false;
		if (this.failuresInRow >= OUTAGE) {
			forgetFailures();
		}
		this.failuresInRow = 0;
		this.latest.add(true, duration.toNanos() / 1e9);
		for (Figures figures : figures(size)) {
			figures.seconds.add(duration.toNanos() / 1e9, now);
			figures.success.add(1, now);
		}
	}

	synchronized void failed(SizeClass size) {
		long now = this.nanos.getAsLong();
		this.failuresInRow++;
		this.latest.add(false, 0);
		for (Figures figures : figures(size)) {
			figures.success.add(0, now);
		}
	}

	/** Notes that an attempt has ended, however. */
	synchronized void asked() {
		this.askedAt = this.nanos.getAsLong();
		this.claimed = false;
	}

	private Figures[] figures(SizeClass size) {
		return new Figures[] { this.all, this.bySize.computeIfAbsent(size, absent -> new Figures()) };
	}

	/** Leaves it alone for a while, as it asked. */
	synchronized void rest(Duration time) {
		this.resting = true;
		this.restsUntil = this.nanos.getAsLong() + time.toNanos();
	}

}
