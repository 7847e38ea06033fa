package dev.heliostat.generation;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.heliostat.ledger.Cancellations;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Leases;
import dev.heliostat.ledger.PendingOrders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps this node's lease, brings to their end the generations of nodes that died, and
 * hears of what was cancelled at another node.
 */
final class Recovery implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Recovery.class);

	/** Beats between two looks for what crashes left behind. */
	private static final int TIDY = 100;

	/** Beats between two looks for generations that nobody works on. */
	private static final int SWEEP = 4;

	private final Leases leases;

	private final Resumption resumption;

	private final Duration silence;

	private final Cancellations cancellations;

	private final Cancelled cancelled;

	private final PendingOrders orders;

	private final Predicate<String> known;

	/** What is being brought to its end. */
	private final Set<String> resuming = ConcurrentHashMap.newKeySet();

	/** This node's own generations that nothing here worked on at the last look. */
	private volatile Set<String> astray = Set.of();

	private final AtomicBoolean open = new AtomicBoolean();

	private volatile Disposable beating = Disposables.disposed();

	Recovery(Leases leases, Resumption resumption, Duration silence, Cancellations cancellations, Cancelled cancelled,
			PendingOrders orders, Predicate<String> known) {
		this.leases = leases;
		this.resumption = resumption;
		this.silence = silence;
		this.cancellations = cancellations;
		this.cancelled = cancelled;
		this.orders = orders;
		this.known = known;
	}

	private Mono<Void> beat() {
		return this.leases.beat()
			.then(Mono.defer(() -> this.leases.takeOver(this.silence)))
			.flatMap(left -> this.cancellations.asked(this.leases.owner())
				.doOnNext(ids -> ids.forEach(this.cancelled::add))
				.doOnNext(ids -> left.forEach(this::resume)))
			.then()
			.onErrorResume(failure -> {
				logger.warn("The lease could not be kept; trying again: {}", failure.getMessage());
				return Mono.empty();
			});
	}

	/** Crashes leave behind what concerns generations that have ended since. */
	private Mono<Void> tidy() {
		return this.orders.trim().then(this.cancellations.trim()).onErrorResume(failure -> {
			logger.warn("Orders of ended generations could not be deleted; trying again: {}", failure.getMessage());
			return Mono.empty();
		});
	}

	/**
	 * Takes up generations of this node that nothing here works on any more, because the
	 * store did not answer when they were begun or resumed. What is so at two looks is so
	 * for good: others end or begin between them.
	 */
	private Mono<Void> sweep() {
		return this.leases.own().flatMap(own -> {
			Set<String> lost = own.stream()
				.filter(id -> !this.known.test(id) && !this.resuming.contains(id))
				.collect(Collectors.toSet());
			Set<String> twice = new HashSet<>(lost);
			twice.retainAll(this.astray);
			this.astray = lost;
			return twice.isEmpty() ? Mono.empty() : this.leases.own(twice);
		}).doOnNext(left -> left.forEach(this::resume)).then().onErrorResume(failure -> {
			logger.warn("Generations that nobody works on could not be looked for; trying again: {}",
					failure.getMessage());
			return Mono.empty();
		});
	}

	/** Takes as long as the job takes, so nothing waits for it. */
	private void resume(GenerationRecord left) {
		this.resuming.add(left.id());
		this.resumption.resume(left)
			.doFinally(end -> this.resuming.remove(left.id()))
			.subscribe(null, failure -> logger.error("{} could not be resumed", left.id(), failure));
	}

	@Override
	public void start() {
		this.open.set(true);
		// The lease is there before anything runs under it.
		this.leases.beat().block(Duration.ofSeconds(30));
		this.beating = Flux.interval(Duration.ZERO, this.silence.dividedBy(4))
			.onBackpressureDrop()
			.concatMap(tick -> (tick % TIDY == 0) ? beat().then(tidy())
					: (tick % SWEEP == 0) ? beat().then(sweep()) : beat(), 1)
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
