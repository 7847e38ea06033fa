package dev.heliostat.provider;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;

import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.image.Capability;
import dev.heliostat.image.ImageType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The parameters of a model as one JSON Schema, compiled from the rules of all its
 * offerings in service.
 */
public final class ParameterSchema {

	/** Offerings do not narrow these: the gateway makes up for what they cannot. */
	private static final Set<String> UNIVERSAL = Set.of("size", "n", "prompt", "resolution", "output_format",
			"output_compression", "background");

	private ParameterSchema() {
	}

	/** A JSON Schema (2020-12) of the body of a generation. */
	public static ObjectNode of(Model model) {
		return of(model, EnumSet.allOf(Capability.class));
	}

	/** The same, of the parameters that some of its capabilities take. */
	public static ObjectNode of(Model model, Set<Capability> capabilities) {
		ObjectNode schema = JsonNodeFactory.instance.objectNode();
		schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
		schema.put("title", model.name());
		schema.put("type", "object");
		schema.putArray("required").add("model").add("prompt");
		ObjectNode properties = schema.putObject("properties");
		universal(model, properties);
		for (Offering offering : model.offerings()) {
			if (offering.status().inService()) {
				offering.modes().forEach((capability, mode) -> {
					if (capabilities.contains(capability)) {
						mode.parameters().forEach((name, rule) -> declare(properties, name, rule, offering));
					}
				});
			}
		}
		return schema;
	}

	private static void universal(Model model, ObjectNode properties) {
		properties.putObject("model").put("type", "string").put("const", model.slug());
		properties.putObject("prompt")
			.put("type", "string")
			.put("minLength", 1)
			.put("maxLength", model.limits().promptCharacters());
		properties.putObject("n")
			.put("type", "integer")
			.put("minimum", 1)
			.put("maximum", model.limits().count())
			.put("default", 1);
		properties.putObject("size")
			.put("type", "string")
			.put("description",
					"WIDTHxHEIGHT, a ratio such as 16:9, or auto; the nearest that the offering makes is served.");
		properties.putObject("aspect_ratio")
			.put("type", "string")
			.put("description", "A ratio such as 16:9; size decides where both are sent.");
		ArrayNode tiers = properties.putObject("resolution").put("type", "string").putArray("enum");
		tiers.add("0.5K").add("1K").add("2K").add("4K").add("auto");
		ArrayNode forms = properties.putObject("response_format").put("type", "string").putArray("enum");
		forms.add("url").add("b64_json");
		((ObjectNode) properties.path("response_format")).put("default",
				model.answer().name().toLowerCase(Locale.ROOT));
		output(properties);
		properties.putObject("stream").put("type", "boolean").put("default", false);
		properties.putObject("user").put("type", "string");
	}

	/** What the gateway does where an offering does not. */
	private static void output(ObjectNode properties) {
		ArrayNode formats = properties.putObject("output_format").put("type", "string").putArray("enum");
		for (ImageType type : ImageType.values()) {
			formats.add(type.parameterValue());
		}
		properties.putObject("output_compression").put("type", "integer").put("minimum", 0).put("maximum", 100);
		ArrayNode backgrounds = properties.putObject("background").put("type", "string").putArray("enum");
		backgrounds.add("transparent").add("opaque").add("auto");
	}

	/** The widest of what the offerings take: a bound that one of them lacks is none. */
	private static void bound(ObjectNode property, String name, Optional<BigDecimal> bound,
			BinaryOperator<BigDecimal> wider) {
		boolean first = !property.has("x-heliostat-offerings");
		if (bound.isEmpty()) {
			property.remove(name);
		}
		else if (property.has(name)) {
			property.put(name, wider.apply(property.path(name).decimalValue(), bound.get()));
		}
		else if (first) {
			property.put(name, bound.get());
		}
	}

	private static void add(ArrayNode values, JsonNode value) {
		for (JsonNode known : values) {
			if (known.equals(value)) {
				return;
			}
		}
		values.add(value);
	}

	private static void declare(ObjectNode properties, String name, ParameterRule rule, Offering offering) {
		ObjectNode property = properties.path(name) instanceof ObjectNode known ? known : properties.putObject(name);
		if (!UNIVERSAL.contains(name)) {
			rule.type().ifPresent(type -> property.put("type", type));
			bound(property, "minimum", rule.minimum(), (known, other) -> known.min(other));
			bound(property, "maximum", rule.maximum(), (known, other) -> known.max(other));
			if (!rule.map().isEmpty() || !rule.values().isEmpty()) {
				ArrayNode values = property.path("enum") instanceof ArrayNode known ? known : property.putArray("enum");
				rule.map().keySet().forEach(value -> add(values, StringNode.valueOf(value)));
				rule.values().forEach(value -> add(values, value));
			}
			if (!property.has("default")) {
				rule.defaultValue().ifPresent(value -> property.set("default", value));
			}
		}
		rule.description().ifPresent(text -> property.put("description", text));
		ObjectNode offerings = property.path("x-heliostat-offerings") instanceof ObjectNode known ? known
				: property.putObject("x-heliostat-offerings");
		offerings.put(offering.key(), rule.kind().name().toLowerCase(Locale.ROOT));
	}

}
