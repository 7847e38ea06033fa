package dev.heliostat.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.heliostat.access.AccessProperties.Throttle;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import reactor.core.publisher.Mono;

/**
 * Lets callers in, and makes addresses wait that send wrong keys. Keys that were good
 * there lately are let in all the same: behind a proxy that is not trusted many share one
 * address, and one of them must not shut the others out.
 */
public final class Doorkeeper {

	private static final Duration GOOD_FOR = Duration.ofMinutes(10);

	private final Callers callers;

	private final Throttle throttle;

	private final LongSupplier nanos;

	private final Cache<String, Window> failures;

	private final Cache<String, Boolean> good;

	Doorkeeper(Callers callers, Throttle throttle, Ticker ticker) {
		this.callers = callers;
		this.throttle = throttle;
		this.nanos = ticker::read;
		this.failures = Caffeine.newBuilder()
			.maximumSize(100_000)
			.expireAfterWrite(throttle.window())
			.ticker(ticker)
			.build();
		this.good = Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(GOOD_FOR).ticker(ticker).build();
	}

	/** Wrong keys of one address since an instant. */
	private record Window(long since, AtomicInteger count) {
	}

	/**
	 * Resolves an {@code Authorization} header. Fails with {@code InvalidKey}, or with
	 * {@code RateLimited} where too many wrong keys came from an address.
	 * @param authorization the header's value, empty when it was not sent
	 * @param address where the request comes from
	 */
	public Mono<Caller> admit(Optional<String> authorization, InetAddress address) {
		if (this.throttle.failures() == 0 || authorization.isEmpty()) {
			return this.callers.authenticate(authorization);
		}
		String place = place(address);
		Window window = this.failures.getIfPresent(place);
		String seen = place + " " + HexFormat.of().formatHex(KeyFormat.digest(authorization.get()));
		if (window != null && window.count.get() >= this.throttle.failures() && this.good.getIfPresent(seen) == null) {
			return Mono.error(tooMany(window));
		}
		return this.callers.authenticate(authorization).doOnNext(caller -> {
			if (this.good.getIfPresent(seen) == null) {
				this.good.put(seen, true);
			}
		}).doOnError(GatewayException.class, error -> {
			if (error.error() instanceof GatewayError.InvalidKey) {
				this.good.invalidate(seen);
				failed(place);
			}
		});
	}

	private void failed(String place) {
		Window window = this.failures.get(place, absent -> new Window(this.nanos.getAsLong(), new AtomicInteger()));
		window.count.incrementAndGet();
	}

	private RuntimeException tooMany(Window window) {
		Duration left = this.throttle.window().minusNanos(this.nanos.getAsLong() - window.since);
		Duration wait = (left.compareTo(Duration.ofSeconds(1)) < 0) ? Duration.ofSeconds(1) : left;
		return new GatewayError.RateLimited(
				"Too many wrong API keys came from this address. Correct the key, and try again in "
						+ wait.plusMillis(999).toSeconds() + " s.",
				wait)
			.asException();
	}

	/** Whoever has one address of IPv6 has the 2^64 beside it, too. */
	private static String place(InetAddress address) {
		return (address instanceof Inet6Address) ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), 8))
				: address.getHostAddress();
	}

}
