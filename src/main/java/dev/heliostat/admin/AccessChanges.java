package dev.heliostat.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

import dev.heliostat.access.AccessKey;
import dev.heliostat.access.Budget;
import dev.heliostat.access.Budget.Owner;
import dev.heliostat.access.Budget.Terms;
import dev.heliostat.access.BudgetChanges;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Caller;
import dev.heliostat.access.Keys;
import dev.heliostat.access.Keys.Issued;
import dev.heliostat.access.Project;
import dev.heliostat.access.Projects;
import dev.heliostat.access.Rates;
import dev.heliostat.access.Retention;
import dev.heliostat.access.Scope;
import dev.heliostat.image.GatewayError;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * What operators change about access, described by JSON, and held to the same rules
 * whether a program or the operator's desk asks for it.
 */
public final class AccessChanges {

	private static final Duration USUAL_OVERLAP = Duration.ofHours(24);

	private static final Duration LONGEST_OVERLAP = Duration.ofDays(90);

	private final Projects projects;

	private final Keys keys;

	private final Budgets budgets;

	private final BudgetChanges budgetChanges;

	AccessChanges(Projects projects, Keys keys, Budgets budgets, BudgetChanges budgetChanges) {
		this.projects = projects;
		this.keys = keys;
		this.budgets = budgets;
		this.budgetChanges = budgetChanges;
	}

	/** Makes a project. */
	public Mono<Project> createProject(Asked asked, ObjectNode body) {
		Fields fields = new Fields(body);
		Projects.Wanted wanted = new Projects.Wanted(fields.text("id"), fields.requiredName("name"),
				fields.scopes("scopes").orElse(Scope.ALL), fields.tags("tags").orElse(Map.of()),
				LimitFields.limits(fields), LimitFields.retention(fields, Retention.UNSAID));
		fields.end();
		return this.projects.create(asked.actor(), wanted, asked.repetition());
	}

	/** Changes what the body names of a project. */
	public Mono<Project> updateProject(Asked asked, String id, ObjectNode body) {
		Fields fields = new Fields(body);
		Optional<String> name = fields.name("name");
		Optional<Scope> scopes = scopes(fields);
		Optional<Map<String, String>> tags = tags(fields);
		boolean limited = fields.has("limits");
		Optional<Rates> limits = LimitFields.limits(fields);
		UnaryOperator<Retention> retention = fields.has("retention") ? before -> LimitFields.retention(fields, before)
				: before -> before;
		LimitFields.retention(fields, Retention.UNSAID);
		fields.end();
		return this.projects.update(asked.actor(), id, asked.version(),
				project -> new Project(project.id(), name.orElse(project.name()), scopes.orElse(project.scope()),
						tags.orElse(project.tags()), limited ? limits : project.limits(),
						retention.apply(project.retention()), project.version(), project.createdAt(),
						project.archivedAt()));
	}

	private static Optional<Scope> scopes(Fields fields) {
		return fields.has("scopes") ? Optional.of(fields.scopes("scopes").orElse(Scope.ALL)) : Optional.empty();
	}

	private static Optional<Map<String, String>> tags(Fields fields) {
		return fields.has("tags") ? Optional.of(fields.tags("tags").orElse(Map.of())) : Optional.empty();
	}

	/** Makes a key, and its budget where the body has one. */
	public Mono<Issued> createKey(Asked asked, ObjectNode body) {
		Fields fields = new Fields(body);
		String name = fields.requiredName("name");
		Caller.Kind kind = fields.choice("kind", Caller.Kind.class).orElseThrow(() -> fields.missing("kind"));
		Keys.Wanted wanted = new Keys.Wanted(kind, fields.text("project").orElse(Project.DEFAULT), name,
				fields.scopes("scopes").orElse(Scope.ALL), fields.tags("tags").orElse(Map.of()), end(fields),
				LimitFields.limits(fields));
		Optional<Keys.Belongings> budget = fields.object("budget").map(own -> {
			Terms terms = BudgetFields.terms(own);
			own.end();
			return this.budgetChanges.ofNewKey(terms);
		});
		fields.end();
		checkMayAdminister(asked, kind);
		return this.keys.create(asked.actor(), wanted, asked.repetition(), budget.orElse(Keys.Belongings.NONE))
			.flatMap(made -> this.budgets.reload().thenReturn(made));
	}

