package dev.heliostat.generation;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.nodes.Hint;
import dev.heliostat.nodes.Hints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The generations of other nodes that somebody here waits for: one query asks for all of
 * them, four times a second and whenever another node says that one has ended.
 */
final class Awaited implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Awaited.class);

	private static final Duration PAUSE = Duration.ofMillis(250);

	private final Ledger ledger;

	private final Map<CompletableFuture<GenerationRecord>, String> waiting = new ConcurrentHashMap<>();

	private final Sinks.Many<String> nudges = Sinks.many().multicast().directBestEffort();

	private volatile Disposable asking = Disposables.disposed();

	Awaited(Ledger ledger, Hints hints) {
		this.ledger = ledger;
		hints.listen(Hint.ENDED, id -> {
			if (this.waiting.containsValue(id)) {
				this.nudges.tryEmitNext(id);
			}
		});
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
		this.asking = Flux.merge(Flux.interval(PAUSE).map(tick -> ""), this.nudges.asFlux())
			.onBackpressureLatest()
			.concatMap(reason -> ask(), 1)
			.subscribe();
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
