package dev.heliostat.api;

import java.io.IOException;

import dev.heliostat.image.GatewayError;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads JSON bodies within limits, and says what is wrong with those that cannot be read.
 */
final class BodyReader {

	private static final String SETTING = "heliostat.api.max-body";

	private final LimitedJson json;

	private final RequestBytes bytes;

	private final int limit;

	BodyReader(LimitedJson json, RequestBytes bytes, int limit) {
		this.json = json;
		this.bytes = bytes;
		this.limit = limit;
	}

	Mono<ObjectNode> object(ServerHttpRequest request) {
		return Mono.defer(() -> {
			checkJson(contentType(request), "application/json");
			return DataBufferUtils.join(this.bytes.of(request, this.limit, SETTING));
		}).switchIfEmpty(Mono.error(() -> invalid("The body is empty (expected: a JSON object)."))).map(this::parse);
	}

	/** Fails when a body is no JSON. */
	static void checkJson(@Nullable MediaType type, String expected) {
		if (type == null
				|| !(type.isCompatibleWith(MediaType.APPLICATION_JSON) || type.getSubtype().endsWith("+json"))) {
			throw new GatewayError.UnsupportedMediaType(
					"Content-Type: " + ((type != null) ? type : "none") + " (expected: " + expected + ")")
				.asException();
		}
	}

	/** The declared type; null where it is missing or broken. */
	static @Nullable MediaType contentType(ServerHttpRequest request) {
		try {
			return request.getHeaders().getContentType();
		}
		catch (RuntimeException ex) {
			return null;
		}
	}

	private ObjectNode parse(DataBuffer buffer) {
		try (var stream = buffer.asInputStream(true)) {
			JsonNode body = this.json.read(stream);
			if (body instanceof ObjectNode object) {
				return object;
			}
			throw invalid("The body is no JSON object (expected: {\"model\": …, \"prompt\": …}).");
		}
		catch (IOException ex) {
			throw invalid("The body cannot be read.");
		}
	}

	private static RuntimeException invalid(String message) {
		return new GatewayError.InvalidJson(message).asException();
	}

}
