package dev.heliostat.access;

import java.time.Clock;
import java.util.List;

/**
 * Counters in memory: each of two nodes has its half.
 */
class MemoryCountersTest extends LimitCountersContract {

	private final List<LimitCounters> nodes = List.of(new MemoryCounters(() -> 2, Clock.systemUTC()),
			new MemoryCounters(() -> 2, Clock.systemUTC()));

	@Override
	List<LimitCounters> nodes() {
		return this.nodes;
	}

}
