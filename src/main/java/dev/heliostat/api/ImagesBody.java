package dev.heliostat.api;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

import dev.heliostat.generation.DeliveredImage;
import dev.heliostat.generation.Generation;
import dev.heliostat.image.ImageContent;
import dev.heliostat.media.Base64Encoding;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * OpenAI's {@code ImagesResponse} on its way out: JSON texts with pictures between them,
 * which are read from the spool and encoded as they are written.
 */
final class ImagesBody {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final int USUAL_LENGTH = 1024;

	private final Generation generation;

	/** Texts as bytes, and pictures. */
	private final List<Object> parts = new ArrayList<>(1);

	private final ByteArrayOutputStream text = new ByteArrayOutputStream(USUAL_LENGTH);

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
		try (JsonGenerator json = JSON.createGenerator(body.text)) {
			json.writeRaw(before);
			json.writeStartObject();
			json.writeNumberProperty("created", generation.record().createdAt().getEpochSecond());
			json.writeArrayPropertyStart("data");
			for (DeliveredImage delivered : generation.images()) {
				body.image(json, delivered);
			}
			json.writeEndArray();
			ImagesFrame.write(json, generation);
			json.writeEndObject();
			json.writeRaw(after);
		}
		body.endText();
		return body;
	}

	private void image(JsonGenerator json, DeliveredImage delivered) {
		json.writeStartObject();
		if (delivered.url().isPresent()) {
			json.writeStringProperty("url", delivered.url().get().toString());
		}
		else {
			json.writeName("b64_json");
			json.writeRawValue("\"");
			json.flush();
			endText();
			ImageContent content = delivered.content();
			this.parts.add(content);
			this.length += (content.length() + 2) / 3 * 4;
			json.writeRaw('"');
		}
		delivered.image().revisedPrompt().ifPresent(text -> json.writeStringProperty("revised_prompt", text));
		json.writeEndObject();
	}

	private void endText() {
		byte[] bytes = this.text.toByteArray();
		this.text.reset();
		this.parts.add(bytes);
		this.length += bytes.length;
	}

	/** The number of bytes on the wire. */
	long length() {
		return this.length;
	}

	/**
	 * The bytes, in one piece where no picture is among them; the pictures are released
	 * at the end, however it comes.
	 */
	Publisher<DataBuffer> bytes() {
		if (this.parts.size() == 1) {
			this.generation.release();
			return Mono.just(buffer(this.parts.getFirst()));
		}
		return Flux.fromIterable(this.parts)
			.concatMap(part -> (part instanceof ImageContent content) ? Base64Encoding.of(content.read())
					: Mono.just(buffer(part)), 1)
			.doFinally(signal -> this.generation.release());
	}

	private static DataBuffer buffer(Object text) {
		return DefaultDataBufferFactory.sharedInstance.wrap((byte[]) text);
	}

}
