package dev.heliostat.ledger;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import dev.heliostat.image.GatewayError;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps writes in memory while the store cannot take them, and makes up for them when it
 * can again. Claims of idempotency keys are never kept so: no other node would see them,
 * and a picture could be made twice; neither is money taken out of a budget that nobody
 * can look at.
 */
final class FailOpenWrites implements LedgerWrites, SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(FailOpenWrites.class);

	private static final int TOGETHER = 256;

	private final LedgerWrites store;

	private final int capacity;

	private final Counter kept;

	private final Map<String, GenerationWrite> backlog = new LinkedHashMap<>();

	private volatile boolean out;

	private volatile boolean running;

	private Thread thread = new Thread();

	FailOpenWrites(LedgerWrites store, int capacity, MeterRegistry registry) {
		this.store = store;
		this.capacity = capacity;
		this.kept = Counter.builder("heliostat.store.failopen.writes")
			.description("Writes that were kept in memory because the store did not take them")
			.register(registry);
		Gauge.builder("heliostat.store.failopen.backlog", this, FailOpenWrites::size)
			.description("Generations that are in memory only")
			.register(registry);
	}

	synchronized int size() {
		return this.backlog.size();
	}

	@Override
	public CompletableFuture<Written> submit(GenerationWrite write) {
		if (isHeld(write)) {
			return keep(write, unavailable());
		}
		return this.store.submit(write).exceptionallyCompose(failure -> {
			if (!this.out && !needsStore(write)) {
				this.out = true;
				logger.warn("The store cannot be written: heliostat.ledger.fail-open lets requests go on, and what "
						+ "they cost is in memory only");
			}
			return keep(write, (failure instanceof CompletionException wrapped && wrapped.getCause() != null)
					? wrapped.getCause() : failure);
		});
	}

	/** Later writes of a generation follow the earlier ones. */
	private synchronized boolean isHeld(GenerationWrite write) {
		return this.out || this.backlog.containsKey(write.generation().id());
	}

	private static boolean needsStore(GenerationWrite write) {
		return write.kind() == GenerationWrite.Kind.CLAIM || write.kind() == GenerationWrite.Kind.RESERVE;
	}

	private synchronized CompletableFuture<Written> keep(GenerationWrite write, Throwable otherwise) {
		String id = write.generation().id();
		if (needsStore(write) || (this.backlog.size() >= this.capacity && !this.backlog.containsKey(id))) {
			return CompletableFuture.failedFuture(otherwise);
		}
		this.backlog.merge(id, write, GenerationWrite::then);
		this.kept.increment();
		return CompletableFuture.completedFuture(new Written(true, Reservation.SILENT));
	}

	/** Tries to write what is held; tells whether the store took anything. */
	private boolean makeUp() {
		List<GenerationWrite> some = new ArrayList<>();
		synchronized (this) {
			this.backlog.values().stream().limit(TOGETHER).forEach(some::add);
		}
		List<CompletableFuture<Written>> written = some.stream().map(this.store::submit).toList();
		boolean taken = false;
		for (int i = 0; i < some.size(); i++) {
			if (written.get(i).handle((changed, failure) -> failure == null).join()) {
				taken = true;
				synchronized (this) {
					this.backlog.remove(some.get(i).generation().id(), some.get(i));
				}
			}
		}
		synchronized (this) {
			if (this.out && this.backlog.isEmpty()) {
				this.out = false;
				logger.warn("The store is back, and everything that was kept in memory has been written");
			}
		}
		return taken;
	}

	private void work() {
		while (this.running) {
			try {
				if (size() == 0 || !makeUp()) {
					TimeUnit.MILLISECONDS.sleep(250);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
			catch (RuntimeException ex) {
				logger.error("Making up for unwritten generations failed; trying again", ex);
			}
		}
	}

	@Override
	public void start() {
		this.running = true;
		this.thread = Thread.ofPlatform().name("heliostat-store-makeup").daemon().start(this::work);
	}

	/** Tries a last time. */
	@Override
	public void stop() {
		this.running = false;
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(30));
			while (size() > 0 && makeUp()) {
				logger.info("{} generations are still to be written", size());
			}
			if (size() > 0) {
				logger.error("{} generations were never written: the store is out and the process ends", size());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** After the writer that it writes to, and stopped before it. */
	@Override
	public int getPhase() {
		return 1;
	}

	private static RuntimeException unavailable() {
		return new GatewayError.StoreUnavailable(
				"The store cannot be written at the moment, so nothing billable was begun. Try again shortly.")
			.asException();
	}

}
