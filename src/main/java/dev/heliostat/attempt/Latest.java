package dev.heliostat.attempt;

import java.util.Arrays;

/**
 * The latest submissions to one offering: how long those took that brought a picture, and
 * how many did. Not safe for use by several threads.
 */
final class Latest {

	private static final int KEPT = 200;

	private final double[] seconds = new double[KEPT];

	private final boolean[] served = new boolean[KEPT];

	private long count;

	/** Notes one that ended; failed ones tell nothing of speed. */
	void add(boolean brought, double took) {
		int at = (int) (this.count++ % KEPT);
		this.served[at] = brought;
		this.seconds[at] = took;
	}

	/** What they were like. */
	Measured measured() {
		int known = (int) Math.min(this.count, KEPT);
		double[] times = new double[known];
		int good = 0;
		for (int i = 0; i < known; i++) {
			if (this.served[i]) {
				times[good++] = this.seconds[i];
			}
		}
		Arrays.sort(times, 0, good);
		return new Measured(this.count, (known > 0) ? (double) good / known : 0, quantile(times, good, 0.5),
				quantile(times, good, 0.95));
	}

	private static double quantile(double[] sorted, int count, double share) {
		return (count > 0) ? sorted[Math.min(count - 1, (int) Math.ceil(share * count) - 1)] : 0;
	}

}
