package dev.heliostat.provider;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.image.ImageSize;
import dev.heliostat.image.Output;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client's request in one offering's terms.
 *
 * @param body the exact upstream body for one submission
 * @param perCall how many pictures one submission of this body makes
 * @param warnings what was clamped, dropped or emulated, as sentences for the caller
 * @param pricedBy the values that prices depend on, by client name, defaults filled in:
 * size, quality, resolution, steps and so on
 * @param size the dimensions that the picture is expected to have, where that can be told
 * beforehand
 * @param output what is left to the gateway once the pictures are there
 */
public record UpstreamRequest(ObjectNode body, int perCall, List<String> warnings, Map<String, JsonNode> pricedBy,
		Optional<ImageSize> size, Output output) {

	public UpstreamRequest {
		warnings = List.copyOf(warnings);
		pricedBy = Map.copyOf(pricedBy);
	}

}
