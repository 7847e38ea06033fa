package dev.heliostat.ledger;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executors;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Wires the store: SQLite in the data directory, or PostgreSQL when it has a URL; the
 * same SQL and migrations.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StoreProperties.class)
class LedgerConfiguration {

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
		return properties.isEmbedded()
				? Schedulers.fromExecutorService(Executors.newFixedThreadPool(properties.poolSize() - 1,
						Thread.ofPlatform().name("heliostat-store-", 1).daemon().factory()))
				: Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor());
	}

	@Bean
	StoreReads storeReads(DataSource dataSource, Scheduler storeScheduler, FlywayMigrationInitializer migrated) {
		return new StoreReads(JdbcClient.create(dataSource), storeScheduler);
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
	Ledger ledger(GroupCommitWriter writer, StoreReads reads) {
		return new SqlLedger(writer, reads);
	}

}
