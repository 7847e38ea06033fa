package dev.heliostat.api;

import java.util.Optional;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;

import dev.heliostat.generation.Order;
import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.ClientNotes;
import dev.heliostat.ledger.GenerationRecord.Repeats;

/**
 * Reads the request for a picture for those who want to know what would become of it.
 */
public final class OrderReader {

	private final ImagesReader reader;

	OrderReader(ImagesReader reader) {
		this.reader = reader;
	}

	/**
	 * Reads a body in OpenAI's form; fails as the client API would. {@code capability} in
	 * the query says which of its paths the body is for: {@code generate}, {@code edit}
	 * or {@code variation}. Whoever takes the order releases its pictures.
	 */
	public Mono<Order> read(ServerRequest request) {
		ServerHttpRequest http = request.exchange().getRequest();
		String capability = request.queryParam("capability").orElse("generate");
		return (switch (capability) {
			case "generate" -> this.reader.generation(http, true);
			case "edit" -> this.reader.edit(http, true);
			case "variation" -> this.reader.variation(http, true);
			default -> throw new GatewayError.InvalidValue("capability",
					"capability: not known (expected: generate, edit or variation)")
				.asException();
		}).map(asked -> new Order(RequestAttributes.caller(request), RequestAttributes.requestId(request),
				asked.body().request(), asked.body().preferences(), asked.body().form(), Optional.empty(),
				Optional.empty(), Repeats.NONE, Optional.empty(), Optional.empty(), ClientNotes.NONE));
	}

}
