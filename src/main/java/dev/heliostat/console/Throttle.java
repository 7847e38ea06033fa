package dev.heliostat.console;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;

/**
 * Counts wrong keys by address, and turns away who sent too many.
 */
final class Throttle {

	/** How long an address is turned away after its first wrong key. */
	static final Duration WINDOW = Duration.ofMinutes(1);

	private static final int MOST = 10;

	private final Cache<String, AtomicInteger> wrong;

	Throttle(Ticker ticker) {
		this.wrong = Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(WINDOW).ticker(ticker).build();
	}

	boolean isFull(String address) {
		AtomicInteger count = this.wrong.getIfPresent(address);
		return count != null && count.get() >= MOST;
	}

	void wrong(String address) {
		this.wrong.get(address, absent -> new AtomicInteger()).incrementAndGet();
	}

}
