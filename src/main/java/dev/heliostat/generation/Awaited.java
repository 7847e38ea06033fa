package dev.heliostat.generation;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Ledger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The generations of other nodes that somebody here waits for: one query asks for all of
 * them.
 */
final class Awaited implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Awaited.class);

	private static final Duration PAUSE = Duration.ofMillis(250);

	private final Ledger ledger;

	private final Map<CompletableFuture<GenerationRecord>, String> waiting = new ConcurrentHashMap<>();

	private volatile Disposable asking = Disposables.disposed();

	Awaited(Ledger ledger) {
		this.ledger = ledger;
	}

	/** The record of a generation when it has ended. */
	Mono<GenerationRecord> ended(String id) {
		return Mono.defer(() -> {
			CompletableFuture<GenerationRecord> end = new CompletableFuture<>();
			this.waiting.put(end, id);
			return Mono.fromFuture(end).doFinally(signal -> this.waiting.remove(end));
		});
	}

	private Mono<Void> ask() {
		if (this.waiting.isEmpty()) {
			return Mono.empty();
		}
		return this.ledger.ended(Set.copyOf(this.waiting.values())).doOnNext(records -> {
			for (GenerationRecord record : records) {
				this.waiting.forEach((end, id) -> {
					if (id.equals(record.id())) {
						end.complete(record);
					}
				});
			}
		}).then().onErrorResume(failure -> {
			logger.warn("Generations of other nodes cannot be looked at: {}", failure.getMessage());
			return Mono.empty();
		});
	}

	@Override
	public void start() {
		this.asking = Flux.interval(PAUSE).onBackpressureDrop().concatMap(tick -> ask(), 1).subscribe();
	}

	@Override
	public void stop() {
		this.asking.dispose();
	}

	@Override
	public boolean isRunning() {
		return !this.asking.isDisposed();
	}

}
