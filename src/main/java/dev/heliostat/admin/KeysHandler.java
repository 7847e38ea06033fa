package dev.heliostat.admin;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

import dev.heliostat.access.AccessJson;
import dev.heliostat.access.AccessKey;
import dev.heliostat.access.Caller;

import dev.heliostat.access.Keys;
import dev.heliostat.access.Keys.Issued;
import dev.heliostat.access.Version;
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

	private final Keys keys;

	private final AdminRequests requests;

	private final AccessChanges changes;

	KeysHandler(Keys keys, AccessChanges changes, AdminRequests requests) {
		this.changes = changes;
		this.keys = keys;
		this.requests = requests;
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return this.requests.body(request)
			.flatMap(body -> this.changes.createKey(asked(request, Version.ANY, body), body))
			.flatMap(made -> issued(ServerResponse.created(URI.create("/admin/v1/keys/" + made.key().id())), made));
	}

	private Asked asked(ServerRequest request, Version version, ObjectNode body) {
		return new Asked(AdminRequests.caller(request), AdminRequests.actor(request), version,
				this.requests.repetition(request, body));
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
		return this.requests.body(request)
			.flatMap(body -> this.changes.updateKey(asked(request, AdminRequests.requiredVersion(request), body),
					request.pathVariable("id"), body))
			.flatMap(KeysHandler::answer);
	}

	Mono<ServerResponse> rotate(ServerRequest request) {
		return this.requests.optionalBody(request)
			.flatMap(body -> this.changes.rotateKey(asked(request, AdminRequests.version(request), body),
					request.pathVariable("id"), body))
			.flatMap(made -> issued(ServerResponse.ok(), made));
	}

	Mono<ServerResponse> revoke(ServerRequest request) {
		return this.requests.optionalBody(request).flatMap(body -> {
			new Fields(body).end();
			return this.changes.revokeKey(asked(request, AdminRequests.version(request), body),
					request.pathVariable("id"));
		}).flatMap(KeysHandler::answer);
	}

	Mono<ServerResponse> expire(ServerRequest request) {
		return this.requests.optionalBody(request)
			.flatMap(body -> this.changes.expireKey(asked(request, AdminRequests.version(request), body),
					request.pathVariable("id"), body))
			.flatMap(KeysHandler::answer);
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
