package dev.heliostat.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.heliostat.image.GatewayError;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The one writer of the hot path: callers wait for a future while one thread drains the
 * queue into one transaction, so that a thousand waiting requests cost one fsync.
 */
final class GroupCommitWriter implements LedgerWrites, SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(GroupCommitWriter.class);

	private static final int BATCH = 512;

	private final BatchCommit commit;

	/** Offering to it takes no lock, so an event loop may. */
	private final LinkedTransferQueue<Pending> queue = new LinkedTransferQueue<>();

	private final AtomicInteger waiting = new AtomicInteger();

	private final int capacity;

	private final Duration timeout;

	private final DistributionSummary batchSizes;

	private volatile boolean running;

	private Thread thread = new Thread();

	GroupCommitWriter(BatchCommit commit, int capacity, Duration timeout, MeterRegistry registry) {
		this.commit = commit;
		this.capacity = capacity;
		this.timeout = timeout;
		this.batchSizes = DistributionSummary.builder("heliostat.store.batch")
			.description("Writes that shared one transaction")
			.register(registry);
	}

	/**
	 * Queues a write; the future completes when it is durable, on the writer's thread,
	 * and tells what it changed.
	 */
	@Override
	public CompletableFuture<Written> submit(GenerationWrite write) {
		CompletableFuture<Written> durable = new CompletableFuture<>();
		if (this.waiting.incrementAndGet() > this.capacity || !this.running) {
			this.waiting.decrementAndGet();
			durable.completeExceptionally(unavailable());
		}
		else {
			this.queue.offer(new Pending(write, durable, System.nanoTime()));
		}
		return durable;
	}

	@Override
	public void start() {
		this.running = true;
		this.thread = Thread.ofPlatform().name("heliostat-store-writer").start(this::drain);
	}

	/** Writes what is queued, then ends. */
	@Override
	public void stop() {
		this.running = false;
		try {
			this.thread.join(this.timeout.plusSeconds(5));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** Starts before the web server and stops after it. */
	@Override
	public int getPhase() {
		return 0;
	}

	private void drain() {
		List<Pending> batch = new ArrayList<>(BATCH);
		while (this.running || !this.queue.isEmpty()) {
			try {
				Pending first = this.queue.poll(200, TimeUnit.MILLISECONDS);
				if (first != null) {
					batch.add(first);
					this.queue.drainTo(batch, BATCH - 1);
					write(batch);
					this.batchSizes.record(batch.size());
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
			catch (RuntimeException ex) {
				logger.error("A batch of writes failed unexpectedly", ex);
				batch.forEach(pending -> pending.durable.completeExceptionally(unavailable()));
			}
			finally {
				this.waiting.addAndGet(-batch.size());
				batch.clear();
			}
		}
	}

	private void write(List<Pending> batch) throws InterruptedException {
		Map<String, GenerationWrite> merged = new LinkedHashMap<>();
		for (Pending pending : batch) {
			merged.merge(pending.write.generation().id(), pending.write, GenerationWrite::then);
		}
		long deadline = batch.getFirst().since + this.timeout.toNanos();
		Map<String, Written> written = new HashMap<>();
		if (commitAll(merged.values(), deadline, written) == BatchCommit.Outcome.REFUSED) {
			// One write spoils the batch: only its own request is to fail.
			for (GenerationWrite write : merged.values()) {
				commitAll(List.of(write), deadline, written);
			}
		}
		for (Pending pending : batch) {
			Written end = written.get(pending.write.generation().id());
			if (end != null) {
				pending.durable.complete(end);
			}
			else {
				pending.durable.completeExceptionally(unavailable());
			}
		}
	}

	/**
	 * Commits, again and again while the store is only out of reach, until the time is
	 * over.
	 */
	private BatchCommit.Outcome commitAll(Collection<GenerationWrite> writes, long deadline,
			Map<String, Written> written) throws InterruptedException {
		long pause = 50;
		BatchCommit.Batch batch = new BatchCommit.Batch(writes);
		while (true) {
			BatchCommit.Outcome outcome = this.commit.commit(batch, written);
			if (outcome != BatchCommit.Outcome.UNREACHABLE
					|| System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) > deadline) {
				return outcome;
			}
			TimeUnit.MILLISECONDS.sleep(pause);
			pause = Math.min(1000, pause * 2);
		}
	}

	private static RuntimeException unavailable() {
		return new GatewayError.StoreUnavailable(
				"The store cannot be written at the moment, so nothing billable was begun. Try again shortly.")
			.asException();
	}

	private record Pending(GenerationWrite write, CompletableFuture<Written> durable, long since) {
	}

}
