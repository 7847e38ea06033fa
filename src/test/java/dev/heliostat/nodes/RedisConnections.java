package dev.heliostat.nodes;

import java.time.Duration;

import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/**
 * Makes what the gateway uses of Redis, for tests of other packages.
 */
public final class RedisConnections {

	private RedisConnections() {
	}

	/** A connection that is open, with patience for busy machines. */
	public static Redis open(String url, String prefix) {
		return open(url, prefix, Duration.ofSeconds(2), new SimpleMeterRegistry());
	}

	static Redis open(String url, String prefix, Duration timeout, MeterRegistry registry) {
		Redis redis = new Redis(RedisURI.create(url), timeout, prefix, registry);
		redis.start();
		return redis;
	}

}
