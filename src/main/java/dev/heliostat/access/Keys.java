package dev.heliostat.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.StoreReads;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Mono;

/**
 * Keys as operators make and change them: those in the database, and, to be seen only,
 * those that configuration declares.
 */
public final class Keys {

	private final StoreReads store;

	private final KeyStore keys;

	private final DeclaredKeys declared;

	private final AuditLog audit;

	private final StoredSettings settings;

	private final Runnable changed;

	private final Clock clock;

	/**
	 * Makes the access to keys.
	 * @param changed told after each change
	 */
	Keys(StoreReads store, KeyStore keys, DeclaredKeys declared, AuditLog audit, StoredSettings settings,
			Runnable changed, Clock clock) {
		this.store = store;
		this.keys = keys;
		this.declared = declared;
		this.audit = audit;
		this.settings = settings;
		this.changed = changed;
		this.clock = clock;
	}

	/**
	 * What a new key is to be.
	 *
	 * @param kind what it may be used for
	 * @param project the id of its project
	 * @param name its name for people
	 * @param scope what it may use
	 * @param tags the operator's own words about it
	 * @param expiresAt when it stops being good
	 * @param limits how fast it may ask; empty where configuration alone says so
	 */
	public record Wanted(Caller.Kind kind, String project, String name, Scope scope, Map<String, String> tags,
			Optional<Instant> expiresAt, Optional<Rates> limits) {

		/** One without limits of its own. */
		public Wanted(Caller.Kind kind, String project, String name, Scope scope, Map<String, String> tags,
				Optional<Instant> expiresAt) {
			this(kind, project, name, scope, tags, expiresAt, Optional.empty());
		}

	}

	/**
	 * A key and its secret.
	 *
	 * @param key the key
	 * @param secret what to send as Bearer; empty when it was given before
	 */
	public record Issued(AccessKey key, Optional<String> secret) {

		/** Shows no secret. */
		@Override
		public String toString() {
			return "Issued[" + this.key.id() + "]";
		}

	}

	/** What is made together with a key. */
	@FunctionalInterface
	public interface Belongings {

		/** Nothing. */
		Belongings NONE = (jdbc, key, entries) -> {
		};

		/** Writes it inside the transaction that makes the key. */
		void write(JdbcClient jdbc, AccessKey key, AuditLog.Entries entries);

	}

	/**
	 * Makes a key together with what belongs to it. The same request again gives the same
	 * key, without its secret: that was shown once.
	 * @param also writes more inside the same transaction
	 */
	public Mono<Issued> create(Actor actor, Wanted wanted, Optional<Repetition> repetition, Belongings also) {
		return this.audit.change(actor, (jdbc, entries) -> {
			Instant now = this.clock.instant();
			Optional<String> before = repetition.flatMap(repeated -> repeated.created(jdbc, actor, now));
			if (before.isPresent()) {
				return new Issued(require(jdbc, before.get()), Optional.empty());
			}
			Projects.checkUsable(jdbc, wanted.project());
			Issued made = insert(jdbc, wanted, now, entries);
			also.write(jdbc, made.key(), entries);
			repetition.ifPresent(repeated -> repeated.remember(jdbc, actor, made.key().id(), now));
			return made;
		}).flatMap(this.settings::reloaded).doOnSuccess(done -> this.changed.run());
	}

	/** Makes a key inside a change. */
	Issued insert(JdbcClient jdbc, Wanted wanted, Instant now, AuditLog.Entries entries) {
		String secret = KeyFormat.generate(wanted.kind());
		AccessKey key = new AccessKey("key_" + KeyFormat.random(16), wanted.kind(), wanted.project(), wanted.name(),
				Optional.of(secret.substring(secret.length() - 4)), wanted.scope(), wanted.tags(), wanted.limits(), 1,
				AccessKey.Source.STORED, Optional.of(now), wanted.expiresAt(), Optional.empty(), List.of());
		this.keys.insert(jdbc, key, secret);
		if (key.limits().isPresent()) {
			StoredSettings.changed(jdbc);
		}
		entries.add("key.create", key.id(), Optional.empty(), AccessJson.of(key, now));
		return new Issued(key, Optional.of(secret));
	}

	/** A key by its id; fails with {@code NotFound}. */
	public Mono<AccessKey> get(String id) {
		Optional<AccessKey> configured = this.declared.get(id);
		return configured.isPresent() ? Mono.just(configured.get()) : this.store.query(jdbc -> require(jdbc, id));
	}