	/** When a key is to end; an end in the past is most likely a mistake. */
	private static Optional<Instant> end(Fields fields) {
		Optional<Instant> end = fields.time("expires_at");
		end.ifPresent(time -> {
			if (!time.isAfter(Instant.now())) {
				throw fields.invalid("expires_at", time.toString(), "a time to come");
			}
		});
		return end;
	}

	/** Changes what the body names of a key. */
	public Mono<AccessKey> updateKey(Asked asked, String id, ObjectNode body) {
		Fields fields = new Fields(body);
		Optional<String> name = fields.name("name");
		Optional<Scope> scopes = scopes(fields);
		Optional<Map<String, String>> tags = tags(fields);
		boolean limited = fields.has("limits");
		Optional<Rates> limits = LimitFields.limits(fields);
		boolean ends = fields.has("expires_at");
		Optional<Instant> end = end(fields);
		fields.end();
		return this.keys.update(asked.actor(), id, asked.version(), key -> {
			checkMayAdminister(asked, key.kind());
			return new AccessKey(key.id(), key.kind(), key.project(), name.orElse(key.name()), key.lastFour(),
					scopes.orElse(key.scope()), tags.orElse(key.tags()), limited ? limits : key.limits(), key.version(),
					key.source(), key.createdAt(), ends ? end : key.expiresAt(), key.revokedAt(), key.replaced());
		});
	}

	/** Another secret; the one before stays good for {@code overlap_seconds}. */
	public Mono<Issued> rotateKey(Asked asked, String id, ObjectNode body) {
		Fields fields = new Fields(body);
		Duration overlap = fields.number("overlap_seconds", 0, LONGEST_OVERLAP.toSeconds())
			.map(Duration::ofSeconds)
			.orElse(USUAL_OVERLAP);
		fields.end();
		return mayChange(asked, id).flatMap(key -> this.keys.rotate(asked.actor(), id, asked.version(), overlap));
	}

	/** Ends a key for good. */
	public Mono<AccessKey> revokeKey(Asked asked, String id) {
		return mayChange(asked, id).flatMap(key -> this.keys.revoke(asked.actor(), id, asked.version()));
	}

	/** Ends a key at {@code expires_at}, or at once. */
	public Mono<AccessKey> expireKey(Asked asked, String id, ObjectNode body) {
		Fields fields = new Fields(body);
		Optional<Instant> end = end(fields);
		fields.end();
		return mayChange(asked, id).flatMap(key -> this.keys.expire(asked.actor(), id, asked.version(), end));
	}

	private Mono<AccessKey> mayChange(Asked asked, String id) {
		return this.keys.get(id).doOnNext(key -> checkMayAdminister(asked, key.kind()));
	}

	/** A limited admin key must not make itself an unlimited one. */
	private static void checkMayAdminister(Asked asked, Caller.Kind kind) {
		if (kind == Caller.Kind.ADMIN && asked.caller().isLimited()) {
			throw new GatewayError.KeyNotAllowed(
					"This admin key has scopes, and may not create or change admin keys. Use one without scopes.")
				.asException();
		}
	}

	/** Makes a budget. */
	public Mono<Budget> createBudget(Asked asked, ObjectNode body) {
		Fields fields = new Fields(body);
		Owner owner = BudgetFields.owner(fields, this.budgets);
		Terms terms = BudgetFields.terms(fields);
		fields.end();
		return this.budgetChanges.create(asked.actor(), owner, terms, asked.repetition());
	}

	/** Changes what the body names of a budget. */
	public Mono<Budget> updateBudget(Asked asked, String id, ObjectNode body) {
		// Without a budget at hand it is only known which members there may be.
		return this.budgetChanges.update(asked.actor(), id, asked.version(), terms -> {
			Fields fields = new Fields(body);
			Terms changed = BudgetFields.changed(terms, fields);
			fields.end();
			return changed;
		});
	}

	/** Ends a budget. */
	public Mono<Void> deleteBudget(Asked asked, String id) {
		return this.budgetChanges.delete(asked.actor(), id, asked.version());
	}

}
