package dev.heliostat.ledger;

import java.util.Optional;

import reactor.core.publisher.Mono;

/**
 * What requests asked for whose clients do not wait, encrypted, until they have ended.
 */
public final class PendingOrders {

	private final StoreReads store;

	PendingOrders(StoreReads store) {
		this.store = store;
	}

	/** Keeps an order; completes when it is durable. */
	public Mono<Void> keep(String generation, String sealed) {
		return this.store
			.query(jdbc -> jdbc.sql("""
					insert into pending_order (generation, sealed) values (:id, :sealed)
					on conflict (generation) do update set sealed = excluded.sealed""")
				.param("id", generation)
				.param("sealed", sealed)
				.update())
			.then();
	}

	public Mono<Optional<String>> find(String generation) {
		return this.store.query(jdbc -> jdbc.sql("select sealed from pending_order where generation = :id")
			.param("id", generation)
			.query(String.class)
			.optional());
	}

	public Mono<Void> forget(String generation) {
		return this.store.query(
				jdbc -> jdbc.sql("delete from pending_order where generation = :id").param("id", generation).update())
			.then();
	}

	/** Forgets what a crash left behind of generations that have ended. */
	public Mono<Void> trim() {
		return this.store
			.query(jdbc -> jdbc
				.sql("delete from pending_order where generation in (select id from generation where settled = 1)")
				.update())
			.then();
	}

}
