package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.testing.Cuts;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fuzz target: base64 is taken out of JSON the same way however it is cut, and what is
 * taken out is what Jackson and {@link Base64} find at that place.
 */
public final class Base64ScannerFuzz {

	private static final Set<String> BASE64 = Set.of("b64_json", "images");

	private static final Set<String> URLS = Set.of("url", "image");

	private static final JsonMapper JSON = JsonMapper.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.build();

	private Base64ScannerFuzz() {
	}

	/** What came of a scan: what is left and the pictures, or why there is none. */
	private record Scan(Optional<byte[]> skeleton, List<byte[]> pictures) {

		boolean isLike(Scan other) {
			if (this.skeleton.isPresent() != other.skeleton.isPresent()) {
				return false;
			}
			return this.skeleton.isEmpty() || (Arrays.equals(this.skeleton.get(), other.skeleton.get())
					&& Arrays.deepEquals(this.pictures.toArray(), other.pictures.toArray()));
		}

	}

	public static void fuzzerTestOneInput(byte[] input) {
		Scan whole = scan(List.of(input));
		for (int longest : new int[] { 1, 7, 300 }) {
			assertThat(scan(Cuts.of(input, longest)).isLike(whole)).as("cut into " + longest).isTrue();
		}
		whole.skeleton()
			.ifPresent(left -> assertThat(left.length).isLessThanOrEqualTo(Math.min(Skeleton.MOST, input.length + 64)));
		compare(input, whole);
		embedded(input);
	}

	private static Scan scan(List<byte[]> pieces) {
		Base64Scanner scanner = new Base64Scanner(BASE64, URLS);
		List<ByteArrayOutputStream> pictures = new ArrayList<>();
		try {
			for (byte[] piece : pieces) {
				for (Base64Scanner.Part part : scanner.feed(piece)) {
					while (pictures.size() <= part.index()) {
						pictures.add(new ByteArrayOutputStream());
					}
					pictures.get(part.index()).writeBytes(part.bytes());
				}
			}
			return new Scan(Optional.of(scanner.skeleton()),
					pictures.stream().map(ByteArrayOutputStream::toByteArray).toList());
		}
		catch (NoPictureException | SpoolLimitException ex) {
			return new Scan(Optional.empty(), List.of());
		}
	}

	/** Where Jackson understands the input, both see the same. */
	private static void compare(byte[] input, Scan scan) {
		Optional<JsonNode> before = parsed(input);
		if (before.isEmpty() || scan.skeleton().isEmpty()) {
			return;
		}
		Optional<JsonNode> after = parsed(scan.skeleton().get());
		assertThat(after).as(new String(scan.skeleton().get(), StandardCharsets.UTF_8)).isPresent();
		same(before.get(), after.get(), scan.pictures());
	}

	private static Optional<JsonNode> parsed(byte[] json) {
		try {
			return Optional.of(JSON.readTree(json)).filter(node -> !node.isMissingNode());
		}
		catch (JacksonException ex) {
			return Optional.empty();
		}
	}

	private static void same(JsonNode before, JsonNode after, List<byte[]> pictures) {
		if (before.isString() && after.isIntegralNumber()) {
			String text = before.asString();
			int comma = text.lastIndexOf(',');
			String base64 = text.substring(comma + 1).replaceAll("[ \n\r\t]", "");
			assertThat(pictures.get(after.asInt())).isEqualTo(Base64.getDecoder().decode(base64));
		}
		else if (before.isObject() && after.isObject()) {
			assertThat(after.propertyNames()).containsExactlyElementsOf(before.propertyNames());
			before.properties().forEach(member -> same(member.getValue(), after.path(member.getKey()), pictures));
		}
		else if (before.isArray() && after.isArray()) {
			assertThat(after.size()).isEqualTo(before.size());
			for (int i = 0; i < before.size(); i++) {
				same(before.get(i), after.get(i), pictures);
			}
		}
		else {
			assertThat(after).isEqualTo(before);
		}
	}

	/** Any bytes, as a picture in JSON that is well made, come out again. */
	private static void embedded(byte[] input) {
		String base64 = Base64.getEncoder().encodeToString(input);
		String text = new String(input, StandardCharsets.UTF_8);
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("text", text);
		json.put("b64_json", base64);
		json.putArray("images").add(base64).add("");
		json.putObject("inner").put("url", "data:image/png;base64," + base64).put("name", text);
		Scan scan = scan(Cuts.of(json.toString().getBytes(StandardCharsets.UTF_8), 50));
		assertThat(scan.skeleton()).isPresent();
		JsonNode left = parsed(scan.skeleton().get()).orElseThrow();
		assertThat(left.path("text").asString()).isEqualTo(json.path("text").asString());
		assertThat(left.at("/inner/name").asString()).isEqualTo(json.path("text").asString());
		assertThat(scan.pictures()).hasSize((input.length > 0) ? 3 : 0)
			.allSatisfy(picture -> assertThat(picture).isEqualTo(input));
	}

}
