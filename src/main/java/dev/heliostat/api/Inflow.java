package dev.heliostat.api;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the request that is coming in on a connection: how far it is, how much
 * came, since when. Not for several threads.
 */
final class Inflow {

	private final LimitsProperties limits;

	private final long idle;

	private final long grace;

	private Stage stage = Stage.NOTHING;

	private long bytes;

	private long counted;

	/** Zero until somebody looks: most requests come at once. */
	private long since;

	private long moved;

	private long looked;

	Inflow(LimitsProperties limits) {
		this.limits = limits;
		this.idle = limits.readIdle().toNanos();
		this.grace = limits.minRateAfter().toNanos();
	}

	private enum Stage {

		NOTHING, HEADERS, BODY

	}

	void begin() {
		start(Stage.BODY);
	}

	void beginHeaders() {
		if (this.stage == Stage.NOTHING) {
			start(Stage.HEADERS);
		}
	}

	private void start(Stage begun) {
		this.stage = begun;
		this.bytes = 0;
		this.counted = 0;
		this.since = 0;
	}

	void add(int more) {
		this.bytes += more;
	}

	void end() {
		this.stage = Stage.NOTHING;
	}

	boolean isUnderWay() {
		return this.stage != Stage.NOTHING;
	}

	/** The shortest time that matters. */
	long shortest() {
		return Math.min(this.idle, this.grace);
	}

	/**
	 * Says what is too slow; null while nothing is.
	 * @param wanted whether the gateway takes what comes; while it does not, the client
	 * cannot help it, and that time does not count
	 */
	@Nullable String late(long now, boolean wanted) {
		if (this.stage == Stage.NOTHING) {
			return null;
		}
		if (this.since == 0) {
			this.since = now;
			this.moved = now;
			this.looked = now;
		}
		if (!wanted && this.stage == Stage.BODY) {
			this.since += now - this.looked;
			this.moved += now - this.looked;
		}
		this.looked = now;
		if (this.bytes != this.counted) {
			this.counted = this.bytes;
			this.moved = now;
		}
		if (now - this.moved > this.idle) {
			return "The " + ((this.stage == Stage.BODY) ? "body" : "request")
					+ " stopped in the middle: nothing came for " + shown(this.idle)
					+ " (heliostat.limits.read-idle). Send it again, whole.";
		}
		long rate = this.limits.minRate().toBytes();
		if (this.stage == Stage.BODY && now - this.since > this.grace
				&& this.bytes < rate * ((now - this.since) / 1e9)) {
			return "The body comes with less than " + rate + " bytes a second after " + shown(this.grace)
					+ " (heliostat.limits.min-rate). Send it again, faster.";
		}
		return null;
	}

	private static String shown(long nanos) {
		return (nanos % 1_000_000_000 == 0) ? nanos / 1_000_000_000 + " s" : nanos / 1_000_000 + " ms";
	}

}
