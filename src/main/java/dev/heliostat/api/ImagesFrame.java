package dev.heliostat.api;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import dev.heliostat.generation.DeliveredImage;
import dev.heliostat.generation.Generation;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.PartialImage;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything of an {@code ImagesResponse} but its pictures. Echo fields say what was
 * delivered, and are left out where OpenAI's vocabulary has no word for it.
 */
final class ImagesFrame {

	/** Sums of money are read back as they were written. */
	private static final JsonMapper JSON = JsonMapper.builder()
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
		.build();

	private static final Set<String> QUALITIES = Set.of("low", "medium", "high", "xhigh", "max");

	private static final Set<String> BACKGROUNDS = Set.of("transparent", "opaque");

	private ImagesFrame() {
	}

	/** As an object, for those who say more. */
	static ObjectNode of(Generation generation) {
		return object(json -> write(json, generation));
	}

	/** What is said of an unfinished look. */
	static ObjectNode of(PartialImage look) {
		ObjectNode frame = JsonNodeFactory.instance.objectNode();
		frame.put("size", look.size().toString());
		if (look.type() != ImageType.AVIF) {
			frame.put("output_format", look.type().parameterValue());
		}
		look.quality().filter(QUALITIES::contains).ifPresent(quality -> frame.put("quality", quality));
		look.background().filter(BACKGROUNDS::contains).ifPresent(background -> frame.put("background", background));
		return frame;
	}

	/** What is said of a submission, as an object, for those who say more. */
	static ObjectNode attempt(AttemptRecord attempt) {
		return object(json -> write(json, attempt));
	}

	private static ObjectNode object(Consumer<JsonGenerator> members) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (JsonGenerator json = JSON.createGenerator(bytes)) {
			json.writeStartObject();
			members.accept(json);
			json.writeEndObject();
		}
		return (ObjectNode) JSON.readTree(bytes.toByteArray());
	}

	/** Writes the members. */
	static void write(JsonGenerator json, Generation generation) {
		echo(json, generation);
		generation.usage().ifPresent(usage -> {
			json.writeName("usage");
			json.writePOJO(usage);
		});
		json.writeObjectPropertyStart("metadata");
		metadata(json, generation);
		json.writeEndObject();
	}

	/**
	 * Size and format, where all pictures share them and are known; quality and
	 * background, where the provider says them.
	 */
	private static void echo(JsonGenerator json, Generation generation) {
		List<DeliveredImage> images = generation.images();
		GeneratedImage first = images.getFirst().known().orElse(null);
		if (first != null && images.stream().allMatch(each -> each.known().isPresent())) {
			if (images.stream().allMatch(each -> each.known().orElseThrow().size().equals(first.size()))) {
				json.writeStringProperty("size", first.size().toString());
			}
			if (first.type() != ImageType.AVIF
					&& images.stream().allMatch(each -> each.known().orElseThrow().type() == first.type())) {
				json.writeStringProperty("output_format", first.type().parameterValue());
			}
		}
		generation.quality()
			.filter(QUALITIES::contains)
			.ifPresent(quality -> json.writeStringProperty("quality", quality));
		generation.background()
			.filter(BACKGROUNDS::contains)
			.ifPresent(background -> json.writeStringProperty("background", background));
	}

	private static void metadata(JsonGenerator json, Generation generation) {
		GenerationRecord record = generation.record();
		json.writeStringProperty("id", record.id());
		json.writeStringProperty("model", record.model());
		json.writeStringProperty("executed_model", generation.executedModel());
		json.writeStringProperty("provider", generation.provider());
		json.writeStringProperty("provider_name", generation.providerLabel());
		json.writeNumberProperty("cost", record.charged().usd().stripTrailingZeros());
		json.writeNumberProperty("cost_micros", record.charged().micros());
		json.writeStringProperty("cost_currency", "USD");
		json.writeArrayPropertyStart("attempts");
		for (AttemptRecord attempt : record.attempts()) {
			json.writeStartObject();
			write(json, attempt);
			json.writeEndObject();
		}
		json.writeEndArray();
		json.writeArrayPropertyStart("warnings");
		generation.warnings().forEach(json::writeString);
		json.writeEndArray();
	}

	private static void write(JsonGenerator json, AttemptRecord attempt) {
		json.writeStringProperty("provider", attempt.provider());
		attempt.outcome().ifPresent(outcome -> json.writeStringProperty("outcome", outcome));
		attempt.billed().ifPresent(billed -> json.writeStringProperty("billed", billed.key()));
		attempt.durationMillis().ifPresent(millis -> json.writeNumberProperty("duration_ms", millis));
		attempt.failure().ifPresent(failure -> json.writeStringProperty("failure", failure));
	}

}