	/**
	 * Keys, after one of them: those of the configuration, then those in the database,
	 * youngest first.
	 * @param project only those of a project; empty for all
	 * @param kind only those of a kind; empty for all
	 */
	public Mono<List<AccessKey>> list(Optional<String> after, Optional<String> project, Optional<Caller.Kind> kind,
			int limit) {
		List<AccessKey> configured = this.declared.list();
		int seen = 0;
		Optional<String> from = after;
		for (int i = 0; i < configured.size() && after.isPresent(); i++) {
			if (configured.get(i).id().equals(after.get())) {
				seen = i + 1;
				from = Optional.empty();
			}
		}
		List<AccessKey> first = from.isPresent() ? List.of()
				: configured.subList(seen, configured.size())
					.stream()
					.filter(key -> project.filter(id -> !id.equals(key.project())).isEmpty())
					.filter(key -> kind.filter(wanted -> wanted != key.kind()).isEmpty())
					.limit(limit)
					.toList();
		Optional<String> cursor = from;
		return this.store.query(jdbc -> {
			if (cursor.isPresent() && this.keys.get(jdbc, cursor.get()).isEmpty()) {
				throw Projects.noCursor(cursor.get());
			}
			List<AccessKey> page = new ArrayList<>(first);
			page.addAll(this.keys.list(jdbc, cursor, project.orElse(""),
					kind.map(wanted -> wanted.name().toLowerCase(Locale.ROOT)).orElse(""), limit - first.size()));
			return page;
		});
	}

	/** Changes name, scope, tags or the end of a key. */
	public Mono<AccessKey> update(Actor actor, String id, Version version, UnaryOperator<AccessKey> change) {
		return change(actor, id, version, "key.update", change);
	}

	/** Ends a key for good, at once. */
	public Mono<AccessKey> revoke(Actor actor, String id, Version version) {
		return change(actor, id, version, "key.revoke",
				key -> key.revokedAt().isPresent() ? key
						: new AccessKey(id, key.kind(), key.project(), key.name(), key.lastFour(), key.scope(),
								key.tags(), key.limits(), key.version(), key.source(), key.createdAt(), key.expiresAt(),
								Optional.of(this.clock.instant()), key.replaced()));
	}

	/** Lets a key end at an instant. */
	public Mono<AccessKey> expire(Actor actor, String id, Version version, Optional<Instant> end) {
		return change(actor, id, version, "key.expire",
				key -> new AccessKey(id, key.kind(), key.project(), key.name(), key.lastFour(), key.scope(), key.tags(),
						key.limits(), key.version(), key.source(), key.createdAt(),
						Optional.of(end.orElseGet(this.clock::instant)), key.revokedAt(), key.replaced()));
	}

	/**
	 * Gives a key another secret.
	 * @param overlap how long the secret in force stays good
	 */
	public Mono<Issued> rotate(Actor actor, String id, Version version, Duration overlap) {
		return this.audit.change(actor, (jdbc, entries) -> {
			AccessKey before = changeable(jdbc, id, version);
			Instant now = this.clock.instant();
			if (before.status(now) != AccessKey.Status.ACTIVE) {
				throw new GatewayError.Conflict("The key is " + before.status(now).name().toLowerCase(Locale.ROOT)
						+ ", so there is nothing to rotate. Create a new one.")
					.asException();
			}
			String secret = KeyFormat.generate(before.kind());
			this.keys.rotate(jdbc, id, secret, now.plus(overlap));
			AccessKey after = require(jdbc, id);
			entries.add("key.rotate", id, Optional.of(AccessJson.of(before, now)), AccessJson.of(after, now));
			return new Issued(after, Optional.of(secret));
		}).doOnSuccess(done -> this.changed.run());
	}

	private Mono<AccessKey> change(Actor actor, String id, Version version, String action,
			UnaryOperator<AccessKey> change) {
		return this.audit.change(actor, (jdbc, entries) -> {
			AccessKey before = changeable(jdbc, id, version);
			AccessKey wanted = change.apply(before);
			if (wanted.equals(before)) {
				return before;
			}
			this.keys.update(jdbc, wanted);
			if (!wanted.limits().equals(before.limits())) {
				StoredSettings.changed(jdbc);
			}
			AccessKey after = require(jdbc, id);
			Instant now = this.clock.instant();
			entries.add(action, id, Optional.of(AccessJson.of(before, now)), AccessJson.of(after, now));
			return after;
		}).flatMap(this.settings::reloaded).doOnSuccess(done -> this.changed.run());
	}

	private AccessKey changeable(JdbcClient jdbc, String id, Version version) {
		if (this.declared.get(id).isPresent()) {
			throw new GatewayError.Conflict("The key '" + id
					+ "' is declared in the configuration and cannot be changed here. Change the configuration.")
				.asException();
		}
		AccessKey key = require(jdbc, id);
		version.check("key", key.version());
		return key;
	}

	private AccessKey require(JdbcClient jdbc, String id) {
		return this.keys.get(jdbc, id)
			.orElseThrow(
					() -> new GatewayError.NotFound("No key has the id '" + id + "'. GET /admin/v1/keys lists them.")
						.asException());
	}

}
