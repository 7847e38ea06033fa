package dev.heliostat.ledger;

import java.util.concurrent.Callable;

import dev.heliostat.image.GatewayError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Runs queries on threads that may block, and hands the result to threads that may not.
 */
public final class StoreReads {

	private static final Logger logger = LoggerFactory.getLogger(StoreReads.class);

	private final JdbcClient jdbc;

	private final Scheduler scheduler;

	StoreReads(JdbcClient jdbc, Scheduler scheduler) {
		this.jdbc = jdbc;
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

	private static Throwable unavailable(Throwable error) {
		logger.error("The store cannot be read", error);
		return new GatewayError.StoreUnavailable("The store cannot be read at the moment. Try again shortly.")
			.asException();
	}

}
