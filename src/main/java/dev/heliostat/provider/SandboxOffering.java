package dev.heliostat.provider;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.heliostat.catalog.Answer;
import dev.heliostat.catalog.Mode;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.catalog.ParameterRule.Conversion;
import dev.heliostat.catalog.ParameterRule.Kind;
import dev.heliostat.catalog.ParameterRule.Geometry;
import dev.heliostat.catalog.Pricing;
import dev.heliostat.catalog.Wire;
import dev.heliostat.image.Billed;
import dev.heliostat.image.Capability;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ProviderFailure;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Any model as the sandbox offers it: free, and taking whatever a live offering of the
 * model would take.
 */
public final class SandboxOffering {

	/** The sandbox's name as a provider. */
	public static final String PROVIDER = "sandbox";

	private static final int LARGEST_DEFAULT = 1024;

	private SandboxOffering() {
	}

	/** The sandbox's offering of a model. */
	public static Offering of(Model model) {
		Map<String, ParameterRule> rules = new HashMap<>();
		for (Offering offering : model.offerings()) {
			offering.modes()
				.values()
				.forEach(mode -> mode.parameters().forEach((name, rule) -> rules.putIfAbsent(name, pass(name, rule))));
		}
		ImageSize size = model.maxResolution()
			.filter(largest -> largest.pixels() <= (long) LARGEST_DEFAULT * LARGEST_DEFAULT)
			.orElse(new ImageSize(LARGEST_DEFAULT, LARGEST_DEFAULT));
		rules.put("size", rule(Kind.CONVERT, "size", Optional.of(Conversion.WIDTH_HEIGHT),
				Optional.of(StringNode.valueOf(size.toString()))));
		rules.remove("resolution");
		rules.put("output_format", formats());
		rules.put("output_compression", ParameterRule.passing("output_compression"));
		rules.put("scale_factor", ParameterRule.passing("scale_factor"));
		rules.put("n", rule(Kind.EMULATE, "n", Optional.empty(), Optional.empty()));
		ObjectNode nothing = JsonNodeFactory.instance.objectNode();
		Map<Capability, Mode> modes = new EnumMap<>(Capability.class);
		// What the model cannot do with a live key, it cannot do here either.
		Set<Capability> capabilities = model.capabilities().isEmpty() ? Set.of(Capability.GENERATE)
				: model.capabilities();
		for (Capability capability : capabilities) {
			modes.put(capability, new Mode(PROVIDER, model.slug(), rules, nothing, wire()));
		}
		return new Offering(PROVIDER + "/" + model.slug(), PROVIDER, model.slug(), model.slug(), Model.Status.ACTIVE,
				Optional.empty(), modes,
				Optional.of(new Pricing(List.of(), true, "built in", Optional.empty(), LocalDate.EPOCH, List.of())),
				new Offering.Expected(0.05, 1), Duration.ofMinutes(10), 1, 1, List.of());
	}

	/** Pictures are taken in any number and form, and only counted. */
	private static Wire wire() {
		Wire.Input any = new Wire.Input("images/-", Optional.empty(), JsonNodeFactory.instance.stringNode("image"), 16,
				0, Set.of(), 0, 0, 0, Wire.MaskForm.TRANSPARENT);
		Wire.Input mask = new Wire.Input("mask", Optional.empty(), JsonNodeFactory.instance.stringNode("mask"), 1, 0,
				Set.of(), 0, 0, 0, Wire.MaskForm.TRANSPARENT);
		Answer answer = new Answer(List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
				Map.of(), Optional.empty(), BigDecimal.ONE, Map.of(), List.of(), Optional.empty(),
				ProviderFailure.Kind.BAD_OUTPUT, Billed.NO);
		return new Wire("", Optional.empty(), Map.of(), Wire.Encoding.JSON, Optional.empty(), Optional.empty(),
				Optional.empty(), false, false, Map.of("image", any, "mask", mask), Optional.empty(), answer,
				Optional.empty(), Optional.of(new Wire.Stream(Map.of(), Optional.empty(), 3, Optional.empty(), Set.of(),
						Optional.empty(), Set.of(), Set.of(), Optional.empty(), answer)));
	}

	/** AVIF is left to the gateway, as it is with most live offerings. */
	private static ParameterRule formats() {
		List<JsonNode> values = List.of(StringNode.valueOf("png"), StringNode.valueOf("jpeg"),
				StringNode.valueOf("webp"), StringNode.valueOf("gif"));
		return new ParameterRule(Kind.PASS, "output_format", Optional.empty(), Optional.empty(), Optional.empty(),
				Optional.empty(), values, Map.of(), Geometry.ANY, Optional.empty(), Optional.empty(), Optional.empty(),
				false, Optional.empty());
	}

	/**
	 * Ranges hold in the sandbox too, so that a mistake shows before it costs anything.
	 */
	private static ParameterRule pass(String name, ParameterRule rule) {
		return (rule.kind() == Kind.PASS || rule.kind() == Kind.RENAME) ? new ParameterRule(Kind.PASS, name,
				Optional.empty(), rule.type(), rule.minimum(), rule.maximum(), rule.values(), Map.of(), Geometry.ANY,
				rule.defaultValue(), Optional.empty(), rule.description(), false, Optional.empty())
				: ParameterRule.passing(name);
	}

	private static ParameterRule rule(Kind kind, String field, Optional<Conversion> conversion,
			Optional<JsonNode> defaultValue) {
		Optional<BigDecimal> smallest = conversion.map(any -> BigDecimal.valueOf(16));
		Optional<BigDecimal> largest = conversion.map(any -> BigDecimal.valueOf(4096));
		return new ParameterRule(kind, field, conversion, Optional.empty(), smallest, largest, List.of(), Map.of(),
				Geometry.ANY, defaultValue, Optional.empty(), Optional.empty(), false, Optional.empty());
	}

}
