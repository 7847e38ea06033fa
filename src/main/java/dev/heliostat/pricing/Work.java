package dev.heliostat.pricing;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.image.ImageSize;
import tools.jackson.databind.JsonNode;

/**
 * What a submission asks for, as far as prices depend on it.
 *
 * @param pictures how many pictures
 * @param submissions in how many submissions they are made; each sends the prompt and the
 * pictures anew
 * @param promptBytes the prompt's length in UTF-8: no text has more tokens than bytes
 * @param size the dimensions of each picture, where they can be told
 * @param inputs the dimensions of the pictures that were sent
 * @param pricedBy parameter values that conditions of components look at
 */
public record Work(int pictures, int submissions, int promptBytes, Optional<ImageSize> size, List<ImageSize> inputs,
		Map<String, JsonNode> pricedBy) {
}
