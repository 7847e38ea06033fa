package dev.heliostat.console;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.heliostat.console.Duel.Side;
import dev.heliostat.console.Duel.Vote;
import dev.heliostat.ledger.StoreReads;
import reactor.core.publisher.Mono;

/**
 * Duels and votes in the database. Holds no prompt.
 */
final class ArenaStore {

	private final StoreReads store;

	ArenaStore(StoreReads store) {
		this.store = store;
	}

	Mono<Void> create(Duel duel) {
		return this.store
			.query(jdbc -> jdbc.sql("""
					insert into arena_duel (id, key_id, project, created_at, left_model, right_model, left_generation,
					  right_generation, sandbox)
					values (:id, :key, :project, :at, :left, :right, :leftMade, :rightMade, :sandbox)""")
				.param("id", duel.id())
				.param("key", duel.keyId())
				.param("project", duel.project())
				.param("at", duel.createdAt().toEpochMilli())
				.param("left", duel.left().model())
				.param("right", duel.right().model())
				.param("leftMade", duel.left().generation())
				.param("rightMade", duel.right().generation())
				.param("sandbox", duel.sandbox() ? 1 : 0)
				.update())
			.then();
	}

	Mono<Optional<Duel>> find(String id) {
		return this.store.query(jdbc -> jdbc.sql("select * from arena_duel where id = :id")
			.param("id", id)
			.query((row, number) -> duel(row))
			.optional());
	}

	/** Notes a vote; the first one counts. */
	Mono<Void> vote(String id, Vote vote, Instant at, Side left, Side right) {
		return this.store
			.query(jdbc -> jdbc.sql("""
					update arena_duel set vote = :vote, voted_at = :at, left_provider = :leftProvider,
					  right_provider = :rightProvider, left_micros = :leftMicros, right_micros = :rightMicros,
					  left_millis = :leftMillis, right_millis = :rightMillis
					where id = :id and vote is null""")
				.param("vote", vote.name())
				.param("at", at.toEpochMilli())
				.param("leftProvider", left.provider().orElse(""))
				.param("rightProvider", right.provider().orElse(""))
				.param("leftMicros", left.micros())
				.param("rightMicros", right.micros())
				.param("leftMillis", left.millis())
				.param("rightMillis", right.millis())
				.param("id", id)
				.update())
			.then();
	}

	/**
	 * Votes of the same kind on the same two models.
	 *
	 * @param left the one
	 * @param right the other
	 * @param vote which was liked better
	 * @param count how often
	 * @param leftMicros what the one's pictures cost
	 * @param rightMicros what the other's cost
	 * @param leftMillis how long the one's took
	 * @param rightMillis how long the other's took
	 */
	record Tally(String left, String right, Vote vote, long count, long leftMicros, long rightMicros, long leftMillis,
			long rightMillis) {
	}

	/**
	 * All votes added up, of a project or of all; those on the sandbox's pictures apart.
	 */
	Mono<List<Tally>> tallies(Optional<String> project, boolean sandbox) {
		return this.store.query(jdbc -> jdbc
			.sql("""
					select left_model, right_model, vote, count(*) as votes, sum(left_micros) as left_micros,
					  sum(right_micros) as right_micros, sum(left_millis) as left_millis, sum(right_millis) as right_millis
					from arena_duel where vote is not null and sandbox = :sandbox%s
					group by left_model, right_model, vote order by left_model, right_model, vote"""
				.formatted(project.isPresent() ? " and project = :project" : ""))
			.param("sandbox", sandbox ? 1 : 0)
			.param("project", project.orElse(""))
			.query((row, number) -> new Tally(row.getString("left_model"), row.getString("right_model"),
					Vote.valueOf(row.getString("vote")), row.getLong("votes"), row.getLong("left_micros"),
					row.getLong("right_micros"), row.getLong("left_millis"), row.getLong("right_millis")))
			.list());
	}

	/** Duels that were voted on, youngest first, of a project or of all. */
	Mono<List<Duel>> voted(Optional<String> project, int limit) {
		return this.store.query(jdbc -> jdbc
			.sql("select * from arena_duel where vote is not null"
					+ (project.isPresent() ? " and project = :project" : "")
					+ " order by voted_at desc, id desc limit :limit")
			.param("project", project.orElse(""))
			.param("limit", limit)
			.query((row, number) -> duel(row))
			.list());
	}

	private static Duel duel(ResultSet row) throws SQLException {
		Optional<Vote> vote = Optional.ofNullable(row.getString("vote")).map(Vote::valueOf);
		return new Duel(row.getString("id"), row.getString("key_id"), row.getString("project"),
				Instant.ofEpochMilli(row.getLong("created_at")), side(row, "left"), side(row, "right"), vote,
				vote.isPresent() ? Optional.of(Instant.ofEpochMilli(row.getLong("voted_at"))) : Optional.empty(),
				row.getLong("sandbox") == 1);
	}

	private static Side side(ResultSet row, String side) throws SQLException {
		return new Side(row.getString(side + "_model"), row.getString(side + "_generation"),
				Optional.ofNullable(row.getString(side + "_provider")), row.getLong(side + "_micros"),
				row.getLong(side + "_millis"));
	}

}
