package dev.heliostat.access;

import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

import dev.heliostat.ledger.StoreReads;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Mono;

/**
 * The keys in the database: their hashes, never the keys.
 */
final class KeyStore {

	private final StoreReads store;

	private final Clock clock;

	KeyStore(StoreReads store, Clock clock) {
		this.store = store;
		this.clock = clock;
	}

	/** A key that counts: neither revoked nor expired. */
	Mono<Optional<Caller>> find(String hash) {
		long now = this.clock.millis();
		return this.store.query(jdbc -> jdbc.sql("""
				select id, project, kind from access_key
				where hash = :hash and revoked_at is null and (expires_at is null or expires_at > :now)""")
			.param("hash", hash)
			.param("now", now)
			.query((row, number) -> new Caller(row.getString("id"), row.getString("project"),
					Caller.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT))))
			.optional());
	}

	/** Keeps a new key of the default project. */
	void insert(JdbcClient jdbc, Caller.Kind kind, String name, String key) {
		jdbc.sql("""
				insert into access_key (id, hash, kind, project, name, last_four, created_at)
				values (:id, :hash, :kind, 'default', :name, :lastFour, :now)""")
			.param("id", "key_" + KeyFormat.random(16))
			.param("hash", KeyFormat.hash(key))
			.param("kind", kind.name().toLowerCase(Locale.ROOT))
			.param("name", name)
			.param("lastFour", key.substring(key.length() - 4))
			.param("now", this.clock.millis())
			.update();
	}

	/**
	 * Claims the first start: true for one caller in the life of a store without keys, on
	 * however many nodes.
	 */
	boolean claimFirstStart(JdbcClient jdbc, Instant now) {
		return jdbc.sql("""
				insert into milestone (name, reached_at)
				select 'first-keys', :now where not exists (select 1 from access_key)
				on conflict (name) do nothing""").param("now", now.toEpochMilli()).update() == 1;
	}

}
