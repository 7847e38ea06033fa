package dev.heliostat.provider;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import dev.heliostat.image.Billed;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.image.PartialImage;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderResult;
import dev.heliostat.image.SubmissionWatch;

/**
 * An offering behind several credentials, used in turn. One that its provider refuses, or
 * whose account has nothing left, rests for a while, and the submission, certainly
 * unbilled, goes to the next one. A job is followed with the credential that created it.
 */
final class RotatingCredentials implements ImageProvider {

	private static final Logger logger = LoggerFactory.getLogger(RotatingCredentials.class);

	/** How long a refused credential rests: an operator may have mended it by then. */
	private static final Duration QUARANTINE = Duration.ofMinutes(5);

	private static final Duration SHORT_REST = Duration.ofSeconds(1);

	private static final char MARK = '@';

	private final List<ImageProvider> adapters;

	private final Rests rests;

	/**
	 * Makes a rotation.
	 * @param adapters the offering, once for each credential
	 * @param rests which credentials rest, for all offerings of the provider
	 */
	RotatingCredentials(List<ImageProvider> adapters, Rests rests) {
		this.adapters = List.copyOf(adapters);
		this.rests = rests;
	}

	/**
	 * Which credentials of a provider rest, and until when.
	 */
	static final class Rests {

		private final String provider;

		private final Instant[] until;

		private final InstantSource clock;

		private final AtomicInteger turn = new AtomicInteger();

		Rests(String provider, int credentials, InstantSource clock) {
			this.provider = provider;
			this.until = new Instant[credentials];
			Arrays.fill(this.until, Instant.MIN);
			this.clock = clock;
		}

		/** All credentials: first those that do not rest, in turn, then the others. */
		synchronized List<Integer> order() {
			Instant now = this.clock.instant();
			int first = Math.floorMod(this.turn.getAndIncrement(), this.until.length);
			List<Integer> order = new ArrayList<>();
			for (int i = 0; i < this.until.length; i++) {
				order.add((first + i) % this.until.length);
			}
			order.sort(Comparator.comparing(index -> this.until[index].isAfter(now) ? this.until[index] : Instant.MIN));
			return order;
		}

		synchronized void rest(int credential, Duration time) {
			this.until[credential] = this.clock.instant().plus(time);
		}

		private void refused(int credential, ProviderFailure failure) {
			Duration time = switch (failure.kind()) {
				case AUTH, QUOTA -> QUARANTINE;
				default -> failure.retryAfter().orElse(SHORT_REST);
			};
			rest(credential, time);
			logger.warn("Credential {} of {} rests for {} s: {}", credential, this.provider, time.toSeconds(),
					failure.kind());
		}

	}

	@Override
	public Mono<ProviderResult> generate(ProviderCall call) {
		if (call.jobId().isPresent()) {
			String job = call.jobId().get();
			int mark = job.indexOf(MARK);
			int credential = (mark > 0) ? Integer.parseInt(job.substring(0, mark)) : 0;
			return this.adapters.get(Math.min(credential, this.adapters.size() - 1))
				.generate(call.following(job.substring(mark + 1)));
		}
		return Mono.defer(() -> submit(call, this.rests.order(), 0));
	}

	private Mono<ProviderResult> submit(ProviderCall call, List<Integer> order, int turn) {
		int credential = order.get(turn);
		ProviderCall marked = call.watchedBy(new Marking(call.watch(), credential + String.valueOf(MARK)));
		return this.adapters.get(credential).generate(marked).onErrorResume(ProviderException.class, error -> {
			ProviderFailure failure = error.failure();
			if (failure.billed() != Billed.NO || !isOfCredential(failure)) {
				return Mono.error(error);
			}
			// What the gateway holds back itself is free again as soon as a submission
			// ends.
			if (failure.kind() != ProviderFailure.Kind.SATURATED) {
				this.rests.refused(credential, failure);
			}
			return (turn + 1 < order.size()) ? submit(call, order, turn + 1) : Mono.error(error);
		});
	}

	/**
	 * Marks the job's id with the credential that created it.
	 *
	 * @param watch who is told
	 * @param mark what the id begins with
	 */
	private record Marking(SubmissionWatch watch, String mark) implements SubmissionWatch {

		@Override
		public Mono<Void> accepted(String jobId) {
			return this.watch.accepted(this.mark + jobId);
		}

		@Override
		public void partial(PartialImage partial) {
			this.watch.partial(partial);
		}

		@Override
		public int partials() {
			return this.watch.partials();
		}

		@Override
		public boolean isCancelled() {
			return this.watch.isCancelled();
		}

		@Override
		public Optional<Duration> patience() {
			return this.watch.patience();
		}

	}

	/** Whether another credential may fare better. */
	private static boolean isOfCredential(ProviderFailure failure) {
		return switch (failure.kind()) {
			case AUTH, QUOTA, RATE_LIMITED, SATURATED -> true;
			case INVALID_REQUEST, MODERATION, MODEL_NOT_FOUND, CAPACITY, CONNECT, LOST, TIMEOUT, UPSTREAM_ERROR,
					BAD_OUTPUT ->
				false;
		};
	}

}
