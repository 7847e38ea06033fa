package dev.heliostat.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import dev.heliostat.ledger.StoreReads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The record of every change that somebody made: who, when, what, and how it was before
 * and after. Rows are only added, in the transaction of the change, and each holds the
 * hash of the one before, so that a row which was altered, put in or taken out shows.
 */
public final class AuditLog {

	private static final Logger logger = LoggerFactory.getLogger(AuditLog.class);

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final int BATCH = 1000;

	private final StoreReads store;

	private final TransactionOperations transaction;

	private final Clock clock;

	AuditLog(StoreReads store, TransactionOperations transaction, Clock clock) {
		this.store = store;
		this.transaction = transaction;
		this.clock = clock;
	}

	/** A change. Whatever it throws undoes it. */
	@FunctionalInterface
	public interface Change<T> {

		/**
		 * Changes something.
		 * @param jdbc inside the transaction
		 * @param entries takes what is to be recorded
		 */
		T apply(JdbcClient jdbc, Entries entries);

	}

	/** Takes what is to be recorded of a change. */
	@FunctionalInterface
	public interface Entries {

		/**
		 * Records one thing that was changed.
		 * @param action such as {@code key.create}
		 * @param target the id of what was changed
		 * @param before how it was, without secrets; empty when it is new
		 * @param after how it is, without secrets
		 */
		void add(String action, String target, Optional<ObjectNode> before, ObjectNode after);

	}

	/**
	 * A row of the log.
	 *
	 * @param seq its number, from 1 without gaps
	 * @param at when, in milliseconds, so that its hash can be made again
	 * @param actor the key that asked for it
	 * @param request the id of the request that brought it
	 * @param action what was done
	 * @param target to what
	 * @param before how it was, as JSON; empty when it is new
	 * @param after how it is, as JSON
	 * @param previousHash the hash of the row before
	 * @param hash the hash of all of the above
	 */
	public record Entry(long seq, long at, String actor, String request, String action, String target, String before,
			String after, String previousHash, String hash) {
	}

	/**
	 * What became of looking at every row.
	 *
	 * @param entries how many rows are right, from the beginning
	 * @param head the hash of the last one of these
	 * @param fault what is wrong with the row after them; empty when all are right
	 * @param known whether the hash that somebody kept is that of a row
	 */
	public record Verification(long entries, String head, Optional<String> fault, boolean known) {
	}

	/**
	 * Changes something and records it, in one transaction. All changes, on all nodes,
	 * are one after the other.
	 */
	public <T> Mono<T> change(Actor actor, Change<T> change) {
		return this.store.query(jdbc -> Objects.requireNonNull(this.transaction.execute(status -> {
			// Taken first by everybody: no two wait for each other.
			jdbc.sql("update audit_head set seq = seq where id = 1").update();
			return change.apply(jdbc,
					(action, target, before, after) -> append(jdbc, actor, action, target, before, after));
		})));
	}

	private void append(JdbcClient jdbc, Actor actor, String action, String target, Optional<ObjectNode> before,
			ObjectNode after) {
		Entry last = head(jdbc);
		String beforeText = before.map(JSON::writeValueAsString).orElse("");
		String afterText = JSON.writeValueAsString(after);
		Entry bare = new Entry(last.seq + 1, this.clock.millis(), actor.id(), actor.request(), action, target,
				beforeText, afterText, last.hash, "");
		String hash = hash(bare);
		jdbc.sql(
				"""
						insert into audit (seq, at, actor, request, action, target, before_change, after_change, previous_hash, hash)
						values (:seq, :at, :actor, :request, :action, :target, :before, :after, :previous, :hash)""")
			.param("seq", bare.seq)
			.param("at", bare.at)
			.param("actor", bare.actor)
			.param("request", bare.request)
			.param("action", action)
			.param("target", target)
			.param("before", beforeText)
			.param("after", afterText)
			.param("previous", bare.previousHash)
			.param("hash", hash)
			.update();
		jdbc.sql("update audit_head set seq = :seq, hash = :hash where id = 1")
			.param("seq", bare.seq)
			.param("hash", hash)
			.update();
		// A log that is shipped elsewhere shows when the end of the table was cut off.
		logger.info("Audit {}: {} {} by {}, {}", bare.seq, action, target, actor.id(), hash);
	}

