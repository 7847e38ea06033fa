package dev.heliostat.provider;

import java.net.URI;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.mock.http.client.reactive.MockClientHttpRequest;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import reactor.core.publisher.Flux;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.media.Base64Encoding;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bodies on their way to a provider have no empty pieces: the connection would wait for
 * them for ever.
 */
class WritingTest {

	private static final BodyInserter.Context CONTEXT = new BodyInserter.Context() {

		@Override
		public List<HttpMessageWriter<?>> messageWriters() {
			return ExchangeStrategies.withDefaults().messageWriters();
		}

		@Override
		public java.util.Optional<ServerHttpRequest> serverRequest() {
			return java.util.Optional.empty();
		}

		@Override
		public Map<String, Object> hints() {
			return Map.of();
		}

	};

	@Test
	@SuppressWarnings("unchecked")
	void emptyTextsOfAFormAreNoPieces() {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		for (int i = 0; i < 20; i++) {
			body.put("empty" + i, "");
		}
		body.put("prompt", "A cat");
		MockClientHttpRequest request = new MockClientHttpRequest(HttpMethod.POST, URI.create("http://localhost/"));
		((BodyInserter<Object, ClientHttpRequest>) Writing.multipart(body, Map.of())).insert(request, CONTEXT).block();
		assertThat(request.getBody().map(DataBuffer::readableByteCount).collectList().block()).isNotEmpty()
			.doesNotContain(0);
	}

	@Test
	void base64OfNothingHasNoPieces() {
		assertThat(Base64Encoding.of(Flux.empty()).collectList().block()).isEmpty();
	}

}
