package dev.heliostat.api;

import java.util.Optional;

import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;

import dev.heliostat.generation.Order;
import dev.heliostat.ledger.GenerationRecord.Repeats;

/**
 * Reads the body of a generation for those who want to know what would become of it.
 */
public final class OrderReader {

	private final BodyReader bodies;

	OrderReader(BodyReader bodies) {
		this.bodies = bodies;
	}

	/** Reads a body in OpenAI's form; fails as the client API would. */
	public Mono<Order> read(ServerRequest request) {
		return this.bodies.object(request).map(json -> {
			GenerationBody body = GenerationBody.read(json);
			return new Order(RequestAttributes.caller(request), RequestAttributes.requestId(request), body.request(),
					body.preferences(), body.form(), Optional.empty(), Optional.empty(), Repeats.NONE,
					Optional.empty());
		});
	}

}
