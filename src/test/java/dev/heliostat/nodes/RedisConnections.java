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

	/** A connection that is open. */
	public static Redis open(String url, String prefix) {
		return open(url, prefix, new SimpleMeterRegistry());
	}

	static Redis open(String url, String prefix, MeterRegistry registry) {
		Redis redis = new Redis(RedisURI.create(url), Duration.ofMillis(250), prefix, registry);
		redis.start();
		return redis;
	}

}
