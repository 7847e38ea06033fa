package dev.heliostat.provider;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import reactor.core.publisher.Mono;

import dev.heliostat.catalog.Provider.Submissions;
import dev.heliostat.image.Billed;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderResult;

/**
 * What one credential of a provider may do, for all offerings together: so many
 * submissions at once, and so many of them, of pictures and of megapixels begun in a
 * minute. A submission beyond that is not sent, and certainly unbilled, so the next
 * credential or offering is asked.
 */
final class SubmissionLimits {

	/** Megapixels are counted in thousands of pixels. */
	private static final int KILOPIXELS = 1000;

	private static final Duration SOON = Duration.ofSeconds(1);

	private final Optional<Bulkhead> bulkhead;

	private final List<Pace> paces = new ArrayList<>();

	SubmissionLimits(String name, Submissions limits) {
		this.bulkhead = limits.atOnce()
			.map(most -> Bulkhead.of(name,
					BulkheadConfig.custom().maxConcurrentCalls(most).maxWaitDuration(Duration.ZERO).build()));
		limits.perMinute().ifPresent(most -> this.paces.add(new Pace(name, most, call -> 1, "submissions")));
		limits.imagesPerMinute()
			.ifPresent(most -> this.paces.add(new Pace(name, most, ProviderCall::count, "pictures")));
		limits.megapixelsPerMinute()
			.ifPresent(most -> this.paces.add(new Pace(name, most * KILOPIXELS,
					call -> (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv(call.pixels(), 1000)), "megapixels")));
	}

	/**
	 * So much in a minute. What is larger than all of it takes all of it, so that it can
	 * be made at all.
	 */
	private static final class Pace {

		private final AtomicRateLimiter limiter;

		private final int most;

		private final ToIntFunction<ProviderCall> amount;

		private final String what;

		Pace(String name, int most, ToIntFunction<ProviderCall> amount, String what) {
			this.limiter = new AtomicRateLimiter(name,
					RateLimiterConfig.custom()
						.limitForPeriod(most)
						.limitRefreshPeriod(Duration.ofMinutes(1))
						.timeoutDuration(Duration.ZERO)
						.build());
			this.most = most;
			this.amount = amount;
			this.what = what;
		}

		private int of(ProviderCall call) {
			return Math.clamp(this.amount.applyAsInt(call), 1, this.most);
		}

		/** Whether it fits; takes nothing, so that others need not give anything back. */
		boolean permits(ProviderCall call) {
			return this.limiter.getMetrics().getAvailablePermissions() >= of(call);
		}

		boolean take(ProviderCall call) {
			return this.limiter.acquirePermission(of(call));
		}

		Mono<ProviderResult> refusal() {
			Duration wait = Duration.ofNanos(this.limiter.getDetailedMetrics().getNanosToWait());
			return full("as many " + this.what + " as it permits were begun in the last minute",
					(wait.compareTo(SOON) > 0) ? wait : SOON);
		}

	}

	/** The provider behind the rate limiter, and behind that the bulkhead. */
	ImageProvider guard(ImageProvider provider) {
		return (this.bulkhead.isEmpty() && this.paces.isEmpty()) ? provider : limited(bounded(provider));
	}

	private ImageProvider limited(ImageProvider provider) {
		return call -> Mono.defer(() -> {
			if (isSubmission(call)) {
				for (Pace pace : this.paces) {
					if (!pace.permits(call)) {
						return pace.refusal();
					}
				}
				for (Pace pace : this.paces) {
					if (!pace.take(call)) {
						return pace.refusal();
					}
				}
			}
			return provider.generate(call);
		});
	}

	/** A job that is followed counts, but is never turned away. */
	private ImageProvider bounded(ImageProvider provider) {
		return call -> Mono.defer(() -> {
			if (this.bulkhead.isEmpty()) {
				return provider.generate(call);
			}
			boolean entered = this.bulkhead.get().tryAcquirePermission();
			if (!entered && isSubmission(call)) {
				return full("as many submissions as it permits are under way", SOON);
			}
			return provider.generate(call).doFinally(end -> {
				if (entered) {
					this.bulkhead.get().onComplete();
				}
			});
		});
	}

	private static boolean isSubmission(ProviderCall call) {
		return call.jobId().isEmpty() && call.lost().isEmpty();
	}

	private static Mono<ProviderResult> full(String what, Duration wait) {
		return Mono.error(new ProviderException(new ProviderFailure(Kind.SATURATED, Billed.NO, 0,
				"the gateway's own limit for the provider is reached: " + what, Optional.of(wait), Optional.empty(),
				Optional.empty())));
	}

}
