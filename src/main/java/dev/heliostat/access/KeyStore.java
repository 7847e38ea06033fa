package dev.heliostat.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

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

	/**
	 * What is known of a secret.
	 *
	 * @param caller whose it is
	 * @param refusal why it does not count any more; empty when it is good
	 * @param until when it stops being good, in milliseconds
	 * @param archived whether its project is
	 */
	record Known(Caller caller, Optional<String> refusal, long until, boolean archived) {
	}

	/** Looks a secret up; one that was replaced by rotation is good for a while. */
	Mono<Optional<Known>> find(String hash) {
		return this.store.query(jdbc -> jdbc.sql("""
				select access_key.*, replaced.valid_until, project.scopes as project_scopes, project.archived_at
				from access_key join project on project.id = access_key.project
				  left join replaced_secret replaced on replaced.key_id = access_key.id and replaced.hash = :hash
				where access_key.hash = :hash
				  or access_key.id = (select key_id from replaced_secret where hash = :hash)""")
			.param("hash", hash)
			.query((row, number) -> known(row))
			.optional());
	}

	private Known known(ResultSet row) throws SQLException {
		long expires = orNever(row, "expires_at");
		long until = Math.min(expires, orNever(row, "valid_until"));
		Optional<String> refusal = Optional.empty();
		long now = this.clock.millis();
		if (instant(row, "revoked_at").isPresent()) {
			refusal = Optional.of("The API key was revoked. Ask the operator for another one.");
		}
		else if (expires <= now) {
			refusal = Optional
				.of("The API key expired on " + Instant.ofEpochMilli(expires) + ". Ask the operator for another one.");
		}
		else if (until <= now) {
			refusal = Optional.of("The API key was replaced, and was good until " + Instant.ofEpochMilli(until)
					+ ". Use the new one.");
		}
		Caller caller = new Caller(row.getString("id"), row.getString("project"), kind(row))
			.within(limits(row.getString("project_scopes"), row.getString("scopes")));
		return new Known(caller, refusal, until, instant(row, "archived_at").isPresent());
	}

	/** The scopes of a project and of a key, without those that permit everything. */
	private static List<Scope> limits(String... scopes) {
		return Stream.of(scopes)
			.flatMap(Stream::ofNullable)
			.map(AccessJson::scope)
			.filter(scope -> !scope.equals(Scope.ALL))
			.toList();
	}

	/** Keeps a new key. */
	void insert(JdbcClient jdbc, AccessKey key, String secret) {
		jdbc.sql(
				"""
						insert into access_key (id, hash, kind, project, name, last_four, scopes, tags, limits, version, created_at, expires_at)
						values (:id, :hash, :kind, :project, :name, :lastFour, :scopes, :tags, :limits, 1, :now, :expires)""")
			.param("id", key.id())
			.param("hash", KeyFormat.hash(secret))
			.param("kind", key.kind().name().toLowerCase(Locale.ROOT))
			.param("project", key.project())
			.param("name", key.name())
			.param("lastFour", key.lastFour().orElse(""))
			.param("scopes", AccessJson.text(key.scope()))
			.param("tags", AccessJson.text(key.tags()))
			.param("limits", AccessJson.text(key.limits()))
			.param("now", key.createdAt().orElseThrow().toEpochMilli())
			.param("expires", key.expiresAt().map(Instant::toEpochMilli).orElse(null))
			.update();
	}

	/** Writes a key's changeable parts, as its next version. */
	void update(JdbcClient jdbc, AccessKey key) {
		jdbc.sql("""
				update access_key set name = :name, scopes = :scopes, tags = :tags, limits = :limits,
				  expires_at = :expires,
				  revoked_at = :revoked, version = version + 1 where id = :id""")
			.param("id", key.id())
			.param("name", key.name())
			.param("scopes", AccessJson.text(key.scope()))
			.param("tags", AccessJson.text(key.tags()))
			.param("limits", AccessJson.text(key.limits()))
			.param("expires", key.expiresAt().map(Instant::toEpochMilli).orElse(null))
			.param("revoked", key.revokedAt().map(Instant::toEpochMilli).orElse(null))
			.update();
	}

	/** Gives a key another secret; the one before is good for a while. */
	void rotate(JdbcClient jdbc, String id, String secret, Instant validUntil) {
		jdbc.sql("delete from replaced_secret where key_id = :id and valid_until <= :now")
			.param("id", id)
			.param("now", this.clock.millis())
			.update();
		jdbc.sql("""
				insert into replaced_secret (hash, key_id, last_four, valid_until)
				select hash, id, last_four, :until from access_key where id = :id""")
			.param("until", validUntil.toEpochMilli())
			.param("id", id)
			.update();
		// Who rotates at once wants none of the earlier secrets to live on, either.
		jdbc.sql("update replaced_secret set valid_until = :until where key_id = :id and valid_until > :until")
			.param("until", validUntil.toEpochMilli())
			.param("id", id)
			.update();
		jdbc.sql("update access_key set hash = :hash, last_four = :lastFour, version = version + 1 where id = :id")
			.param("hash", KeyFormat.hash(secret))
			.param("lastFour", secret.substring(secret.length() - 4))
			.param("id", id)
			.update();
	}

	/** A key by its id. */
	Optional<AccessKey> get(JdbcClient jdbc, String id) {
		return jdbc.sql("select * from access_key where id = :id")
			.param("id", id)
			.query((row, number) -> read(row, replaced(jdbc, id)))
			.optional();
	}

	/** Keys, youngest first. */
	List<AccessKey> list(JdbcClient jdbc, Optional<String> after, String project, String kind, int limit) {
		List<AccessKey> bare = jdbc.sql("""
				select * from access_key
				where (:after = '' or (created_at, id) < (select created_at, id from access_key where id = :after))
				  and (:project = '' or project = :project) and (:kind = '' or kind = :kind)
				order by created_at desc, id desc limit :limit""")
			.param("after", after.orElse(""))
			.param("project", project)
			.param("kind", kind)
			.param("limit", limit)
			.query((row, number) -> read(row, List.of()))
			.list();
		List<AccessKey> keys = new ArrayList<>();
		for (AccessKey key : bare) {
			List<AccessKey.Replaced> replaced = replaced(jdbc, key.id());
			keys.add(replaced.isEmpty() ? key : get(jdbc, key.id()).orElse(key));
		}
		return keys;
	}

	private List<AccessKey.Replaced> replaced(JdbcClient jdbc, String id) {
		return jdbc.sql("""
				select last_four, valid_until from replaced_secret where key_id = :id and valid_until > :now
				order by valid_until desc""")
			.param("id", id)
			.param("now", this.clock.millis())
			.query((row, number) -> new AccessKey.Replaced(row.getString("last_four"),
					Instant.ofEpochMilli(row.getLong("valid_until"))))
			.list();
	}

	private static AccessKey read(ResultSet row, List<AccessKey.Replaced> replaced) throws SQLException {
		return new AccessKey(row.getString("id"), kind(row), row.getString("project"), row.getString("name"),
				Optional.of(row.getString("last_four")), AccessJson.scope(row.getString("scopes")),
				AccessJson.tags(row.getString("tags")),
				Optional.ofNullable(row.getString("limits")).map(LimitJson::rates), row.getLong("version"),
				AccessKey.Source.STORED, instant(row, "created_at"), instant(row, "expires_at"),
				instant(row, "revoked_at"), replaced);
	}

	private static Caller.Kind kind(ResultSet row) throws SQLException {
		return Caller.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT));
	}

	static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
		long millis = row.getLong(column);
		return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
	}

	private static long orNever(ResultSet row, String column) throws SQLException {
		return instant(row, column).map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
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
