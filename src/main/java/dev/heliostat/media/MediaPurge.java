package dev.heliostat.media;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

import dev.heliostat.ledger.MediaIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Deletes what is not to be kept any more, again and again: pictures whose time is over,
 * bytes that no picture refers to, and what processes that died, or earlier versions,
 * left behind without a record. Several nodes may do so at once.
 */
public final class MediaPurge {

	private static final Logger logger = LoggerFactory.getLogger(MediaPurge.class);

	private static final int BATCH = 200;

	private static final int AT_ONCE = 8;

	/** Whatever is written gets its record within this time, or never. */
	private static final Duration GRACE = Duration.ofHours(1);

	private final Blobs blobs;

	private final MediaIndex index;

	private final Duration pause;

	private final Clock clock;

	private final Disposable.Swap running = Disposables.swap();

	MediaPurge(Blobs blobs, MediaIndex index, Duration pause, Clock clock) {
		this.blobs = blobs;
		this.index = index;
		this.pause = pause;
		this.clock = clock;
	}

	void start() {
		long sweepEach = Math.max(1, GRACE.dividedBy(this.pause));
		this.running.update(Flux.interval(this.pause)
			.onBackpressureDrop()
			.concatMap(tick -> purge().then(Mono.defer(() -> (tick % sweepEach == 0) ? sweep() : Mono.empty()))
				.onErrorResume(failure -> {
					logger.warn("Not all media that is to be deleted could be; trying again later", failure);
					return Mono.empty();
				}), 1)
			.subscribe());
	}

	void stop() {
		this.running.dispose();
	}

	/** Deletes pictures whose time is over, and bytes that none refers to. */
	public Mono<Void> purge() {
		return Mono.defer(() -> this.index.removeExpired(this.clock.instant(), BATCH))
			.repeat()
			.takeUntil(removed -> removed < BATCH)
			.then(Mono.defer(this::collect).repeat().takeUntil(deleted -> deleted < BATCH).then());
	}

	private Mono<Integer> collect() {
		return this.index.garbage(this.clock.instant(), BATCH).flatMap(names -> delete(names).thenReturn(names.size()));
	}

	private Mono<Void> delete(List<String> names) {
		return Flux.fromIterable(names)
			.flatMap(this.blobs::delete, AT_ONCE)
			.then(Mono.defer(() -> this.index.forget(names)));
	}

	/** Deletes what the index does not know and has not been written just now. */
	Mono<Void> sweep() {
		return Flux.defer(() -> this.blobs.list(this.clock.instant().minus(GRACE)))
			.buffer(BATCH)
			.concatMap(names -> this.index.unknown(names)
				.flatMapMany(Flux::fromIterable)
				.flatMap(name -> this.blobs.delete(name).thenReturn(name), AT_ONCE)
				.count(), 1)
			.reduce(0L, Long::sum)
			.doOnNext(swept -> {
				if (swept > 0) {
					logger.info("{} pictures without a record were deleted", swept);
				}
			})
			.then();
	}

}
