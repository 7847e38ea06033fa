package dev.heliostat.generation;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.telemetry.GatewayMeters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The generations that are under way. They end by themselves, not when their client goes
 * away, and the process waits for them when it is asked to stop.
 */
final class Running implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Running.class);

	private final GatewayMeters meters;

	private final Duration patience;

	private final Duration deadline;

	private final Ledger ledger;

	private final Map<String, CompletableFuture<GenerationRecord>> here = new ConcurrentHashMap<>();

	private final Set<String> expected = ConcurrentHashMap.newKeySet();

	private final AtomicInteger count = new AtomicInteger();

	private volatile boolean open;

	private volatile CompletableFuture<Void> idle = new CompletableFuture<>();

	Running(GatewayMeters meters, Ledger ledger, Duration patience, Duration deadline) {
		this.ledger = ledger;
		this.meters = meters;
		this.patience = patience;
		this.deadline = deadline;
	}

	/** Whoever began a generation and waits for its end. */
	interface Waiting {

		/**
		 * The end; fails with {@code deadline_exceeded} when it does not come in time.
		 */
		Mono<Generation> end();

		/** Nobody takes the end any more. */
		void abandon();

	}

	/**
	 * Runs a generation to its end, whoever listens. One who is not served in time, or
	 * goes away, leaves it to those who ask again; pictures that nobody takes are
	 * released.
	 * @param context goes with the work, such as a trace
	 */
	Waiting begin(Run run, Mono<Generation> work, ContextView context) {
		int pictures = run.order().request().count();
		long begin = System.nanoTime();
		this.count.incrementAndGet();
		this.meters.inflight(pictures);
		CompletableFuture<Generation> end = new CompletableFuture<>();
		AtomicBoolean taken = new AtomicBoolean();
		CompletableFuture<GenerationRecord> ended = new CompletableFuture<>();
		this.here.put(run.id(), ended);
		work.doFinally(signal -> {
			this.here.remove(run.id());
			this.meters.inflight(-pictures);
			finished();
		}).subscribe(generation -> {
			ended.complete(generation.record());
			report(run, generation.record(), Optional.empty(), begin);
			end.complete(generation);
			if (run.isAbandoned() && taken.compareAndSet(false, true)) {
				untaken(generation);
			}
		}, failure -> {
			Optional<GatewayError> error = (failure instanceof GatewayException known) ? Optional.of(known.error())
					: Optional.empty();
			GenerationRecord record = run.finished(error, Optional.empty());
			ended.completeExceptionally(failure);
			report(run, record, error, begin);
			end.completeExceptionally(failure);
		}, null, Context.of(context));
		return new Waiting() {

			@Override
			public Mono<Generation> end() {
				return Mono.fromFuture(end, true)
					.timeout(deadline(run.order()), Mono.error(() -> late(run.id(), run.order())))
					.doOnEach(signal -> {
						if (signal.isOnNext()) {
							taken.set(true);
						}
						else if (signal.isOnError()) {
							abandon();
						}
					})
					.doOnCancel(this::abandon);
			}

			@Override
			public void abandon() {
				run.abandon();
				if (end.isDone() && !end.isCompletedExceptionally() && taken.compareAndSet(false, true)) {
					untaken(end.join());
				}
			}

		};
	}

	private void untaken(Generation generation) {
		generation.release();
		if (!generation.record().repeats().unheard()) {
			unheard(generation.record().id());
		}
	}

	void unheard(String id) {
		this.ledger.unheard(id)
			.subscribe(null,
					failure -> logger.warn("{} could not be marked as not taken: {}", id, failure.getMessage()));
	}

	/** Notes that a generation is being admitted, and may be in the store already. */
	void expect(String id) {
		this.expected.add(id);
	}

	/** Notes that it runs, or never will. */
	void expected(String id) {
		this.expected.remove(id);
	}

	/** Whether a generation runs here, or is about to. */
	boolean isHere(String id) {
		return this.here.containsKey(id) || this.expected.contains(id);
	}

	/** The end of a generation that runs on this node; empty when it does not. */
	Optional<Mono<GenerationRecord>> here(String id) {
		return Optional.ofNullable(this.here.get(id)).map(ended -> Mono.fromFuture(ended, true));
	}

	/** The client's, where that is the shorter one. */
	Duration deadline(Order order) {
		return order.deadline().filter(asked -> asked.compareTo(this.deadline) < 0).orElse(this.deadline);
	}

	GatewayException late(String id, Order order) {
		return new GatewayError.DeadlineExceeded("The picture was not finished within " + seconds(deadline(order))
				+ " s. It is still being made as " + id
				+ ": repeat the request with the same Idempotency-Key, or as an SDK's retry, and it joins; or look at /v1/generations/"
				+ id + ".", id)
			.asException();
	}

	private void report(Run run, GenerationRecord record, Optional<GatewayError> error, long begin) {
		String model = run.plan().model().slug();
		String provider = record.attempts().isEmpty() ? "none" : record.attempts().getLast().provider();
		String outcome = error.map(GatewayError::code).map(GatewayMeters::tag).orElse("succeeded");
		this.meters.generation(model, provider, outcome);
		if (record.images() > 0) {
			this.meters.images(model, provider, record.images(), record.megapixels());
		}
		this.meters.overhead(overhead(run, begin));
		logger.atInfo()
			.addKeyValue("generation", record.id())
			.addKeyValue("request", record.requestId())
			.addKeyValue("model", model)
			.addKeyValue("provider", provider)
			.addKeyValue("outcome", outcome)
			.addKeyValue("attempts", record.attempts().size())
			.addKeyValue("images", record.images())
			.addKeyValue("cost_micros", record.charged().micros())
			.log("Generation {} {}: {} of {} pictures, {} attempts, {} micros", record.id(), outcome, record.images(),
					record.count(), record.attempts().size(), record.charged().micros());
	}

	private static String seconds(Duration time) {
		return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString();
	}

	/** What passed beside the providers' own time. */
	private static Duration overhead(Run run, long begin) {
		Duration all = Duration.ofNanos(System.nanoTime() - begin);
		Duration upstream = RunRecord.upstreamTime(run.attempts());
		return (upstream.compareTo(all) < 0) ? all.minus(upstream) : Duration.ZERO;
	}

	private void finished() {
		if (this.count.decrementAndGet() == 0 && !this.open) {
			this.idle.complete(null);
		}
	}

	@Override
	public void start() {
		this.idle = new CompletableFuture<>();
		this.open = true;
	}

	@Override
	public void stop() {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		stop(() -> stopped.complete(null));
		stopped.join();
	}

	/**
	 * Waits for what is under way; what is still running after that is in the store with
	 * its job's id.
	 */
	@Override
	public void stop(Runnable callback) {
		this.open = false;
		if (this.count.get() == 0) {
			this.idle.complete(null);
		}
		else {
			logger.info("Waiting for {} generations to end", this.count.get());
		}
		this.idle.completeOnTimeout(null, this.patience.toMillis(), TimeUnit.MILLISECONDS).thenRun(callback);
	}

	@Override
	public boolean isRunning() {
		return this.open;
	}

	/**
	 * After the web server has stopped taking requests, before the store's writer stops.
	 */
	@Override
	public int getPhase() {
		return 1000;
	}

}
