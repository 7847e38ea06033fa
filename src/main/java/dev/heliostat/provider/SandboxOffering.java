package dev.heliostat.provider;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.catalog.ParameterRule.Conversion;
import dev.heliostat.catalog.ParameterRule.Kind;
import dev.heliostat.catalog.Pricing;
import dev.heliostat.image.Capability;
import dev.heliostat.image.ImageSize;
import tools.jackson.databind.JsonNode;
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
			offering.parameters().forEach((name, rule) -> rules.putIfAbsent(name, pass(name, rule)));
		}
		ImageSize size = model.maxResolution()
			.filter(largest -> largest.pixels() <= (long) LARGEST_DEFAULT * LARGEST_DEFAULT)
			.orElse(new ImageSize(LARGEST_DEFAULT, LARGEST_DEFAULT));
		rules.put("size", rule(Kind.CONVERT, "size", Optional.of(Conversion.WIDTH_HEIGHT),
				Optional.of(StringNode.valueOf(size.toString()))));
		rules.remove("resolution");
		rules.put("output_format", passAs("output_format"));
		rules.put("n", rule(Kind.EMULATE, "n", Optional.empty(), Optional.empty()));
		return new Offering(PROVIDER + "/" + model.slug(), PROVIDER, model.slug(), model.slug(), Model.Status.ACTIVE,
				EnumSet.allOf(Capability.class), rules, Map.of(),
				Optional.of(new Pricing(List.of(), true, "built in", Optional.empty(), LocalDate.EPOCH, List.of())),
				new Offering.Expected(0.05, 1), Duration.ofMinutes(10), 1, List.of());
	}

	/**
	 * Ranges hold in the sandbox too, so that a mistake shows before it costs anything.
	 */
	private static ParameterRule pass(String name, ParameterRule rule) {
		return (rule.kind() == Kind.PASS || rule.kind() == Kind.RENAME)
				? new ParameterRule(Kind.PASS, name, Optional.empty(), rule.type(), rule.minimum(), rule.maximum(),
						rule.values(), Map.of(), 0, 1, rule.defaultValue(), Optional.empty(), rule.description())
				: passAs(name);
	}

	private static ParameterRule passAs(String name) {
		return rule(Kind.PASS, name, Optional.empty(), Optional.empty());
	}

	private static ParameterRule rule(Kind kind, String field, Optional<Conversion> conversion,
			Optional<JsonNode> defaultValue) {
		Optional<BigDecimal> smallest = conversion.map(any -> BigDecimal.valueOf(16));
		Optional<BigDecimal> largest = conversion.map(any -> BigDecimal.valueOf(4096));
		return new ParameterRule(kind, field, conversion, Optional.empty(), smallest, largest, List.of(), Map.of(), 0,
				1, defaultValue, Optional.empty(), Optional.empty());
	}

}
