package dev.heliostat.access;

/**
 * Counts what happened in the latest second, minute or hour: what happened in the running
 * interval, and of the one before the share that still falls into the time that slides
 * on. Not safe for use by several threads.
 */
final class SlidingWindow {

	private final long millis;

	private long interval = Long.MIN_VALUE;

	private double before;

	private double now;

	SlidingWindow(long millis) {
		this.millis = millis;
	}

	private void advance(long time) {
		long current = Math.floorDiv(time, this.millis);
		if (current != this.interval) {
			this.before = (current == this.interval + 1) ? this.now : 0;
			this.now = 0;
			this.interval = current;
		}
	}

	private double passed(long time) {
		return (double) Math.floorMod(time, this.millis) / this.millis;
	}

	/** How much happened within the window that ends now. */
	double count(long time) {
		advance(time);
		return this.before * (1 - passed(time)) + this.now;
	}

	void add(long time, double amount) {
		advance(time);
		this.now = Math.max(0, this.now + amount);
	}

	/** The milliseconds until an amount fits below a limit; 0 when it does now. */
	long wait(long time, double amount, double limit) {
		if (count(time) + amount <= limit || count(time) == 0) {
			return 0;
		}
		double passed = passed(time);
		double share = (this.before > 0) ? 1 - (limit - amount - this.now) / this.before : 2;
		if (share <= 1) {
			return millis(share - passed);
		}
		double next = Math.max(0, 1 - (limit - amount) / this.now);
		return millis(1 - passed + next);
	}

	/** The milliseconds until nothing of all that counts any more. */
	long reset(long time) {
		count(time);
		double rest = 1 - passed(time);
		return (this.now > 0) ? millis(rest + 1) : (this.before > 0) ? millis(rest) : 0;
	}

	private long millis(double windows) {
		return Math.max(1, (long) Math.ceil(windows * this.millis));
	}

}