	private static Entry head(JdbcClient jdbc) {
		return jdbc.sql("select seq, hash from audit_head where id = 1")
			.query((row, number) -> new Entry(row.getLong("seq"), 0, "", "", "", "", "", "", "", row.getString("hash")))
			.single();
	}

	private static String hash(Entry entry) {
		ArrayNode fields = JsonNodeFactory.instance.arrayNode();
		fields.add(entry.seq).add(entry.at).add(entry.actor).add(entry.request).add(entry.action).add(entry.target);
		fields.add(entry.before).add(entry.after).add(entry.previousHash);
		try {
			byte[] text = JSON.writeValueAsString(fields).getBytes(StandardCharsets.UTF_8);
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Rows, youngest first.
	 * @param before only those with a lower number; empty for the youngest
	 * @param target only those about one thing; empty for all
	 */
	public Mono<List<Entry>> list(Optional<Long> before, Optional<String> target, int limit) {
		return this.store.query(jdbc -> jdbc.sql("""
				select * from audit where seq < :before and (:target = '' or target = :target)
				order by seq desc limit :limit""")
			.param("before", before.orElse(Long.MAX_VALUE))
			.param("target", target.orElse(""))
			.param("limit", limit)
			.query((row, number) -> read(row))
			.list());
	}

	/**
	 * Looks at every row that there is now.
	 * @param kept a hash that somebody kept, to see whether the log was cut off or
	 * written anew since
	 */
	public Mono<Verification> verify(Optional<String> kept) {
		return this.store.query(AuditLog::end)
			.flatMap(end -> Mono.just(new Verification(0, "", Optional.empty(), false))
				.expand(seen -> (seen.fault.isPresent() || seen.entries >= end.seq) ? Mono.empty()
						: this.store.query(jdbc -> further(jdbc, seen, end.seq, kept)))
				.last()
				.map(seen -> end.check(seen)));
	}

	/** The last row as it was noted, and the highest number that there is. */
	private static End end(JdbcClient jdbc) {
		return jdbc
			.sql("select seq, hash, (select coalesce(max(seq), 0) from audit) as top from audit_head where id = 1")
			.query((row, number) -> new End(row.getLong("seq"), row.getString("hash"), row.getLong("top")))
			.single();
	}

	private record End(long seq, String hash, long top) {

		private Verification check(Verification seen) {
			boolean same = seen.head.equals(this.hash) && this.top <= this.seq;
			return (seen.fault.isPresent() || same) ? seen : new Verification(seen.entries, seen.head,
					Optional.of("The last row is not the one that was written last."), seen.known);
		}

	}

	private static Verification further(JdbcClient jdbc, Verification seen, long last, Optional<String> kept) {
		List<Entry> rows = jdbc
			.sql("select * from audit where seq > :seen and seq <= :last order by seq limit " + BATCH)
			.param("seen", seen.entries)
			.param("last", last)
			.query((row, number) -> read(row))
			.list();
		long count = seen.entries;
		String head = seen.head;
		boolean known = seen.known;
		if (rows.isEmpty()) {
			return new Verification(count, head, Optional.of("Row " + (count + 1) + " is missing."), known);
		}
		for (Entry row : rows) {
			if (row.seq != count + 1) {
				return new Verification(count, head, Optional.of("Row " + (count + 1) + " is missing."), known);
			}
			if (!row.previousHash.equals(head)) {
				return new Verification(count, head,
						Optional.of("Row " + row.seq + " does not follow the row before it."), known);
			}
			if (!row.hash.equals(hash(row))) {
				return new Verification(count, head, Optional.of("Row " + row.seq + " was altered."), known);
			}
			count = row.seq;
			head = row.hash;
			known |= kept.filter(row.hash::equals).isPresent();
		}
		return new Verification(count, head, Optional.empty(), known);
	}

	private static Entry read(ResultSet row) throws SQLException {
		return new Entry(row.getLong("seq"), row.getLong("at"), row.getString("actor"), row.getString("request"),
				row.getString("action"), row.getString("target"), row.getString("before_change"),
				row.getString("after_change"), row.getString("previous_hash"), row.getString("hash"));
	}

	/** When a row was written. */
	public static Instant at(Entry entry) {
		return Instant.ofEpochMilli(entry.at);
	}

}
