package dev.heliostat.testing;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * What may block an event loop in tests: loading a class for the first time, reading the
 * kernel's random numbers, which never wait, the lock of Netty's allocator while it
 * grows, the one of a circuit's window while a result is added, the one of Lettuce's
 * connection while a command is counted, closing the pool of connections to a bucket, and
 * drawing the simulators' pictures. Everything else fails the request that does it.
 */
public class BlockHoundRules implements BlockHoundIntegration {

	@Override
	public void applyTo(BlockHound.Builder builder) {
		builder.allowBlockingCallsInside("java.lang.ClassLoader", "loadClass")
			.allowBlockingCallsInside("java.lang.ClassLoader", "getResource")
			.allowBlockingCallsInside("java.lang.ClassLoader", "getResources")
			.allowBlockingCallsInside("java.lang.Class", "getResourceAsStream")
			.allowBlockingCallsInside("java.util.ServiceLoader$LazyClassPathLookupIterator", "parse")
			.allowBlockingCallsInside("java.lang.invoke.MethodHandleNatives", "linkCallSite")
			.allowBlockingCallsInside("sun.security.provider.NativePRNG$RandomIO", "implNextBytes")
			.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$MagazineGroup", "tryExpandMagazines")
			.allowBlockingCallsInside("io.github.resilience4j.core.metrics.FixedSizeSlidingWindowMetrics", "record")
			.allowBlockingCallsInside("io.lettuce.core.protocol.SharedLock", "incrementWriters")
			.allowBlockingCallsInside("io.lettuce.core.protocol.SharedLock", "decrementWriters")
			.allowBlockingCallsInside("io.netty.channel.pool.SimpleChannelPool", "close")
			.allowBlockingCallsInside("dev.heliostat.simulator.TestPictures", "picture")
			.allowBlockingCallsInside("dev.heliostat.simulator.TestPictures", "noise");
	}

}
