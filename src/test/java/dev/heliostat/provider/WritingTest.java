package dev.heliostat.provider;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
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

	@Test
	void emptyTextsOfAFormAreNoPieces() {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		for (int i = 0; i < 20; i++) {
			body.put("empty" + i, "");
		}
		body.put("prompt", "A cat");
		assertThat(new FormBody(body, Map.of()).pieces().map(DataBuffer::readableByteCount).collectList().block())
			.isNotEmpty()
			.doesNotContain(0);
	}

	@Test
	void base64OfNothingHasNoPieces() {
		assertThat(Base64Encoding.of(Flux.empty()).collectList().block()).isEmpty();
	}

}
