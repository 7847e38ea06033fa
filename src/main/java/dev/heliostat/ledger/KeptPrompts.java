package dev.heliostat.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Mono;

/**
 * Prompts of projects that want them kept, encrypted, until their time is over.
 */
public final class KeptPrompts {

	private static final int TOGETHER = 250;

	private final StoreReads store;

	KeptPrompts(StoreReads store) {
		this.store = store;
	}

	/** Keeps a prompt; the first one of a generation stays. */
	public Mono<Void> keep(String generation, String project, String sealed, Instant now, Duration time) {
		return this.store
			.query(jdbc -> jdbc.sql("""
					insert into kept_prompt (generation, project, sealed, created_at, expires_at)
					values (:id, :project, :sealed, :now, :end) on conflict (generation) do nothing""")
				.param("id", generation)
				.param("project", project)
				.param("sealed", sealed)
				.param("now", now.toEpochMilli())
				.param("end", now.plus(time).toEpochMilli())
				.update())
			.then();
	}

	/** A prompt whose time is not over. */
	public Mono<Optional<String>> find(String generation, Instant now) {
		return this.store
			.query(jdbc -> jdbc.sql("select sealed from kept_prompt where generation = :id and expires_at > :now")
				.param("id", generation)
				.param("now", now.toEpochMilli())
				.query(String.class)
				.optional());
	}

	/** Deletes a prompt before its time. */
	public Mono<Void> forget(String generation) {
		return this.store
			.query(jdbc -> jdbc.sql("delete from kept_prompt where generation = :id").param("id", generation).update())
			.then();
	}

	/** Deletes what is not kept any more. */
	public Mono<Void> purge(Instant now) {
		StoreReads.Query<Integer> some = jdbc -> jdbc.sql("""
				delete from kept_prompt where generation in (
				  select generation from kept_prompt where expires_at <= :now order by expires_at limit :together)""")
			.param("now", now.toEpochMilli())
			.param("together", TOGETHER)
			.update();
		return this.store.query(some).expand(done -> (done < TOGETHER) ? Mono.empty() : this.store.query(some)).then();
	}

	/**
	 * Lets prompts of a project that are kept already end sooner, never later: whoever
	 * was promised less is not to have more. Inside of a change.
	 */
	public static void shorten(JdbcClient jdbc, String project, Duration time) {
		jdbc.sql("""
				update kept_prompt set expires_at = created_at + :millis
				where project = :project and expires_at > created_at + :millis""")
			.param("millis", time.toMillis())
			.param("project", project)
			.update();
	}

}
