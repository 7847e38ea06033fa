package dev.heliostat.image;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one submission brought.
 *
 * @param images the finished pictures, at least one
 * @param usage the provider's whole {@code usage} object, where it gives one
 * @param reportedCost what the provider says that it charged, in dollars
 * @param facts result fields that prices may depend on, such as {@code predict_time}
 * (seconds), {@code quality}
 * @param waited time spent in the provider's queue and between polls
 * @param transferred time in which the pictures came over the wire
 */
public record ProviderResult(List<ProviderImage> images, Optional<ObjectNode> usage, Optional<BigDecimal> reportedCost,
		Map<String, JsonNode> facts, Duration waited, Duration transferred) {

	public ProviderResult {
		images = List.copyOf(images);
		facts = Map.copyOf(facts);
	}

	/** A result whose pictures did not come over a wire. */
	public ProviderResult(List<ProviderImage> images, Optional<ObjectNode> usage, Optional<BigDecimal> reportedCost,
			Map<String, JsonNode> facts, Duration waited) {
		this(images, usage, reportedCost, facts, waited, Duration.ZERO);
	}

	/** The dimensions of its pictures; empty where one of them is not known. */
	public Optional<List<ImageSize>> sizes() {
		List<ImageSize> sizes = new ArrayList<>();
		for (ProviderImage image : this.images) {
			switch (image) {
				case GeneratedImage known -> sizes.add(known.size());
				case LinkedImage _ -> {
					return Optional.empty();
				}
			}
		}
		return Optional.of(sizes);
	}

}
