package dev.heliostat.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

import dev.heliostat.generation.OwnGenerations;
import dev.heliostat.generation.Kept;
import dev.heliostat.generation.WebhookMessages;
import dev.heliostat.generation.WebhookView;
import dev.heliostat.ledger.Webhooks.Delivery;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What clients need of webhooks: the message, the secret that it is signed with, and what
 * came of sending it.
 */
class WebhookHandler implements WebhookView {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final WebhookMessages messages;

	private final OwnGenerations generations;

	WebhookHandler(WebhookMessages messages, OwnGenerations generations) {
		this.messages = messages;
		this.generations = generations;
	}

	/** A generation as looking it up would give it, pictures by URL. */
	@Override
	public byte[] message(Kept kept) {
		ObjectNode message = JsonNodeFactory.instance.objectNode();
		message.put("type", "generation." + kept.record().status().name().toLowerCase(Locale.ROOT));
		kept.record().finishedAt().ifPresent(end -> message.put("timestamp", end.toString()));
		message.set("data", GenerationResource.item(kept));
		return JSON.writeValueAsString(message).getBytes(StandardCharsets.UTF_8);
	}

	/** The secret of the caller's project. */
	Mono<ServerResponse> secret(ServerRequest request) {
		return this.messages.secrets(RequestAttributes.caller(request).project()).flatMap(WebhookHandler::answer);
	}

	/** Puts a new secret in force. */
	Mono<ServerResponse> rotate(ServerRequest request) {
		return this.messages.rotate(RequestAttributes.caller(request).project()).flatMap(WebhookHandler::answer);
	}

	private static Mono<ServerResponse> answer(List<String> secrets) {
		ObjectNode body = JsonNodeFactory.instance.objectNode().put("key", secrets.getFirst());
		ArrayNode previous = body.putArray("previous");
		secrets.stream().skip(1).forEach(previous::add);
		return ServerResponse.ok()
			.contentType(MediaType.APPLICATION_JSON)
			.header("cache-control", "no-store")
			.bodyValue(body);
	}

	/** What came of telling the end of one's own generation. */
	Mono<ServerResponse> deliveries(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.generations.check(RequestAttributes.caller(request), id)
			.then(Mono.defer(() -> this.messages.deliveries(id)))
			.flatMap(tries -> ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(list(tries)));
	}

	private static ObjectNode list(List<Delivery> tries) {
		ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
		ArrayNode data = body.putArray("data");
		for (Delivery delivery : tries) {
			data.addObject()
				.put("tried_at", delivery.at().toString())
				.put("status", delivery.status())
				.put("outcome", delivery.outcome());
		}
		return body;
	}

}
