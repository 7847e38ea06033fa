package dev.heliostat.provider.openai;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.image.Billed;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderResult;
import dev.heliostat.media.PictureReader;
import dev.heliostat.media.PictureReader.Extracted;
import dev.heliostat.media.PictureReader.Picture;
import dev.heliostat.provider.ProviderConnection;
import dev.heliostat.provider.UpstreamErrors;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An offering behind OpenAI's synchronous Images API. It has no job id: an answer that is
 * lost stays unknown, so nothing is ever sent twice.
 */
final class OpenAiImages implements ImageProvider {

	private static final List<String> FACTS = List.of("quality", "size", "background", "output_format");

	private final ProviderConnection connection;

	private final PictureReader pictures;

	private final UpstreamErrors errors;

	OpenAiImages(ProviderConnection connection, PictureReader pictures) {
		this.connection = connection;
		this.pictures = pictures;
		this.errors = new UpstreamErrors(connection.provider());
	}

	@Override
	public Mono<ProviderResult> generate(ProviderCall call) {
		if (call.jobId().isPresent()) {
			return Mono.error(new ProviderException(ProviderFailure.of(Kind.LOST, Billed.MAYBE,
					"a synchronous provider cannot be asked for an earlier result")));
		}
		return this.connection.client()
			.post()
			.uri("/images/generations")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(call.body())
			.exchangeToMono(this::answer)
			.onErrorMap(error -> !(error instanceof ProviderException),
					error -> new ProviderException(UpstreamErrors.broken(error)));
	}

	private Mono<ProviderResult> answer(ClientResponse response) {
		if (!response.statusCode().is2xxSuccessful()) {
			return this.errors.fail(response);
		}
		return this.pictures.extract(response.bodyToFlux(DataBuffer.class), "b64_json").flatMap(this::result);
	}

	private Mono<ProviderResult> result(Extracted answer) {
		JsonNode json = answer.json();
		return Flux.fromIterable(json.path("data"))
			.concatMap(item -> picture(item, answer.pictures()).map(picture -> new GeneratedImage(picture.content(),
					picture.type(), picture.size(), item.path("revised_prompt").asStringOpt())))
			.collectList()
			.flatMap(images -> images.isEmpty()
					? Mono.error(new ProviderException(
							ProviderFailure.of(Kind.BAD_OUTPUT, Billed.MAYBE, "the answer held no picture")))
					: Mono.just(new ProviderResult(images, usage(json), Optional.empty(), facts(json), Duration.ZERO)));
	}

	private Mono<Picture> picture(JsonNode item, List<Picture> extracted) {
		JsonNode base64 = item.path("b64_json");
		if (base64.isIntegralNumber()) {
			return Mono.just(extracted.get(base64.asInt()));
		}
		return item.path("url").isString()
				? this.pictures.fetch(URI.create(item.path("url").asString()), this.connection.hosts()) : Mono.empty();
	}

	private static Optional<ObjectNode> usage(JsonNode json) {
		return json.path("usage") instanceof ObjectNode usage ? Optional.of(usage) : Optional.empty();
	}

	private static Map<String, JsonNode> facts(JsonNode json) {
		Map<String, JsonNode> facts = new HashMap<>();
		for (String field : FACTS) {
			if (json.path(field).isString()) {
				facts.put(field, json.path(field));
			}
		}
		return facts;
	}

}
