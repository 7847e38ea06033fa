package dev.heliostat.provider;

import java.util.List;
import java.util.Optional;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.catalog.Mode;
import dev.heliostat.catalog.Wire;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.image.InputImage;

/**
 * Puts the pictures that a client sent into an offering's body, within the offering's
 * limits.
 */
final class Inputs {

	private static final String FORM = "{";

	private final String offering;

	private final Mode mode;

	Inputs(String offering, Mode mode) {
		this.offering = offering;
		this.mode = mode;
	}

	void apply(ImageRequest request, ObjectNode body, ObjectNode parameters) {
		Optional<Wire.Input> image = this.mode.wire().input("image");
		List<InputImage> images = request.images();
		if (!images.isEmpty()) {
			Wire.Input rule = image
				.orElseThrow(() -> invalid("image", "image: not taken by " + this.offering + ". Leave it out."));
			if (images.size() > rule.maximum()) {
				throw invalid("image", "image: " + images.size() + " pictures (expected: at most " + rule.maximum()
						+ " for " + this.offering + ")");
			}
			for (int i = 0; i < images.size(); i++) {
				check("image", images.get(i), rule);
				place(body, parameters, rule, false, i);
			}
		}
		if (request.mask().isPresent()) {
			Wire.Input rule = this.mode.wire()
				.input("mask")
				.orElseThrow(() -> invalid("mask", "mask: not supported by " + this.offering + ". Leave it out."));
			check("mask", request.mask().get(), rule);
			place(body, parameters, rule, true, 0);
		}
	}

	private void check(String parameter, InputImage image, Wire.Input rule) {
		if (rule.maximumBytes() > 0 && image.content().length() > rule.maximumBytes()) {
			throw invalid(parameter, parameter + ": " + image.content().length() + " bytes (expected: at most "
					+ rule.maximumBytes() + " for " + this.offering + ")");
		}
		if (!rule.types().isEmpty() && !rule.types().contains(image.type())) {
			throw invalid(parameter, parameter + ": a " + image.type().name() + " picture (expected: one of "
					+ rule.types() + " for " + this.offering + ")");
		}
		int shortest = Math.min(image.size().width(), image.size().height());
		int longest = Math.max(image.size().width(), image.size().height());
		if (shortest < rule.minimumSide() || (rule.maximumSide() > 0 && longest > rule.maximumSide())) {
			throw invalid(parameter, parameter + ": " + image.size() + " (expected: sides from " + rule.minimumSide()
					+ (rule.maximumSide() > 0 ? " to " + rule.maximumSide() : "") + " for " + this.offering + ")");
		}
	}

	private static void place(ObjectNode body, ObjectNode parameters, Wire.Input rule, boolean mask, int index) {
		String place = (index > 0)
				? rule.more().map(more -> more.replace("{n}", Integer.toString(index + 1))).orElse(rule.place())
				: rule.place();
		JsonNode item = rule.item().isMissingNode() ? JsonNodeFactory.instance.stringNode("{file}") : rule.item();
		Places.set(body, parameters, place, filled(item, rule, mask, index));
	}

	private static JsonNode filled(JsonNode item, Wire.Input rule, boolean mask, int index) {
		if (item.isObject()) {
			ObjectNode filled = JsonNodeFactory.instance.objectNode();
			item.properties()
				.forEach(member -> filled.set(member.getKey(), filled(member.getValue(), rule, mask, index)));
			return filled;
		}
		return item.asString("").contains(FORM)
				? JsonNodeFactory.instance.pojoNode(new EmbeddedInput(mask, index, item.asString(), rule)) : item;
	}

	private static RuntimeException invalid(String parameter, String message) {
		return new GatewayError.InvalidValue(parameter, message).asException();
	}

}
