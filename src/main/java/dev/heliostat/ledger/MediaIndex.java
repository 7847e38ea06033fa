package dev.heliostat.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import reactor.core.publisher.Mono;

/**
 * Which pictures are kept, whose they are and until when, and where their bytes are. How
 * many pictures refer to the same bytes is counted in the transactions that add and
 * remove pictures; bytes that none refers to become garbage in that same transaction, so
 * that a crash leaves none behind. Pictures of a generation that ends are added by
 * {@link Ledger#settle(GenerationRecord, List)}.
 */
public final class MediaIndex {

	private final StoreReads store;

	private final JdbcOperations operations;

	private final TransactionOperations transaction;

	MediaIndex(StoreReads store, JdbcOperations operations, TransactionOperations transaction) {
		this.store = store;
		this.operations = operations;
		this.transaction = transaction;
	}

	/** Adds pictures; completes when they are durable. */
	public Mono<Void> add(List<MediaRecord> records) {
		return this.store.query(jdbc -> this.transaction
			.execute(status -> this.operations.execute((ConnectionCallback<Integer>) link -> {
				MediaStatement.write(link, records);
				return records.size();
			}))).then();
	}

	/** Finds a picture and where its bytes are. */
	public Mono<Optional<MediaRecord>> find(String id) {
		return this.store.query(jdbc -> jdbc.sql("""
				select media.*, media_blob.name from media join media_blob on media_blob.sha256 = media.sha256
				where media.id = :id""").param("id", id).query((row, number) -> MediaStatement.read(row)).optional());
	}

	/** Removes one picture; gives the names of bytes that are garbage by that. */
	public Mono<List<String>> remove(String id) {
		return removed(jdbc -> jdbc.sql("delete from media where id = :id returning sha256")
			.param("id", id)
			.query((row, number) -> row.getString(1))
			.list());
	}

	/**
	 * Removes the pictures of a generation; gives the names of bytes that are garbage by
	 * that.
	 */
	public Mono<List<String>> removeOf(String generation) {
		return removed(jdbc -> jdbc.sql("delete from media where generation = :generation returning sha256")
			.param("generation", generation)
			.query((row, number) -> row.getString(1))
			.list());
	}

	/**
	 * Removes some of the pictures whose time is over; tells how many.
	 */
	public Mono<Integer> removeExpired(Instant now, int most) {
		return this.store.query(jdbc -> this.transaction.execute(status -> {
			List<String> hashes = jdbc.sql("""
					delete from media where id in
					  (select id from media where expires_at <= :now order by expires_at, id limit :most)
					returning sha256""")
				.param("now", now.toEpochMilli())
				.param("most", most)
				.query((row, number) -> row.getString(1))
				.list();
			release(jdbc, hashes);
			return hashes.size();
		}));
	}

	private Mono<List<String>> removed(StoreReads.Query<List<String>> removal) {
		return this.store.query(jdbc -> this.transaction.execute(status -> release(jdbc, removal.run(jdbc))));
	}

	/** Counts references down; what has none left is garbage. */
	private static List<String> release(JdbcClient jdbc, List<String> hashes) {
		Map<String, Integer> counts = new TreeMap<>();
		hashes.forEach(hash -> counts.merge(hash, 1, Integer::sum));
		List<String> garbage = new ArrayList<>();
		counts.forEach((hash, count) -> {
			jdbc.sql("update media_blob set refs = refs - :count where sha256 = :hash")
				.param("count", count)
				.param("hash", hash)
				.update();
			garbage.addAll(jdbc.sql("delete from media_blob where sha256 = :hash and refs <= 0 returning name")
				.param("hash", hash)
				.query((row, number) -> row.getString(1))
				.list());
		});
		garbage.forEach(
				name -> jdbc.sql("insert into media_garbage (name, due_at) values (:name, :now) on conflict do nothing")
					.param("name", name)
					.param("now", System.currentTimeMillis())
					.update());
		return garbage;
	}

	/** Some names at which nothing is needed any more, the oldest first. */
	public Mono<List<String>> garbage(Instant now, int most) {
		return this.store.query(jdbc -> jdbc
			.sql("select name from media_garbage where due_at <= :now order by due_at, name limit :most")
			.param("now", now.toEpochMilli())
			.param("most", most)
			.query((row, number) -> row.getString(1))
			.list());
	}

	/** Forgets names whose bytes were deleted. */
	public Mono<Void> forget(Collection<String> names) {
		return names.isEmpty() ? Mono.empty() : this.store
			.query(jdbc -> jdbc.sql("delete from media_garbage where name in (:names)").param("names", names).update())
			.then();
	}

	/** Those of some names that the index does not know. */
	public Mono<Set<String>> unknown(Collection<String> names) {
		return this.store.query(jdbc -> {
			Set<String> unknown = new HashSet<>(names);
			jdbc.sql("""
					select name from media_blob where name in (:names)
					union all select name from media_garbage where name in (:names)""")
				.param("names", names)
				.query((row, number) -> row.getString(1))
				.list()
				.forEach(unknown::remove);
			return unknown;
		});
	}

}
