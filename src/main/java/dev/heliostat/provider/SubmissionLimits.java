package dev.heliostat.provider;

import java.time.Duration;
import java.util.Optional;

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
 * submissions at once, and so many begun in a minute. A submission beyond that is not
 * sent, and certainly unbilled, so the next credential or offering is asked.
 */
final class SubmissionLimits {

	private static final Duration SOON = Duration.ofSeconds(1);

	private final Optional<Bulkhead> bulkhead;

	private final Optional<AtomicRateLimiter> limiter;

	SubmissionLimits(String name, Submissions limits) {
		this.bulkhead = limits.atOnce()
			.map(most -> Bulkhead.of(name,
					BulkheadConfig.custom().maxConcurrentCalls(most).maxWaitDuration(Duration.ZERO).build()));
		this.limiter = limits.perMinute()
			.map(most -> new AtomicRateLimiter(name,
					RateLimiterConfig.custom()
						.limitForPeriod(most)
						.limitRefreshPeriod(Duration.ofMinutes(1))
						.timeoutDuration(Duration.ZERO)
						.build()));
	}

	/** The provider behind the rate limiter, and behind that the bulkhead. */
	ImageProvider guard(ImageProvider provider) {
		return (this.bulkhead.isEmpty() && this.limiter.isEmpty()) ? provider : limited(bounded(provider));
	}

	private ImageProvider limited(ImageProvider provider) {
		return call -> Mono.defer(() -> {
			if (isSubmission(call) && this.limiter.isPresent() && !this.limiter.get().acquirePermission()) {
				long wait = this.limiter.get().getDetailedMetrics().getNanosToWait();
				return full("as many submissions as it permits were begun in the last minute", Duration.ofNanos(wait));
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
