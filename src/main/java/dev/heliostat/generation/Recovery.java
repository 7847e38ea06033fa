package dev.heliostat.generation;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Leases;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps this node's lease, and brings to their end the generations of nodes that died.
 */
final class Recovery implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Recovery.class);

	private final Leases leases;

	private final Resumption resumption;

	private final Duration silence;

	private final AtomicBoolean open = new AtomicBoolean();

	private volatile Disposable beating = Disposables.disposed();

	Recovery(Leases leases, Resumption resumption, Duration silence) {
		this.leases = leases;
		this.resumption = resumption;
		this.silence = silence;
	}

	private Mono<Void> beat() {
		return this.leases.beat()
			.then(Mono.defer(() -> this.leases.takeOver(this.silence)))
			.doOnNext(left -> left.forEach(this::resume))
			.then()
			.onErrorResume(failure -> {
				logger.warn("The lease could not be kept; trying again: {}", failure.getMessage());
				return Mono.empty();
			});
	}

	/** Takes as long as the job takes, so nothing waits for it. */
	private void resume(GenerationRecord left) {
		this.resumption.resume(left)
			.subscribe(null, failure -> logger.error("{} could not be resumed", left.id(), failure));
	}

	@Override
	public void start() {
		this.open.set(true);
		// The lease is there before anything runs under it.
		this.leases.beat().block(Duration.ofSeconds(30));
		this.beating = Flux.interval(Duration.ZERO, this.silence.dividedBy(4))
			.onBackpressureDrop()
			.concatMap(tick -> beat(), 1)
			.subscribe();
	}

	/** What is still running goes to another node at once. */
	@Override
	public void stop() {
		this.open.set(false);
		this.beating.dispose();
		this.leases.end().onErrorComplete().block(Duration.ofSeconds(5));
	}

	@Override
	public boolean isRunning() {
		return this.open.get();
	}

	/**
	 * After the store's writer has started, before the web server; the reverse at the
	 * end.
	 */
	@Override
	public int getPhase() {
		return 500;
	}

}
