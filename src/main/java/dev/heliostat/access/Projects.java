package dev.heliostat.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.KeptPrompts;
import dev.heliostat.ledger.StoreReads;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Mono;

/**
 * Projects in the database.
 */
public final class Projects {

	private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

	private final StoreReads store;

	private final AuditLog audit;

	private final StoredSettings settings;

	private final Runnable changed;

	private final Clock clock;

	/**
	 * Makes the access to projects.
	 * @param changed told after each change
	 */
	Projects(StoreReads store, AuditLog audit, StoredSettings settings, Runnable changed, Clock clock) {
		this.store = store;
		this.audit = audit;
		this.settings = settings;
		this.changed = changed;
		this.clock = clock;
	}

	/**
	 * What a new project is to be.
	 *
	 * @param id its id; empty for one that is made
	 * @param name its name for people
	 * @param scope what all of its keys may use
	 * @param tags the operator's own words about it
	 * @param limits how fast its keys together may ask; empty where configuration alone
	 * says so
	 * @param retention how long what its requests hold is kept
	 */
	public record Wanted(Optional<String> id, String name, Scope scope, Map<String, String> tags,
			Optional<Rates> limits, Retention retention) {

		/** One without limits and retention of its own. */
		public Wanted(Optional<String> id, String name, Scope scope, Map<String, String> tags) {
			this(id, name, scope, tags, Optional.empty(), Retention.UNSAID);
		}

		public Wanted {
			id.ifPresent(text -> {
				if (!ID.matcher(text).matches()) {
					throw new GatewayError.InvalidValue("id",
							"id: not usable (expected: up to 63 lower-case letters, digits, - and _)")
						.asException();
				}
			});
		}

	}

	/**
	 * Makes a project; gives the one that the same request made before.
	 */
	public Mono<Project> create(Actor actor, Wanted wanted, Optional<Repetition> repetition) {
		return this.audit.change(actor, (jdbc, entries) -> {
			Instant now = this.clock.instant();
			Optional<String> before = repetition.flatMap(repeated -> repeated.created(jdbc, actor, now));
			if (before.isPresent()) {
				return require(jdbc, before.get());
			}
			String id = wanted.id().orElseGet(() -> "proj_" + KeyFormat.random(16));
			if (find(jdbc, id).isPresent()) {
				throw new GatewayError.Conflict("There is a project with the id '" + id + "'. Choose another id.")
					.asException();
			}
			insert(jdbc, id, wanted, now);
			repetition.ifPresent(repeated -> repeated.remember(jdbc, actor, id, now));
			Project made = require(jdbc, id);
			entries.add("project.create", id, Optional.empty(), AccessJson.of(made));
			return made;
		}).flatMap(this.settings::reloaded);
	}

	private static void insert(JdbcClient jdbc, String id, Wanted wanted, Instant now) {
		jdbc.sql("""
				insert into project (id, name, scopes, tags, limits, prompt_millis, media_millis, version, created_at)
				values (:id, :name, :scopes, :tags, :limits, :prompts, :media, 1, :now)""")
			.param("id", id)
			.param("name", wanted.name())
			.param("scopes", AccessJson.text(wanted.scope()))
			.param("tags", AccessJson.text(wanted.tags()))
			.param("limits", AccessJson.text(wanted.limits()))
			.param("prompts", wanted.retention().prompts().map(Duration::toMillis).orElse(null))
			.param("media", wanted.retention().media().map(Duration::toMillis).orElse(null))
			.param("now", now.toEpochMilli())
			.update();
		StoredSettings.changed(jdbc);
	}

	/** Makes projects that configuration names, where there are none of these ids. */
	Mono<Void> declare(List<String> ids) {
		return this.audit.change(Actor.START, (jdbc, entries) -> {
			for (String id : ids) {
				if (find(jdbc, id).isEmpty()) {
					insert(jdbc, id, new Wanted(Optional.of(id), id, Scope.ALL, Map.of()), this.clock.instant());
					entries.add("project.create", id, Optional.empty(), AccessJson.of(require(jdbc, id)));
				}
			}
			return ids;
		}).then();
	}

	/** A project by its id; fails with {@code NotFound}. */
	public Mono<Project> get(String id) {
		return this.store.query(jdbc -> require(jdbc, id));
	}

	/** A project by its id, if there is one. */
	public Mono<Optional<Project>> find(String id) {
		return this.store.query(jdbc -> find(jdbc, id));
	}

