package dev.heliostat.api;

import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads JSON bodies for other parts of the API, within the same limits and with the same
 * errors.
 */
public final class JsonObjects {

	private final BodyReader bodies;

	JsonObjects(BodyReader bodies) {
		this.bodies = bodies;
	}

	/** The body; fails where it is no JSON object. */
	public Mono<ObjectNode> read(ServerRequest request) {
		return this.bodies.object(request);
	}

}
