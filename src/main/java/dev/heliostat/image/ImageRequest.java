package dev.heliostat.image;

import java.util.Map;
import java.util.Optional;

import tools.jackson.databind.JsonNode;

/**
 * What a client asks for, free of any wire format.
 *
 * @param capability what is to be done
 * @param model the model as the client wrote it: a slug, an alias or
 * {@code provider/slug}
 * @param prompt the text; empty where the capability needs none
 * @param count how many pictures, at least 1 ({@code n})
 * @param parameters every other parameter that shapes the picture, by its client name; no
 * JSON nulls, and none of the fields that only the gateway itself reads
 */
public record ImageRequest(Capability capability, String model, String prompt, int count,
		Map<String, JsonNode> parameters) {

	public ImageRequest {
		parameters = Map.copyOf(parameters);
	}

	/** A parameter's value as text, empty when it was not sent. */
	public Optional<String> text(String parameter) {
		return Optional.ofNullable(this.parameters.get(parameter)).map(JsonNode::asString);
	}

}
