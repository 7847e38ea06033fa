package dev.heliostat.catalog;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the snapshot in force: a valid change of the operator's files replaces it whole,
 * an invalid one leaves it. Files are looked at again and again, because a mounted
 * Kubernetes ConfigMap changes by a link that file watching misses.
 */
public final class ReloadingCatalogs implements Catalogs, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ReloadingCatalogs.class);

	private static final int STALE_DAYS = 180;

	private final CatalogLoader loader;

	private final CatalogSources sources;

	private final Clock clock;

	private final Counter reloaded;

	private final Counter refused;

	private final ScheduledExecutorService watcher = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("heliostat-catalog").daemon().factory());

	private volatile Catalog current;

	private volatile String fingerprint;

	private volatile Instant checkedAt;

	private volatile List<CatalogProblem> problems = List.of();

	ReloadingCatalogs(CatalogSources sources, Clock clock, Duration poll, MeterRegistry registry) {
		this.sources = sources;
		this.loader = CatalogLoader.trusting(sources, clock);
		this.clock = clock;
		this.reloaded = counter(registry, "ok");
		this.refused = counter(registry, "failed");
		this.fingerprint = sources.fingerprint();
		this.current = this.loader.load();
		this.checkedAt = clock.instant();
		if (!poll.isZero()) {
			this.watcher.scheduleWithFixedDelay(this::check, poll.toMillis(), poll.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	private static Counter counter(MeterRegistry registry, String result) {
		return Counter.builder("heliostat.catalog.reload")
			.description("Readings of changed catalog files")
			.tag("result", result)
			.register(registry);
	}

	@Override
	public Catalog current() {
		return this.current;
	}

	/** Reads the files again if they have changed. */
	void check() {
		try {
			String now = this.sources.fingerprint();
			if (!now.equals(this.fingerprint)) {
				this.fingerprint = now;
				reload();
			}
		}
		catch (RuntimeException ex) {
			logger.error("The catalog's files cannot be looked at; the snapshot in force stays", ex);
		}
	}

	private void reload() {
		try {
			Catalog loaded = this.loader.load();
			this.current = loaded;
			this.problems = List.of();
			this.reloaded.increment();
			logger.info("The catalog was read again: {} models", loaded.models().size());
		}
		catch (InvalidCatalogException ex) {
			this.problems = ex.problems();
			this.refused.increment();
			logger.error("The changed catalog is refused, the snapshot in force stays: {}", ex.getMessage());
		}
		finally {
			this.checkedAt = this.clock.instant();
		}
	}

	/** What became of the latest reading. */
	public CatalogStatus status() {
		Catalog catalog = this.current;
		Instant oldest = this.clock.instant().minus(Duration.ofDays(STALE_DAYS));
		int offerings = catalog.models().stream().mapToInt(model -> model.offerings().size()).sum();
		return new CatalogStatus(catalog.loadedAt(), catalog.models().size(), offerings, this.checkedAt, this.problems,
				catalog.stalePrices(oldest));
	}

	@Override
	public void close() {
		this.watcher.shutdownNow();
	}

}
