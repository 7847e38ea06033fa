package dev.heliostat.admin;

import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * How the admin API answers.
 */
final class Answers {

	private Answers() {
	}

	static Mono<ServerResponse> ok(JsonNode body) {
		return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(body);
	}

	/** Something with a version, which is its ETag. */
	static Mono<ServerResponse> versioned(JsonNode body, long version) {
		return versioned(ServerResponse.ok(), body, version);
	}

	static Mono<ServerResponse> versioned(ServerResponse.BodyBuilder answer, JsonNode body, long version) {
		return answer.contentType(MediaType.APPLICATION_JSON).eTag(Long.toString(version)).bodyValue(body);
	}

}
