package dev.heliostat.provider;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.POJONode;

import dev.heliostat.image.InputImage;
import dev.heliostat.media.Base64Encoding;

/**
 * A body on its way to a provider: its pictures are read from the spool while it is sent,
 * so that no picture is ever whole in memory.
 */
final class Writing {

	/**
	 * A piece of a JSON body.
	 *
	 * @param length its bytes
	 * @param bytes the bytes; may be read again
	 */
	private record Piece(long length, Flux<DataBuffer> bytes) {

		static Piece of(String text) {
			byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
			return new Piece(bytes.length,
					Flux.defer(() -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(bytes))));
		}

		static Piece base64(InputImage image) {
			long length = (image.content().length() + 2) / 3 * 4;
			return new Piece(length, Flux.defer(() -> Base64Encoding.of(image.content().read())));
		}

	}

	private Writing() {
	}

	/**
	 * Writes a JSON body.
	 * @param pictures what each {@link EmbeddedInput} of the body stands for
	 * @param names what uploaded ones are called
	 */
	static UpstreamBody json(JsonNode body, Map<EmbeddedInput, InputImage> pictures, Map<EmbeddedInput, String> names) {
		if (pictures.isEmpty()) {
			return new UpstreamBody.Text(body.toString());
		}
		// Texts of the client cannot be mistaken for a mark that they cannot guess.
		String mark = "\u0001" + UUID.randomUUID() + "-";
		List<EmbeddedInput> embedded = new ArrayList<>();
		String text = marked(body, mark, embedded).toString();
		List<Piece> pieces = new ArrayList<>();
		String escaped = JsonNodeFactory.instance.stringNode(mark).toString();
		String token = escaped.substring(1, escaped.length() - 1);
		int at = 0;
		for (int i = 0; i < embedded.size(); i++) {
			EmbeddedInput input = embedded.get(i);
			String here = token + i + ".";
			int found = text.indexOf(here);
			pieces.add(Piece.of(text.substring(at, found)));
			at = found + here.length();
			if (names.containsKey(input)) {
				pieces.add(Piece.of(quoted(names.getOrDefault(input, ""))));
				continue;
			}
			InputImage picture = Objects.requireNonNull(pictures.get(input));
			switch (input.form()) {
				case "{type}" -> pieces.add(Piece.of(picture.type().mime()));
				case "{base64}" -> pieces.add(Piece.base64(picture));
				case "{data-url}" -> {
					pieces.add(Piece.of("data:" + picture.type().mime() + ";base64,"));
					pieces.add(Piece.base64(picture));
				}
				default -> throw new IllegalStateException("inputs: item: " + input.form()
						+ " (expected: {data-url}, {base64}, {type}, {upload} or {url})");
			}
		}
		pieces.add(Piece.of(text.substring(at)));
		return new UpstreamBody.Stream(pieces.stream().mapToLong(Piece::length).sum(),
				Flux.fromIterable(pieces).filter(piece -> piece.length > 0).concatMap(Piece::bytes, 1));
	}

	private static String quoted(String text) {
		String json = JsonNodeFactory.instance.stringNode(text).toString();
		return json.substring(1, json.length() - 1);
	}

	/** A copy in which each input is a text with its mark. */
	private static JsonNode marked(JsonNode node, String mark, List<EmbeddedInput> embedded) {
		if (input(node) instanceof EmbeddedInput input) {
			embedded.add(input);
			return JsonNodeFactory.instance.stringNode(mark + (embedded.size() - 1) + ".");
		}
		if (node.isObject()) {
			ObjectNode copy = JsonNodeFactory.instance.objectNode();
			node.properties().forEach(member -> copy.set(member.getKey(), marked(member.getValue(), mark, embedded)));
			return copy;
		}
		if (node.isArray()) {
			ArrayNode copy = JsonNodeFactory.instance.arrayNode();
			node.forEach(element -> copy.add(marked(element, mark, embedded)));
			return copy;
		}
		return node;
	}

	/** A copy for people, in which pictures are only named. */
	static JsonNode shown(JsonNode node) {
		if (input(node) instanceof EmbeddedInput input) {
			return JsonNodeFactory.instance.stringNode(input.toString());
		}
		if (node.isObject()) {
			ObjectNode copy = JsonNodeFactory.instance.objectNode();
			node.properties().forEach(member -> copy.set(member.getKey(), shown(member.getValue())));
			return copy;
		}
		if (node.isArray()) {
			ArrayNode copy = JsonNodeFactory.instance.arrayNode();
			node.forEach(element -> copy.add(shown(element)));
			return copy;
		}
		return node;
	}

	/** The input that a node stands for, or the node itself. */
	private static Object input(JsonNode node) {
		return (node instanceof POJONode pojo && pojo.getPojo() instanceof EmbeddedInput input) ? input : node;
	}

	/** Every input that a body holds. */
	static List<EmbeddedInput> inputs(JsonNode body) {
		List<EmbeddedInput> embedded = new ArrayList<>();
		marked(body, "", embedded);
		return embedded;
	}

}
