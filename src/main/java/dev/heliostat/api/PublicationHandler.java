package dev.heliostat.api;

import java.net.URI;
import java.util.List;
import java.util.Optional;

import dev.heliostat.generation.Publication;
import dev.heliostat.generation.Publications;
import dev.heliostat.image.GatewayError;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shows a caller's own pictures in the galleries of models, and takes them back.
 */
class PublicationHandler {

	private final Publications publications;

	private final AdminRequests requests;

	PublicationHandler(Publications publications, AdminRequests requests) {
		this.publications = publications;
		this.requests = requests;
	}

	Mono<ServerResponse> publish(ServerRequest request) {
		return this.requests.optionalBody(request)
			.flatMap(body -> this.publications.publish(RequestAttributes.caller(request), request.pathVariable("id"),
					prompt(body)))
			.flatMap(published -> this.publications.addresses(published)
				.flatMap(addresses -> ServerResponse.ok()
					.contentType(MediaType.APPLICATION_JSON)
					.bodyValue(json(published, addresses))));
	}

	private static Optional<String> prompt(ObjectNode body) {
		body.propertyNames().stream().filter(name -> !name.equals("prompt")).findFirst().ifPresent(name -> {
			throw new GatewayError.UnknownParameter(name, name + ": not known here (expected: prompt, or nothing)")
				.asException();
		});
		if (body.path("prompt").isMissingNode() || body.path("prompt").isNull()) {
			return Optional.empty();
		}
		if (!body.path("prompt").isString()) {
			throw new GatewayError.InvalidValue("prompt", "prompt: not a text (expected: what the picture shows)")
				.asException();
		}
		return Optional.of(body.path("prompt").asString());
	}

	private static ObjectNode json(Publication published, List<URI> addresses) {
		ObjectNode json = JsonNodeFactory.instance.objectNode()
			.put("id", published.generation())
			.put("object", "publication")
			.put("model", published.model())
			.put("prompt", published.prompt().orElse(null))
			.put("sandbox", published.sandbox())
			.put("published_at", published.publishedAt().getEpochSecond());
		ArrayNode pictures = json.putArray("pictures");
		for (int i = 0; i < addresses.size(); i++) {
			pictures.addObject()
				.put("url", addresses.get(i).toString())
				.put("width", published.pictures().get(i).width())
				.put("height", published.pictures().get(i).height());
		}
		return json;
	}

	Mono<ServerResponse> withdraw(ServerRequest request) {
		return this.publications.withdraw(RequestAttributes.caller(request), request.pathVariable("id"))
			.then(Mono.defer(() -> ServerResponse.noContent().build()));
	}

}
