package dev.heliostat.admin;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import dev.heliostat.access.AccessJson;
import dev.heliostat.access.AccessKey;
import dev.heliostat.access.Budget.Terms;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Caller;
import dev.heliostat.access.Keys;
import dev.heliostat.access.Keys.Issued;
import dev.heliostat.access.Project;
import dev.heliostat.access.Rates;
import dev.heliostat.access.Scope;
import dev.heliostat.api.AdminRequests;
import dev.heliostat.image.GatewayError;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keys over HTTP. A secret is in one answer only: the one that made it.
 */
class KeysHandler {

	private static final Duration USUAL_OVERLAP = Duration.ofHours(24);

	private static final Duration LONGEST_OVERLAP = Duration.ofDays(90);

	private final Keys keys;

	private final AdminRequests requests;

	private final Budgets budgets;

	KeysHandler(Keys keys, Budgets budgets, AdminRequests requests) {
		this.budgets = budgets;
		this.keys = keys;
		this.requests = requests;
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return this.requests.body(request).flatMap(body -> {
			Fields fields = new Fields(body);
			Keys.Wanted wanted = wanted(fields);
			Optional<Keys.Belongings> budget = fields.object("budget").map(own -> {
				Terms terms = BudgetFields.terms(own);
				own.end();
				return this.budgets.ofNewKey(terms);
			});
			fields.end();
			checkMayAdminister(request, wanted.kind());
			return this.keys.create(AdminRequests.actor(request), wanted, this.requests.repetition(request, body),
					budget.orElse(Keys.Belongings.NONE));
		})
			.flatMap(made -> this.budgets.reload().thenReturn(made))
			.flatMap(made -> issued(ServerResponse.created(URI.create("/admin/v1/keys/" + made.key().id())), made));
	}

	private static Keys.Wanted wanted(Fields fields) {
		String name = fields.requiredName("name");
		Caller.Kind kind = fields.choice("kind", Caller.Kind.class).orElseThrow(() -> fields.missing("kind"));
		return new Keys.Wanted(kind, fields.text("project").orElse(Project.DEFAULT), name,
				fields.scopes("scopes").orElse(Scope.ALL), fields.tags("tags").orElse(Map.of()), end(fields),
				LimitFields.limits(fields));
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

	Mono<ServerResponse> list(ServerRequest request) {
		int limit = AdminRequests.limit(request);
		Optional<Caller.Kind> kind = request.queryParam("kind").map(KeysHandler::kind);
		Instant now = Instant.now();
		Function<AccessKey, String> id = AccessKey::id;
		return this.keys.list(request.queryParam("after"), request.queryParam("project"), kind, limit + 1)
			.flatMap(found -> Answers.ok(AdminRequests.page(found, limit, id, key -> AccessJson.of(key, now))));
	}

	private static Caller.Kind kind(String word) {
		return List.of(Caller.Kind.values())
			.stream()
			.filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(word))
			.findFirst()
			.orElseThrow(() -> new GatewayError.InvalidValue("kind",
					"kind: not understood (expected: one of live, test, admin)")
				.asException());
	}

	Mono<ServerResponse> get(ServerRequest request) {
		return this.keys.get(request.pathVariable("id")).flatMap(KeysHandler::answer);
	}

	Mono<ServerResponse> update(ServerRequest request) {
		return this.requests.body(request).flatMap(body -> {
			Fields fields = new Fields(body);
			Optional<String> name = fields.name("name");
			Optional<Scope> scopes = fields.has("scopes") ? Optional.of(fields.scopes("scopes").orElse(Scope.ALL))
					: Optional.empty();
			Optional<Map<String, String>> tags = fields.has("tags") ? Optional.of(fields.tags("tags").orElse(Map.of()))
					: Optional.empty();
			boolean limited = fields.has("limits");
			Optional<Rates> limits = LimitFields.limits(fields);
			boolean ends = fields.has("expires_at");
			Optional<Instant> end = end(fields);
			fields.end();
			return this.keys.update(AdminRequests.actor(request), request.pathVariable("id"),
					AdminRequests.requiredVersion(request), key -> {
						checkMayAdminister(request, key.kind());
						return new AccessKey(key.id(), key.kind(), key.project(), name.orElse(key.name()),
								key.lastFour(), scopes.orElse(key.scope()), tags.orElse(key.tags()),
								limited ? limits : key.limits(), key.version(), key.source(), key.createdAt(),
								ends ? end : key.expiresAt(), key.revokedAt(), key.replaced());
					});
		}).flatMap(KeysHandler::answer);
	}

	/** Another secret; the one before stays good for {@code overlap_seconds}. */
	Mono<ServerResponse> rotate(ServerRequest request) {
		return this.requests.optionalBody(request).flatMap(body -> {
			Fields fields = new Fields(body);
			Duration overlap = fields.number("overlap_seconds", 0, LONGEST_OVERLAP.toSeconds())
				.map(Duration::ofSeconds)
				.orElse(USUAL_OVERLAP);
			fields.end();
			return mayChange(request).flatMap(
					id -> this.keys.rotate(AdminRequests.actor(request), id, AdminRequests.version(request), overlap));
		}).flatMap(made -> issued(ServerResponse.ok(), made));
	}

	Mono<ServerResponse> revoke(ServerRequest request) {
		return this.requests.optionalBody(request).flatMap(body -> {
			new Fields(body).end();
			return mayChange(request)
				.flatMap(id -> this.keys.revoke(AdminRequests.actor(request), id, AdminRequests.version(request)));
		}).flatMap(KeysHandler::answer);
	}

	/** Ends a key at {@code expires_at}, or at once. */
	Mono<ServerResponse> expire(ServerRequest request) {
		return this.requests.optionalBody(request).flatMap(body -> {
			Fields fields = new Fields(body);
			Optional<Instant> end = end(fields);
			fields.end();
			return mayChange(request)
				.flatMap(id -> this.keys.expire(AdminRequests.actor(request), id, AdminRequests.version(request), end));
		}).flatMap(KeysHandler::answer);
	}

	/** The id of the key in the path, where the caller may change keys of its kind. */
	private Mono<String> mayChange(ServerRequest request) {
		return this.keys.get(request.pathVariable("id")).map(key -> {
			checkMayAdminister(request, key.kind());
			return key.id();
		});
	}

	/** A limited admin key must not make itself an unlimited one. */
	private static void checkMayAdminister(ServerRequest request, Caller.Kind kind) {
		if (kind == Caller.Kind.ADMIN && AdminRequests.caller(request).isLimited()) {
			throw new GatewayError.KeyNotAllowed(
					"This admin key has scopes, and may not create or change admin keys. Use one without scopes.")
				.asException();
		}
	}

	private static Mono<ServerResponse> answer(AccessKey key) {
		return Answers.versioned(AccessJson.of(key, Instant.now()), key.version());
	}

	private static Mono<ServerResponse> issued(ServerResponse.BodyBuilder answer, Issued issued) {
		ObjectNode body = AccessJson.of(issued.key(), Instant.now());
		body.put("key", issued.secret().orElse(null));
		answer.header("cache-control", "no-store");
		if (issued.secret().isEmpty()) {
			answer.header("idempotency-replayed", "true");
		}
		return Answers.versioned(answer, body, issued.key().version());
	}

}
