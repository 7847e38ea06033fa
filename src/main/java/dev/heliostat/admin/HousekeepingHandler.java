package dev.heliostat.admin;

import java.util.List;
import java.util.Optional;

import dev.heliostat.api.AdminRequests;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pictures, retention and messages over HTTP.
 */
class HousekeepingHandler {

	private final Housekeeping housekeeping;

	private final AdminRequests requests;

	HousekeepingHandler(Housekeeping housekeeping, AdminRequests requests) {
		this.housekeeping = housekeeping;
		this.requests = requests;
	}

	Mono<ServerResponse> deleteMedia(ServerRequest request) {
		return this.housekeeping.deleteMedia(AdminRequests.actor(request), request.pathVariable("id"))
			.then(ServerResponse.noContent().build());
	}

	Mono<ServerResponse> applyRetention(ServerRequest request) {
		return this.requests.optionalBody(request).flatMap(body -> {
			new Fields(body).end();
			return this.housekeeping.applyRetention(AdminRequests.actor(request));
		}).flatMap(body -> ServerResponse.accepted().contentType(MediaType.APPLICATION_JSON).bodyValue(body));
	}

	Mono<ServerResponse> webhooks(ServerRequest request) {
		int limit = AdminRequests.limit(request);
		boolean waiting = ReportQuery.text(request, "state").map(state -> {
			if (!state.equals("waiting")) {
				throw ReportQuery.invalid("state", state, "waiting, or nothing for all");
			}
			return true;
		}).orElse(false);
		Optional<String> after = ReportQuery.text(request, "after");
		return this.housekeeping.webhooks(after, waiting, limit + 1)
			.flatMap((List<ObjectNode> found) -> Answers
				.ok(AdminRequests.page(found, limit, json -> json.path("generation").asString(), json -> json)));
	}

	Mono<ServerResponse> webhook(ServerRequest request) {
		return this.housekeeping.webhook(request.pathVariable("id")).flatMap(Answers::ok);
	}

	Mono<ServerResponse> redeliver(ServerRequest request) {
		return this.requests.optionalBody(request).flatMap(body -> {
			new Fields(body).end();
			return this.housekeeping.redeliver(AdminRequests.actor(request), request.pathVariable("id"));
		}).flatMap(body -> ServerResponse.accepted().contentType(MediaType.APPLICATION_JSON).bodyValue(body));
	}

}
