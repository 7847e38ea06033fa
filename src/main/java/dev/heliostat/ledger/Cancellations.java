package dev.heliostat.ledger;

import java.util.List;

import reactor.core.publisher.Mono;

/**
 * Which generations their owners no longer want, for the nodes that work on them.
 */
public final class Cancellations {

	private final StoreReads store;

	Cancellations(StoreReads store) {
		this.store = store;
	}

	/** Notes that a generation is not wanted; harmless when it has ended. */
	public Mono<Void> ask(String generation) {
		return this.store
			.query(jdbc -> jdbc.sql("""
					insert into cancellation (generation, asked_at) values (:id, :now)
					on conflict (generation) do nothing""")
				.param("id", generation)
				.param("now", System.currentTimeMillis())
				.update())
			.then();
	}

	/** The unwanted ones among those that a node works on. */
	public Mono<List<String>> asked(long owner) {
		return this.store.query(jdbc -> jdbc.sql("""
				select generation from cancellation join generation on generation.id = cancellation.generation
				where generation.settled = 0 and generation.owner = :owner""")
			.param("owner", owner)
			.query(String.class)
			.list());
	}

	/** Forgets those of generations that have ended. */
	public Mono<Void> trim() {
		return this.store
			.query(jdbc -> jdbc
				.sql("delete from cancellation where generation in (select id from generation where settled = 1)")
				.update())
			.then();
	}

}
