package dev.heliostat.api;

import java.util.List;
import java.util.Set;

import dev.heliostat.generation.Generation;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.PartialImage;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything of an {@code ImagesResponse} but its pictures. Echo fields say what was
 * delivered, and are left out where OpenAI's vocabulary has no word for it.
 */
final class ImagesFrame {

	private static final Set<String> QUALITIES = Set.of("low", "medium", "high", "xhigh", "max");

	private static final Set<String> BACKGROUNDS = Set.of("transparent", "opaque");

	private ImagesFrame() {
	}

	static ObjectNode of(Generation generation) {
		ObjectNode frame = JsonNodeFactory.instance.objectNode();
		echo(frame, generation);
		generation.usage().ifPresent(usage -> frame.set("usage", usage));
		frame.set("metadata", metadata(generation));
		return frame;
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

	/**
	 * Size and format, where all pictures share them and are known; quality and
	 * background, where the provider says them.
	 */
	static void echo(ObjectNode frame, Generation generation) {
		List<GeneratedImage> known = generation.images().stream().flatMap(each -> each.known().stream()).toList();
		if (known.size() == generation.images().size()) {
			GeneratedImage first = known.getFirst();
			if (known.stream().allMatch(each -> each.size().equals(first.size()))) {
				frame.put("size", first.size().toString());
			}
			if (known.stream().allMatch(each -> each.type() == first.type()) && first.type() != ImageType.AVIF) {
				frame.put("output_format", first.type().parameterValue());
			}
		}
		generation.quality().filter(QUALITIES::contains).ifPresent(quality -> frame.put("quality", quality));
		generation.background()
			.filter(BACKGROUNDS::contains)
			.ifPresent(background -> frame.put("background", background));
	}

	static ObjectNode metadata(Generation generation) {
		GenerationRecord record = generation.record();
		ObjectNode metadata = JsonNodeFactory.instance.objectNode();
		metadata.put("id", record.id());
		metadata.put("model", record.model());
		metadata.put("executed_model", generation.executedModel());
		metadata.put("provider", generation.provider());
		metadata.put("provider_name", generation.providerLabel());
		metadata.put("cost", record.charged().usd().stripTrailingZeros());
		metadata.put("cost_micros", record.charged().micros());
		metadata.put("cost_currency", "USD");
		ArrayNode attempts = metadata.putArray("attempts");
		record.attempts().forEach(attempt -> attempts.add(attempt(attempt)));
		ArrayNode warnings = metadata.putArray("warnings");
		generation.warnings().forEach(warnings::add);
		return metadata;
	}

	static ObjectNode attempt(AttemptRecord attempt) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("provider", attempt.provider());
		attempt.outcome().ifPresent(outcome -> json.put("outcome", outcome));
		attempt.billed().ifPresent(billed -> json.put("billed", billed.key()));
		attempt.durationMillis().ifPresent(millis -> json.put("duration_ms", millis));
		attempt.failure().ifPresent(failure -> json.put("failure", failure));
		return json;
	}

}
