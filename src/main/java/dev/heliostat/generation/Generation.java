package dev.heliostat.generation;

import java.util.List;
import java.util.Optional;

import dev.heliostat.ledger.GenerationRecord;
import tools.jackson.databind.node.ObjectNode;

/**
 * A finished generation with its pictures. Whoever gets it releases the pictures' bytes.
 *
 * @param record what the ledger holds
 * @param provider the name of the provider that made the first picture
 * @param providerLabel what that provider calls itself
 * @param executedModel provider and its own model id
 * @param images the pictures in order, at least one
 * @param usage the provider's usage, added up over submissions
 * @param quality the quality that the provider says it delivered
 * @param background the background that the provider says it delivered
 * @param warnings what was clamped, dropped, emulated or failed
 */
public record Generation(GenerationRecord record, String provider, String providerLabel, String executedModel,
		List<DeliveredImage> images, Optional<ObjectNode> usage, Optional<String> quality, Optional<String> background,
		List<String> warnings) {

	public Generation {
		images = List.copyOf(images);
		warnings = List.copyOf(warnings);
	}

	Generation with(GenerationRecord other) {
		return new Generation(other, this.provider, this.providerLabel, this.executedModel, this.images, this.usage,
				this.quality, this.background, this.warnings);
	}

	/** The same with its pictures in another form. */
	Generation with(List<DeliveredImage> others) {
		return new Generation(this.record, this.provider, this.providerLabel, this.executedModel, others, this.usage,
				this.quality, this.background, this.warnings);
	}

	/** Gives back every picture's bytes; idempotent. */
	public void release() {
		this.images.forEach(delivered -> delivered.image().release());
	}

}
