package dev.heliostat.api;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.generation.Fingerprint;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.Output.Fit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fuzz target: JSON of clients is what Jackson says, or refused in the gateway's own
 * words; what passes is within its limits, has the same fingerprint in any order of its
 * members, and becomes a request or a sentence about what is wrong with it.
 */
public final class LimitedJsonFuzz {

	private static final LimitsProperties LIMITS = FuzzLimits.small();

	private static final LimitedJson LIMITED = new LimitedJson(LIMITS);

	private static final JsonMapper PLAIN = JsonMapper.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.build();

	private LimitedJsonFuzz() {
	}

	public static void fuzzerTestOneInput(byte[] input) {
		Optional<JsonNode> read = read(input);
		Optional<JsonNode> plain = plain(input);
		read.ifPresent(node -> {
			// Jackson's table of names knows a name again without looking at its UTF-8.
			if (isText(input)) {
				assertThat(plain).contains(node);
			}
			within(node, 0);
			if (node instanceof ObjectNode object) {
				turned(object);
				understood(object);
			}
		});
		field(new String(input, StandardCharsets.UTF_8));
	}

	private static Optional<JsonNode> read(byte[] input) {
		Optional<JsonNode> streamed = attempt(() -> LIMITED.read(new ByteArrayInputStream(input)));
		Optional<JsonNode> whole = attempt(() -> LIMITED.read(input));
		assertThat(streamed).isEqualTo(whole);
		return whole;
	}

	private static boolean isText(byte[] input) {
		return Arrays.equals(new String(input, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), input);
	}

	private static Optional<JsonNode> attempt(java.util.function.Supplier<JsonNode> reading) {
		try {
			return Optional.ofNullable(reading.get());
		}
		catch (GatewayException ex) {
			assertThat(ex.error()).isInstanceOf(GatewayError.InvalidJson.class);
			assertThat(ex.error().message()).isNotBlank();
			return Optional.empty();
		}
	}

	private static Optional<JsonNode> plain(byte[] input) {
		try {
			return Optional.ofNullable(PLAIN.readTree(input));
		}
		catch (JacksonException ex) {
			return Optional.empty();
		}
	}

	private static void within(JsonNode node, int depth) {
		assertThat(depth).isLessThanOrEqualTo(LIMITS.jsonDepth());
		if (node.isString() && depth > 0) {
			assertThat(node.asString().length()).isLessThanOrEqualTo(LIMITS.textLength());
		}
		node.properties().forEach(member -> {
			assertThat(member.getKey().length()).isLessThanOrEqualTo(LIMITS.nameLength());
			within(member.getValue(), depth + 1);
		});
		if (node.isArray()) {
			node.forEach(item -> within(item, depth + 1));
		}
	}

	private static void turned(ObjectNode object) {
		ObjectNode other = JsonNodeFactory.instance.objectNode();
		object.properties()
			.stream()
			.toList()
			.reversed()
			.forEach(member -> other.set(member.getKey(), member.getValue()));
		assertThat(Fingerprint.canonical(other)).isEqualTo(Fingerprint.canonical(object));
	}

	private static void understood(ObjectNode object) {
		try {
			GenerationBody body = GenerationBody.read(object, Fit.NEAREST);
			assertThat(body.request().count()).isBetween(1, 10);
			assertThat(body.request().model()).isNotBlank();
			assertThat(body.request().capability()).isEqualTo(Capability.GENERATE);
		}
		catch (GatewayException ex) {
			assertThat(ex.error().status()).isEqualTo(400);
			assertThat(ex.error().message()).isNotBlank().hasSizeLessThan(1000);
		}
	}

	/** The name of a form's field, as long as forms let it be, and its value. */
	private static void field(String text) {
		int cut = Math.min(Math.max(text.indexOf('\n'), 0), LIMITS.nameLength());
		try {
			FormFields fields = new FormFields(LIMITED);
			fields.add(text.substring(0, cut), text.substring(cut));
			fields.add("again", text.substring(0, Math.min(text.length(), LIMITS.textLength())));
			assertThat(fields.json().size()).isBetween(1, 2);
			within(fields.json(), -4);
		}
		catch (GatewayException ex) {
			assertThat(ex.error().status()).isEqualTo(400);
		}
	}

}
