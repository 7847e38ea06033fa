package dev.heliostat.attempt;

/**
 * A figure that is measured again and again: a mean that forgets, and that stays near
 * what was assumed until enough has been measured. Not safe for use by several threads.
 */
final class Estimate {

	/** What was assumed counts as much as this many measurements. */
	private static final double ASSUMED = 10;

	/** About this many of the latest measurements count. */
	private static final double LATEST = 20;

	/** After this time a measurement counts half. */
	private static final double HALF_LIFE_NANOS = 600e9;

	private double weight;

	private double sum;

	private long at;

	/**
	 * The figure now.
	 * @param assumed what it is taken for until measured
	 */
	double value(double assumed, long nanos) {
		decay(nanos);
		return (assumed * ASSUMED + this.sum) / (ASSUMED + this.weight);
	}

	/** How many measurements it rests on, older ones counting less. */
	double weight(long nanos) {
		decay(nanos);
		return this.weight;
	}

	void add(double measured, long nanos) {
		decay(nanos);
		double kept = 1 - 1 / LATEST;
		this.weight = this.weight * kept + 1;
		this.sum = this.sum * kept + measured;
	}

	/** Forgets everything that was measured. */
	void clear() {
		this.weight = 0;
		this.sum = 0;
	}

	private void decay(long nanos) {
		if (this.weight > 0 && nanos > this.at) {
			double kept = Math.pow(0.5, (nanos - this.at) / HALF_LIFE_NANOS);
			this.weight *= kept;
			this.sum *= kept;
		}
		this.at = nanos;
	}

}
