package dev.heliostat.generation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.ledger.MediaRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes ends of generations, again and again where the store does not take them: what is
 * known of a bill is not to be guessed later, and a reservation not to be held for
 * nothing.
 */
final class Ends implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Ends.class);

	private static final Duration PAUSE = Duration.ofSeconds(1);

	/**
	 * What is beyond it is settled by the last record that the store has, as that of a
	 * node that died.
	 */
	private static final int MOST = 10_000;

	private static final int TOGETHER = 256;

	private final Ledger ledger;

	private final Map<String, End> unwritten = new ConcurrentHashMap<>();

	private final Set<String> beingWritten = ConcurrentHashMap.newKeySet();

	private volatile Disposable writing = Disposables.disposed();

	Ends(Ledger ledger) {
		this.ledger = ledger;
	}

	private record End(GenerationRecord record, List<MediaRecord> media) {
	}

	/** Writes an end; where the store does not take it now, it is written later. */
	Mono<Void> settle(GenerationRecord record, List<MediaRecord> media) {
		return Mono.defer(() -> {
			this.beingWritten.add(record.id());
			return this.ledger.settle(record, media).onErrorResume(failure -> {
				logger.error("The end of {} could not be written; trying again: {}", record.id(), failure.getMessage());
				later(record, media);
				return Mono.empty();
			});
		}).doOnTerminate(() -> this.beingWritten.remove(record.id()));
	}

	/** Writes an end soon, where the store has just not answered. */
	void later(GenerationRecord record, List<MediaRecord> media) {
		if (this.unwritten.size() < MOST) {
			this.unwritten.put(record.id(), new End(record, media));
		}
		else {
			logger.error("Too many ends wait for the store; that of {} is settled by its last record", record.id());
		}
	}

	/**
	 * Whether the end of a generation is known here and has still to be written, or
	 * confirmed: it must not run anew under its record before that.
	 */
	boolean isHeld(String id) {
		return this.unwritten.containsKey(id) || this.beingWritten.contains(id);
	}

	private Mono<Void> write() {
		return Flux.fromIterable(List.copyOf(this.unwritten.values()))
			.take(TOGETHER)
			.flatMap(end -> this.ledger.settle(end.record(), end.media())
				.doOnSuccess(done -> this.unwritten.remove(end.record().id(), end)), TOGETHER)
			.then()
			.onErrorResume(failure -> {
				logger.warn("{} ends of generations wait for the store: {}", this.unwritten.size(),
						failure.getMessage());
				return Mono.empty();
			});
	}

	@Override
	public void start() {
		this.writing = Flux.interval(PAUSE)
			.onBackpressureDrop()
			.filter(tick -> !this.unwritten.isEmpty())
			.concatMap(tick -> write(), 1)
			.subscribe();
	}

	/** Tries a last time; what remains is taken up by another node. */
	@Override
	public void stop() {
		this.writing.dispose();
		if (!this.unwritten.isEmpty()) {
			write().onErrorComplete().block(Duration.ofSeconds(15));
		}
	}

	@Override
	public boolean isRunning() {
		return !this.writing.isDisposed();
	}

	/** Stops after the generations have ended, and before the lease is given back. */
	@Override
	public int getPhase() {
		return 700;
	}

}