	/** Projects, youngest first, after one of them. */
	public Mono<List<Project>> list(Optional<String> after, int limit) {
		return this.store.query(jdbc -> {
			if (after.isPresent() && find(jdbc, after.get()).isEmpty()) {
				throw noCursor(after.get());
			}
			return jdbc.sql("""
					select * from project
					where (:after = '' or (created_at, id) < (select created_at, id from project where id = :after))
					order by created_at desc, id desc limit :limit""")
				.param("after", after.orElse(""))
				.param("limit", limit)
				.query((row, number) -> read(row))
				.list();
		});
	}

	static RuntimeException noCursor(String id) {
		return new GatewayError.InvalidValue("after",
				"after: nothing in this list has the id '" + id + "' (expected: last_id of the page before)")
			.asException();
	}

	/** Changes name, scope or tags. */
	public Mono<Project> update(Actor actor, String id, Version version, UnaryOperator<Project> change) {
		return change(actor, id, version, "project.update", change);
	}

	/** Refuses all keys of a project from now on; nothing is deleted. */
	public Mono<Project> archive(Actor actor, String id, Version version) {
		return change(actor, id, version, "project.archive", project -> {
			if (id.equals(Project.DEFAULT)) {
				throw new GatewayError.Conflict("The project 'default' cannot be archived. Revoke its keys instead.")
					.asException();
			}
			return new Project(id, project.name(), project.scope(), project.tags(), project.limits(),
					project.retention(), project.version(), project.createdAt(),
					project.archivedAt().or(() -> Optional.of(this.clock.instant())));
		});
	}

	/** Takes a project back into use. */
	public Mono<Project> restore(Actor actor, String id, Version version) {
		return change(actor, id, version, "project.restore",
				project -> new Project(id, project.name(), project.scope(), project.tags(), project.limits(),
						project.retention(), project.version(), project.createdAt(), Optional.empty()));
	}

	private Mono<Project> change(Actor actor, String id, Version version, String action,
			UnaryOperator<Project> change) {
		return this.audit.change(actor, (jdbc, entries) -> {
			Project before = require(jdbc, id);
			version.check("project", before.version());
			Project wanted = change.apply(before);
			if (wanted.equals(before)) {
				return before;
			}
			jdbc.sql("""
					update project set name = :name, scopes = :scopes, tags = :tags, limits = :limits,
					  prompt_millis = :prompts, media_millis = :media, archived_at = :archived,
					  version = version + 1 where id = :id""")
				.param("id", id)
				.param("name", wanted.name())
				.param("scopes", AccessJson.text(wanted.scope()))
				.param("tags", AccessJson.text(wanted.tags()))
				.param("limits", AccessJson.text(wanted.limits()))
				.param("prompts", wanted.retention().prompts().map(Duration::toMillis).orElse(null))
				.param("media", wanted.retention().media().map(Duration::toMillis).orElse(null))
				.param("archived", wanted.archivedAt().map(Instant::toEpochMilli).orElse(null))
				.update();
			StoredSettings.changed(jdbc);
			wanted.retention().prompts().ifPresent(time -> KeptPrompts.shorten(jdbc, id, time));
			Project after = require(jdbc, id);
			entries.add(action, id, Optional.of(AccessJson.of(before)), AccessJson.of(after));
			return after;
		}).flatMap(this.settings::reloaded).doOnSuccess(done -> this.changed.run());
	}

	/** A project that new keys may belong to. */
	static void checkUsable(JdbcClient jdbc, String id) {
		Optional<Project> found = find(jdbc, id);
		if (found.isEmpty() || found.get().archivedAt().isPresent()) {
			throw new GatewayError.InvalidValue("project", "project: '" + id + "' "
					+ (found.isEmpty() ? "does not exist. Create it with POST /admin/v1/projects." : "is archived."))
				.asException();
		}
	}

	private static Project require(JdbcClient jdbc, String id) {
		return find(jdbc, id).orElseThrow(() -> new GatewayError.NotFound(
				"No project has the id '" + id + "'. GET /admin/v1/projects lists them.")
			.asException());
	}

	private static Optional<Project> find(JdbcClient jdbc, String id) {
		return jdbc.sql("select * from project where id = :id")
			.param("id", id)
			.query((row, number) -> read(row))
			.optional();
	}

	private static Project read(ResultSet row) throws SQLException {
		return new Project(row.getString("id"), row.getString("name"), AccessJson.scope(row.getString("scopes")),
				AccessJson.tags(row.getString("tags")),
				Optional.ofNullable(row.getString("limits")).map(LimitJson::rates), StoredSettings.retention(row),
				row.getLong("version"), Instant.ofEpochMilli(row.getLong("created_at")),
				KeyStore.instant(row, "archived_at"));
	}

}
