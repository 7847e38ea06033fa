package dev.heliostat.ledger;

/**
 * What was used, added up.
 *
 * @param requests generations that ended; repetitions of one count once
 * @param failures those of them that failed
 * @param attempts submissions to providers
 * @param images pictures that were made
 * @param pixels the sum of their areas
 * @param inputTokens tokens that went in, where providers count them
 * @param outputTokens tokens that came out
 * @param settledMicros what is known to be charged
 * @param maybeMicros what may have been charged besides
 */
public record UsageFigures(long requests, long failures, long attempts, long images, long pixels, long inputTokens,
		long outputTokens, long settledMicros, long maybeMicros) {

	UsageFigures plus(UsageFigures other) {
		return new UsageFigures(this.requests + other.requests, this.failures + other.failures,
				this.attempts + other.attempts, this.images + other.images, this.pixels + other.pixels,
				this.inputTokens + other.inputTokens, this.outputTokens + other.outputTokens,
				this.settledMicros + other.settledMicros, this.maybeMicros + other.maybeMicros);
	}

}
