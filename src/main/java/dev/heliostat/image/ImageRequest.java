package dev.heliostat.image;

import java.util.List;
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
 * @param images the pictures that were sent, in order
 * @param mask which part of the first picture is to be edited: where it is transparent
 * @param fit what to do when a provider cannot make the size that was asked for
 * @param partials how many unfinished looks at each picture are wanted; 0 for none
 */
public record ImageRequest(Capability capability, String model, String prompt, int count,
		Map<String, JsonNode> parameters, List<InputImage> images, Optional<InputImage> mask, Output.Fit fit,
		int partials) {

	public ImageRequest {
		images = List.copyOf(images);
		parameters = Map.copyOf(parameters);
	}

	/** A request that wants no unfinished looks. */
	public ImageRequest(Capability capability, String model, String prompt, int count, Map<String, JsonNode> parameters,
			List<InputImage> images, Optional<InputImage> mask, Output.Fit fit) {
		this(capability, model, prompt, count, parameters, images, mask, fit, 0);
	}

	/** The same request with so many unfinished looks. */
	public ImageRequest withPartials(int wanted) {
		return new ImageRequest(this.capability, this.model, this.prompt, this.count, this.parameters, this.images,
				this.mask, this.fit, wanted);
	}

	/** Gives back the memory and the files of the pictures that were sent. */
	public void release() {
		this.images.forEach(image -> image.content().release());
		this.mask.ifPresent(image -> image.content().release());
	}

	/** A parameter's value as text, empty when it was not sent. */
	public Optional<String> text(String parameter) {
		return Optional.ofNullable(this.parameters.get(parameter)).map(JsonNode::asString);
	}

}
