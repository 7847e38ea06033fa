package dev.heliostat.api;

import java.io.IOException;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads JSON bodies within limits, and says what is wrong with those that cannot be read.
 */
final class BodyReader {

	private final JsonMapper json = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).maxNumberLength(100).build())
			.build())
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.build();

	private final int limit;

	BodyReader(int limit) {
		this.limit = limit;
	}

	Mono<ObjectNode> object(ServerRequest request) {
		try {
			checkJson(request, contentType(request), "application/json");
		}
		catch (GatewayException ex) {
			return Mono.error(ex);
		}
		if (request.headers().contentLength().orElse(0) > this.limit) {
			return Mono.error(tooLarge());
		}
		return DataBufferUtils.join(request.bodyToFlux(DataBuffer.class), this.limit)
			.onErrorMap(DataBufferLimitException.class, error -> tooLarge())
			.switchIfEmpty(Mono.error(() -> invalid("The body is empty (expected: a JSON object).")))
			.map(this::parse);
	}

	/** Fails when a body is no JSON, or is compressed. */
	void checkJson(ServerRequest request, @Nullable MediaType type, String expected) {
		if (type == null
				|| !(type.isCompatibleWith(MediaType.APPLICATION_JSON) || type.getSubtype().endsWith("+json"))) {
			throw new GatewayError.UnsupportedMediaType(
					"Content-Type: " + ((type != null) ? type : "none") + " (expected: " + expected + ")")
				.asException();
		}
		String encoding = request.headers().firstHeader(HttpHeaders.CONTENT_ENCODING);
		if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
			throw new GatewayError.UnsupportedMediaType(
					"Content-Encoding: " + encoding + " (expected: none). Send the body uncompressed.")
				.asException();
		}
	}

	/** The declared type; null where it is missing or broken. */
	static @Nullable MediaType contentType(ServerRequest request) {
		try {
			return request.headers().contentType().orElse(null);
		}
		catch (RuntimeException ex) {
			return null;
		}
	}

	private ObjectNode parse(DataBuffer buffer) {
		try (var stream = buffer.asInputStream(true)) {
			JsonNode body = this.json.readTree(stream);
			if (body instanceof ObjectNode object) {
				return object;
			}
			throw invalid("The body is no JSON object (expected: {\"model\": …, \"prompt\": …}).");
		}
		catch (JacksonException ex) {
			TokenStreamLocation at = ex.getLocation();
			String where = (at != null && at.getLineNr() > 0)
					? " at line " + at.getLineNr() + ", column " + at.getColumnNr() : "";
			throw invalid("The body is no valid JSON" + where + ". Check quotes, commas and brackets there.");
		}
		catch (IOException ex) {
			throw invalid("The body cannot be read.");
		}
	}

	private RuntimeException tooLarge() {
		return new GatewayError.RequestTooLarge("The body is larger than " + this.limit
				+ " bytes. Send less; the operator may raise heliostat.api.max-body.")
			.asException();
	}

	private static RuntimeException invalid(String message) {
		return new GatewayError.InvalidJson(message).asException();
	}

}
