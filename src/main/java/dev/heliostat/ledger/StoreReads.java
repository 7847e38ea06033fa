package dev.heliostat.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.Callable;

import javax.sql.DataSource;

import dev.heliostat.image.GatewayError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Runs queries on threads that may block, and hands the result to threads that may not.
 */
public final class StoreReads {

	private static final Logger logger = LoggerFactory.getLogger(StoreReads.class);

	/** Rows that are fetched at once. */
	private static final int ROWS = 500;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final TransactionTemplate transactions;

	private final Scheduler scheduler;

	StoreReads(DataSource dataSource, Scheduler scheduler) {
		this.jdbc = JdbcClient.create(dataSource);
		this.dataSource = dataSource;
		this.transactions = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
		this.scheduler = scheduler;
	}

	/** Something that is asked of the database. */
	@FunctionalInterface
	public interface Query<T> {

		T run(JdbcClient jdbc);

	}

	/**
	 * Runs a query; fails with {@code store_unavailable} when the database does not
	 * answer.
	 */
	public <T> Mono<T> query(Query<T> query) {
		Callable<T> call = () -> query.run(this.jdbc);
		return Mono.fromCallable(call)
			.subscribeOn(this.scheduler)
			.onErrorMap(error -> error instanceof DataAccessException || error instanceof TransactionException,
					StoreReads::unavailable)
			.publishOn(Schedulers.parallel());
	}

	/**
	 * Reads without holding all rows in memory; PostgreSQL hands out rows bit by bit only
	 * inside of a transaction, and SQLite's transactions here are those of writers.
	 */
	<T> Mono<T> read(Query<T> query) {
		Callable<T> call = () -> {
			try (Connection connection = this.dataSource.getConnection()) {
				boolean transaction = !connection.getMetaData().getDatabaseProductName().equals("SQLite");
				connection.setAutoCommit(!transaction);
				try {
					JdbcTemplate template = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
					template.setFetchSize(ROWS);
					return query.run(JdbcClient.create(template));
				}
				finally {
					if (transaction) {
						connection.rollback();
						connection.setAutoCommit(true);
					}
				}
			}
		};
		return Mono.fromCallable(call)
			.subscribeOn(this.scheduler)
			.onErrorMap(error -> error instanceof SQLException || error instanceof DataAccessException,
					StoreReads::unavailable)
			.publishOn(Schedulers.parallel());
	}

	/** Something that is changed in one transaction. */
	interface Change<T> {

		T run(JdbcTemplate template);

	}

	/** Runs several statements that take effect together or not at all. */
	<T> Mono<T> transaction(Change<T> change) {
		JdbcTemplate template = new JdbcTemplate(this.dataSource);
		return query(jdbc -> Objects.requireNonNull(this.transactions.execute(status -> change.run(template))));
	}

	private static Throwable unavailable(Throwable error) {
		logger.error("The store cannot be read", error);
		return new GatewayError.StoreUnavailable("The store cannot be read at the moment. Try again shortly.")
			.asException();
	}

}
