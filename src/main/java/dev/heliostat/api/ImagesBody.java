package dev.heliostat.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.heliostat.generation.DeliveredImage;
import dev.heliostat.generation.Generation;
import dev.heliostat.image.ImageContent;
import dev.heliostat.media.Base64Encoding;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * OpenAI's {@code ImagesResponse} on its way out: JSON texts with pictures between them,
 * which are read from the spool and encoded as they are written.
 */
final class ImagesBody {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final Generation generation;

	private final List<Object> parts = new ArrayList<>();

	private long length;

	private ImagesBody(Generation generation) {
		this.generation = generation;
	}

	static ImagesBody of(Generation generation) {
		return of(generation, "", "");
	}

	/** The answer as a part of another JSON text. */
	static ImagesBody of(Generation generation, String before, String after) {
		ImagesBody body = new ImagesBody(generation);
		body.text(before);
		ObjectNode frame = ImagesFrame.of(generation);
		body.text("{\"created\":" + generation.record().createdAt().getEpochSecond() + ",\"data\":[");
		String separator = "";
		for (DeliveredImage delivered : generation.images()) {
			body.text(separator);
			body.image(delivered);
			separator = ",";
		}
		String rest = JSON.writeValueAsString(frame);
		body.text("]," + rest.substring(1) + after);
		return body;
	}

	private void image(DeliveredImage delivered) {
		String revised = delivered.image()
			.revisedPrompt()
			.map(text -> ",\"revised_prompt\":" + JSON.writeValueAsString(text))
			.orElse("");
		if (delivered.url().isPresent()) {
			text("{\"url\":" + JSON.writeValueAsString(delivered.url().get().toString()) + revised + "}");
			return;
		}
		text("{\"b64_json\":\"");
		ImageContent content = delivered.content();
		this.parts.add(content);
		this.length += (content.length() + 2) / 3 * 4;
		text("\"" + revised + "}");
	}

	private void text(String text) {
		if (text.isEmpty()) {
			return;
		}
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		this.parts.add(bytes);
		this.length += bytes.length;
	}

	/** The number of bytes on the wire. */
	long length() {
		return this.length;
	}

	/** The bytes; the pictures are released at the end, however it comes. */
	Flux<DataBuffer> bytes() {
		return Flux.fromIterable(this.parts)
			.concatMap(part -> (part instanceof ImageContent content) ? Base64Encoding.of(content.read())
					: Flux.just(DefaultDataBufferFactory.sharedInstance.wrap((byte[]) part)), 1)
			.doFinally(signal -> this.generation.release());
	}

}
