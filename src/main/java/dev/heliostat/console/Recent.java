package dev.heliostat.console;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import reactor.core.publisher.Mono;

/**
 * What takes long to find, as it was a moment ago: shown at once, and found anew for
 * whoever looks next.
 *
 * @param <K> what it is asked for by
 * @param <V> what it is
 */
final class Recent<K, V> {

	private static final Duration FRESH = Duration.ofSeconds(15);

	private final Clock clock;

	private final Cache<K, Found<V>> known;

	/**
	 * Knows nothing yet.
	 * @param most how many it remembers
	 * @param oldest how old what is shown may be; what is older than a few seconds is
	 * found anew beside
	 */
	Recent(Clock clock, int most, Duration oldest) {
		this.clock = clock;
		this.known = Caffeine.newBuilder().maximumSize(most).expireAfterWrite(oldest).build();
	}

	private record Found<V>(Instant at, V value, AtomicBoolean looking) {
	}

	/** What is known, or else what is read. */
	Mono<V> get(K key, Supplier<Mono<V>> read) {
		return Mono.defer(() -> {
			Found<V> found = this.known.getIfPresent(key);
			if (found == null) {
				return read(key, read);
			}
			if (found.at().plus(FRESH).isBefore(this.clock.instant()) && found.looking().compareAndSet(false, true)) {
				read(key, read).subscribe(value -> {
				}, failure -> this.known.invalidate(key));
			}
			return Mono.just(found.value());
		});
	}

	private Mono<V> read(K key, Supplier<Mono<V>> read) {
		return read.get()
			.doOnNext(value -> this.known.put(key, new Found<>(this.clock.instant(), value, new AtomicBoolean())));
	}

	/** Finds everything anew for whoever looks next: it has changed. */
	void forget() {
		// One by one: all at once would wait for a lock.
		this.known.asMap().keySet().forEach(this.known::invalidate);
	}

}
