package dev.heliostat.provider.replicate;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.StreamSupport;

import dev.heliostat.catalog.Offering;
import dev.heliostat.provider.ProviderConnection;
import dev.heliostat.provider.UpstreamErrors;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The calls of Replicate's API that the gateway needs.
 */
final class ReplicateClient {

	private final WebClient client;

	private final UpstreamErrors errors;

	private final String createPath;

	private final String version;

	ReplicateClient(ProviderConnection connection, Offering offering, UpstreamErrors errors) {
		this.client = connection.client();
		this.errors = errors;
		String model = offering.providerModel();
		boolean versioned = model.indexOf(':') > 0;
		this.createPath = versioned ? "/predictions" : "/models/" + model + "/predictions";
		this.version = versioned ? model : "";
	}

	/** Creates a job; waits a second for its end, so that quick models need no poll. */
	Mono<Prediction> create(ObjectNode body) {
		ObjectNode sent = body;
		if (!this.version.isEmpty()) {
			sent = body.deepCopy();
			sent.put("version", this.version);
		}
		return this.client.post()
			.uri(this.createPath)
			.contentType(MediaType.APPLICATION_JSON)
			.header("Prefer", "wait=1")
			.bodyValue(sent)
			.exchangeToMono(this::prediction);
	}

	Mono<Prediction> get(String id) {
		return this.client.get().uri("/predictions/" + id).exchangeToMono(this::prediction);
	}

	Mono<Prediction> cancel(String id) {
		return this.client.post().uri("/predictions/" + id + "/cancel").exchangeToMono(this::prediction);
	}

	/** The newest jobs created after a moment. */
	Mono<List<Prediction>> list(Instant createdAfter) {
		return this.client.get()
			.uri("/predictions?created_after=" + createdAfter.truncatedTo(ChronoUnit.MILLIS))
			.exchangeToMono(this::json)
			.map(json -> StreamSupport.stream(json.path("results").spliterator(), false).map(Prediction::of).toList());
	}

	private Mono<Prediction> prediction(ClientResponse response) {
		return json(response).map(Prediction::of);
	}

	private Mono<JsonNode> json(ClientResponse response) {
		return response.statusCode().is2xxSuccessful() ? response.bodyToMono(JsonNode.class)
				: this.errors.fail(response);
	}

}
