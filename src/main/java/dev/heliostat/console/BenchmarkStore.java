package dev.heliostat.console;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.heliostat.console.Benchmark.Picture;
import dev.heliostat.console.Benchmark.State;
import dev.heliostat.ledger.StoreReads;
import reactor.core.publisher.Mono;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Benchmarks in the database. Holds no prompt.
 */
final class BenchmarkStore {

	private final StoreReads store;

	private final Clock clock;

	BenchmarkStore(StoreReads store, Clock clock) {
		this.store = store;
		this.clock = clock;
	}

	/** Gives whether it is new. */
	Mono<Boolean> create(Benchmark benchmark) {
		return this.store.query(jdbc -> jdbc.sql("""
				insert into benchmark (id, model, key_id, project, created_at, cap_micros, planned, state, touched_at,
				  sandbox, note)
				values (:id, :model, :key, :project, :at, :cap, :planned, 'RUNNING', :at, :sandbox, '')
				on conflict (id) do nothing""")
			.param("id", benchmark.id())
			.param("model", benchmark.model())
			.param("key", benchmark.keyId())
			.param("project", benchmark.project())
			.param("at", benchmark.createdAt().toEpochMilli())
			.param("cap", benchmark.capMicros())
			.param("planned", benchmark.planned())
			.param("sandbox", benchmark.sandbox() ? 1 : 0)
			.update() == 1);
	}

	/** Notes that it goes on; gives whether it may. */
	Mono<Boolean> touch(String id) {
		return this.store
			.query(jdbc -> jdbc.sql("update benchmark set touched_at = :now where id = :id and state = 'RUNNING'")
				.param("now", this.clock.millis())
				.param("id", id)
				.update() == 1);
	}

	Mono<Void> end(String id, State state, String note) {
		return this.store
			.query(jdbc -> jdbc
				.sql("update benchmark set state = :state, note = :note where id = :id and state = 'RUNNING'")
				.param("state", state.name())
				.param("note", note)
				.param("id", id)
				.update())
			.then();
	}

	Mono<Void> add(String id, Picture picture) {
		return this.store.query(jdbc -> jdbc.sql("""
				insert into benchmark_picture (benchmark, number, offering, prompt, size, generation, outcome, provider,
				  micros, millis, first_byte_millis, finished_at)
				values (:id, :number, :offering, :prompt, :size, :generation, :outcome, :provider, :micros, :millis,
				  :first, :at)""")
			.param("id", id)
			.param("number", picture.number())
			.param("offering", picture.offering())
			.param("prompt", picture.prompt())
			.param("size", picture.size())
			.param("generation", picture.generation())
			.param("outcome", picture.outcome())
			.param("provider", picture.provider())
			.param("micros", picture.micros())
			.param("millis", picture.millis())
			.param("first", picture.firstByteMillis())
			.param("at", picture.finishedAt().toEpochMilli())
			.update()).then();
	}

	/** One with its pictures. */
	Mono<Optional<Benchmark>> find(String id) {
		return this.store.query(jdbc -> jdbc.sql("select * from benchmark where id = :id")
			.param("id", id)
			.query((row, number) -> benchmark(row, pictures(jdbc, id)))
			.optional());
	}

	/** The latest of a key, without their pictures. */
	Mono<List<Benchmark>> list(String keyId, String model, int limit) {
		return this.store.query(jdbc -> jdbc
			.sql("select * from benchmark where key_id = :key and model = :model order by created_at desc limit :limit")
			.param("key", keyId)
			.param("model", model)
			.param("limit", limit)
			.query((row, number) -> benchmark(row, List.of()))
			.list());
	}

	private static List<Picture> pictures(JdbcClient jdbc, String id) {
		return jdbc.sql("select * from benchmark_picture where benchmark = :id order by number")
			.param("id", id)
			.query((row, number) -> new Picture(row.getInt("number"), row.getString("offering"), row.getInt("prompt"),
					row.getString("size"), row.getString("generation"), row.getString("outcome"),
					row.getString("provider"), row.getLong("micros"), row.getLong("millis"),
					row.getLong("first_byte_millis"), Instant.ofEpochMilli(row.getLong("finished_at"))))
			.list();
	}

	private static Benchmark benchmark(ResultSet row, List<Picture> pictures) throws SQLException {
		return new Benchmark(row.getString("id"), row.getString("model"), row.getString("key_id"),
				row.getString("project"), Instant.ofEpochMilli(row.getLong("created_at")), row.getLong("cap_micros"),
				row.getInt("planned"), State.valueOf(row.getString("state")),
				Instant.ofEpochMilli(row.getLong("touched_at")), row.getLong("sandbox") == 1, row.getString("note"),
				pictures);
	}

}
