package dev.heliostat.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.heliostat.nodes.Hints;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionOperations;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Wires the store: SQLite in the data directory, or PostgreSQL when it has a URL; the
 * same SQL and migrations.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ StoreProperties.class, LedgerProperties.class })
class LedgerConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(LedgerConfiguration.class);

	@Bean
	DataDirectory dataDirectory(@Value("${heliostat.data-dir:data}") Path root) {
		return DataDirectory.open(root);
	}

	@Bean
	DataSource dataSource(StoreProperties properties, DataDirectory directory) {
		HikariConfig config = new HikariConfig();
		config.setPoolName("store");
		config.setMaximumPoolSize(properties.poolSize());
		config.setConnectionTimeout(3000);
		// A database that is away for a moment must not end a process that starts just
		// then.
		config.setInitializationFailTimeout(30_000);
		if (properties.isEmbedded()) {
			// FULL: what was acknowledged survives a power cut. IMMEDIATE: two writers
			// queue instead of failing.
			config.setJdbcUrl("jdbc:sqlite:" + directory.resolve("heliostat.db")
					+ "?journal_mode=WAL&synchronous=FULL&busy_timeout=10000&transaction_mode=IMMEDIATE&foreign_keys=true");
			config.setConnectionInitSql("pragma wal_autocheckpoint=" + Checkpoints.LONG_LOG);
			config.setExceptionOverride(new BusyConnections());
		}
		else {
			config.setJdbcUrl(properties.url());
			config.setUsername(properties.username());
			config.setPassword(properties.password());
			config.addDataSourceProperty("socketTimeout", "30");
			config.addDataSourceProperty("tcpKeepAlive", "true");
		}
		return new HikariDataSource(config);
	}

	/**
	 * SQLite's native calls would pin the carriers of virtual threads, so it gets a few
	 * threads of its own.
	 */
	@Bean(destroyMethod = "dispose")
	Scheduler storeScheduler(StoreProperties properties) {
		if (!properties.isEmbedded()) {
			return Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor());
		}
		// Event loops hand over queries, so neither the queue nor the pool may have a
		// lock to
		// wait for.
		ThreadPoolExecutor threads = new ThreadPoolExecutor(properties.poolSize() - 1, properties.poolSize() - 1, 0,
				TimeUnit.SECONDS, new LinkedTransferQueue<>(),
				Thread.ofPlatform().name("heliostat-store-", 1).daemon().factory());
		threads.prestartAllCoreThreads();
		return Schedulers.fromExecutorService(threads);
	}

	@Bean
	StoreReads storeReads(DataSource dataSource, Scheduler storeScheduler, FlywayMigrationInitializer migrated) {
		return new StoreReads(dataSource, storeScheduler);
	}

	@Bean
	Checkpoints checkpoints(StoreReads reads, StoreProperties properties) {
		return new Checkpoints(reads, properties.isEmbedded());
	}

	@Bean
	GroupCommitWriter groupCommitWriter(DataSource dataSource, StoreProperties properties, MeterRegistry registry,
			FlywayMigrationInitializer migrated) {
		return new GroupCommitWriter(new BatchCommit(dataSource), properties.queue(), properties.writeTimeout(),
				registry);
	}

	@Bean
	Leases leases(StoreReads reads, StoreProperties properties, DataDirectory directory) {
		return new Leases(reads,
				properties.isEmbedded() ? Optional.of(directory.resolve("heliostat.lock")) : Optional.empty());
	}

	@Bean
	PendingOrders pendingOrders(StoreReads reads) {
		return new PendingOrders(reads);
	}

	@Bean
	KeptPrompts keptPrompts(StoreReads reads) {
		return new KeptPrompts(reads);
	}

	@Bean
	Cancellations cancellations(StoreReads reads) {
		return new Cancellations(reads);
	}

	@Bean
	Webhooks webhooks(StoreReads reads) {
		return new Webhooks(reads);
	}

	@Bean
	MediaIndex mediaIndex(StoreReads reads, JdbcOperations operations, TransactionOperations transaction) {
		return new MediaIndex(reads, operations, transaction);
	}

	@Bean
	GenerationReports generationReports(StoreReads reads) {
		return new GenerationReports(reads);
	}

	@Bean
	UsageReports usageReports(StoreReads reads) {
		return new UsageReports(reads);
	}

	@Bean
	LedgerKeeper ledgerKeeper(StoreReads reads, LedgerProperties properties) {
		return new LedgerKeeper(reads, properties, Clock.systemUTC());
	}

	@Bean
	Reconciliation reconciliation(GenerationReports reports, StoreReads reads, LedgerProperties properties) {
		return new Reconciliation(reports, new Corrections(reads), properties.invoiceLines());
	}

	@Bean
	Backups backups(StoreReads reads, DataDirectory directory, StoreProperties properties) {
		return new Backups(reads, directory, properties.isEmbedded());
	}

	@Bean
	@ConditionalOnBooleanProperty("heliostat.ledger.fail-open")
	FailOpenWrites failOpenWrites(GroupCommitWriter writer, LedgerProperties properties, MeterRegistry registry) {
		logger.warn("heliostat.ledger.fail-open is on: while the store is out, requests go on and what they cost is in "
				+ "memory only; it is lost if this process ends before the store is back");
		return new FailOpenWrites(writer, properties.failOpenQueue(), registry);
	}

	@Bean
	Ledger ledger(GroupCommitWriter writer, Optional<FailOpenWrites> failOpen, StoreReads reads, MediaIndex media,
			LedgerProperties properties, Hints hints) {
		return switch (properties.store()) {
			case DURABLE -> new SqlLedger(failOpen.<LedgerWrites>map(open -> open).orElse(writer), reads, hints);
			case MEMORY -> {
				logger.warn("heliostat.ledger.store is memory: generations, what they cost and what they may not be "
						+ "repeated for are forgotten when this process ends, and budgets are not held. For tests and benchmarks only.");
				yield new MemoryLedger(media);
			}
		};
	}

}
