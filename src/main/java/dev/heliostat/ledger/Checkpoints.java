package dev.heliostat.ledger;

import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Brings what stands in SQLite's log into its database file, beside the writer: left to
 * SQLite, every few hundred generations a commit does that first, and all that wait for
 * it wait longer. Only where the log is very long does a commit still do the rest, which
 * is little then, and begins the log anew.
 */
final class Checkpoints implements SmartLifecycle {

	/** From how many pages on a commit takes part: 64 MB. */
	static final int LONG_LOG = 16_384;

	private static final Logger logger = LoggerFactory.getLogger(Checkpoints.class);

	private static final Duration EVERY = Duration.ofMillis(500);

	private final StoreReads store;

	private final boolean needed;

	private volatile Disposable work = Disposables.disposed();

	/**
	 * Makes it.
	 * @param needed whether the store is SQLite
	 */
	Checkpoints(StoreReads store, boolean needed) {
		this.store = store;
		this.needed = needed;
	}

	/** Waits for nobody, and nobody waits for it. */
	private Mono<Boolean> move() {
		return this.store
			.query(jdbc -> jdbc.sql("pragma wal_checkpoint(passive)").query((row, number) -> true).single())
			.onErrorResume(failure -> {
				logger.warn("SQLite's log could not be brought into the database: {}", failure.getMessage());
				return Mono.empty();
			});
	}

	@Override
	public void start() {
		if (!this.needed) {
			return;
		}
		this.work = Flux.interval(EVERY).onBackpressureDrop().concatMap(tick -> move(), 1).subscribe();
	}

	/** The last connection that closes does the rest. */
	@Override
	public void stop() {
		this.work.dispose();
	}

	@Override
	public boolean isRunning() {
		return !this.work.isDisposed();
	}

}
