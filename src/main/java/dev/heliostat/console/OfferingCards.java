package dev.heliostat.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.attempt.Health;
import dev.heliostat.attempt.Measured;
import dev.heliostat.attempt.OfferingHealth;
import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Mode;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.catalog.ParameterRule.Geometry;
import dev.heliostat.catalog.Pricing;
import dev.heliostat.catalog.Provider;
import dev.heliostat.catalog.Wire;
import dev.heliostat.console.OfferingCard.Component;
import dev.heliostat.console.OfferingCard.Live;
import dev.heliostat.console.OfferingCard.ModeCard;
import dev.heliostat.console.OfferingCard.Parameter;
import dev.heliostat.image.Capability;
import dev.heliostat.provider.Providers;
import tools.jackson.databind.JsonNode;

/**
 * Puts into words what the catalog and the gateway's own measurements say of offerings.
 */
final class OfferingCards {

	private final Providers providers;

	private final Health health;

	private final UsualPrices prices;

	OfferingCards(Providers providers, Health health, UsualPrices prices) {
		this.providers = providers;
		this.health = health;
		this.prices = prices;
	}

	List<OfferingCard> of(Catalog catalog, Model model) {
		long all = model.offerings().stream().mapToLong(offering -> measured(offering).count()).sum();
		return model.offerings().stream().map(offering -> card(catalog, offering, all)).toList();
	}

	private OfferingCard card(Catalog catalog, Offering offering, long all) {
		Optional<Provider> provider = catalog.provider(offering.provider());
		Optional<Pricing> pricing = offering.pricing();
		String missing = offering.status().inService()
				? this.providers.unconfigured(catalog, offering.provider()).orElse("") : "";
		Offering.Expected expected = offering.expected();
		return new OfferingCard(offering.key(), offering.provider(),
				provider.map(Provider::label).orElse(offering.provider()),
				provider.flatMap(Provider::docsUrl).map(Object::toString).orElse(""), offering.providerModel(),
				missing.isEmpty() ? word(offering.status()) : "unconfigured", missing,
				offering.shutdown().map(Object::toString).orElse(""),
				this.prices.of(catalog, offering).map(UsualPrices.Usual::words).orElse(""),
				pricing.isPresent() ? "USD" : "", components(pricing), pricing.map(Pricing::source).orElse(""),
				pricing.flatMap(Pricing::sourceUrl).map(Object::toString).orElse(""),
				pricing.map(known -> known.effectiveAt().toString()).orElse(""),
				pricing.map(Pricing::notes).orElse(List.of()), offering.notes(),
				plain(expected.seconds()) + " s for a picture, success " + plain(expected.success()),
				"priority " + offering.priority() + ", weight " + offering.weight() + ", given up after "
						+ duration(offering.giveUp().toSeconds()),
				offering.modes()
					.entrySet()
					.stream()
					.sorted(Map.Entry.comparingByKey())
					.map(entry -> mode(entry.getKey(), entry.getValue()))
					.toList(),
				live(offering, all));
	}

	private Measured measured(Offering offering) {
		return this.health.known(offering).map(OfferingHealth::measured).orElse(Measured.NOTHING);
	}

	private Live live(Offering offering, long all) {
		Measured measured = measured(offering);
		Optional<OfferingHealth> known = this.health.known(offering);
		return new Live(measured.count(), percent(measured.success()), seconds(measured.median()),
				seconds(measured.slow()), known.map(health -> lower(health.state())).orElse("closed"),
				known.map(health -> lower(health.standing())).orElse("ready"),
				(all > 0) ? percent((double) measured.count() / all) : "");
	}

	/** The time that a picture usually takes, measured or assumed. */
	double seconds(Offering offering) {
		Measured measured = measured(offering);
		return (measured.median() > 0) ? measured.median() : offering.expected().seconds();
	}

	private static List<Component> components(Optional<Pricing> pricing) {
		return pricing.map(Pricing::components)
			.orElse(List.of())
			.stream()
			.map(component -> new Component(lower(component.type()), lower(component.metric()),
					PriceWords.unit(component), PriceWords.circumstances(component)))
			.toList();
	}

	private static ModeCard mode(Capability capability, Mode mode) {
		Wire wire = mode.wire();
		List<String> inputs = new ArrayList<>();
		wire.inputs().forEach((kind, input) -> inputs.add(input(kind, input)));
		return new ModeCard(capability.label(), request(mode), inputs,
				mode.fixed().isEmpty() ? "" : mode.fixed().toString(),
				mode.parameters()
					.entrySet()
					.stream()
					.map(entry -> parameter(entry.getKey(), entry.getValue()))
					.sorted(Comparator.comparing(Parameter::name))
					.toList());
	}

	private static String request(Mode mode) {
		String path = mode.wire().path().replace("{model}", mode.providerModel());
		return "POST " + path + " (" + lower(mode.wire().encoding()) + ", protocol " + mode.protocol() + ")";
	}

	private static String input(String kind, Wire.Input input) {
		StringBuilder text = new StringBuilder(kind + ": as " + input.place() + ", "
				+ input.item().asString(input.item().toString()) + ", at most " + input.maximum());
		if (input.maximumBytes() > 0) {
			text.append(", up to ").append(size(input.maximumBytes()));
		}
		if (input.uploadAbove() > 0) {
			text.append(", uploaded above ").append(size(input.uploadAbove()));
		}
		if (!input.types().isEmpty()) {
			text.append(", ")
				.append(String.join(" or ", input.types().stream().map(OfferingCards::lower).sorted().toList()));
		}
		if (input.minimumSide() > 0) {
			text.append(", sides from ").append(input.minimumSide());
		}
		if (input.maximumSide() > 0) {
			text.append(", sides to ").append(input.maximumSide());
		}
		return text.toString();
	}

	private static String size(long bytes) {
		return (bytes % (1024 * 1024) == 0) ? bytes / (1024 * 1024) + "MB"
				: (bytes % 1024 == 0) ? bytes / 1024 + "KB" : bytes + " bytes";
	}

	private static Parameter parameter(String name, ParameterRule rule) {
		String field = rule.field().equals(name) ? "" : " as " + rule.field();
		String handling = switch (rule.kind()) {
			case PASS -> "passed on";
			case RENAME -> "passed on" + field;
			case CONVERT ->
				"converted" + rule.conversion().map(how -> " by " + lower(how).replace('_', '-')).orElse("") + field;
			case EMULATE -> "made by the gateway";
			case REJECT -> "refused: " + rule.reason().orElse("");
		};
		return new Parameter(name, handling + (rule.random() ? ", random where left out" : ""), rule.type().orElse(""),
				values(rule), rule.defaultValue().map(JsonNode::asString).orElse(""), rule.description().orElse(""));
	}

	private static String values(ParameterRule rule) {
		List<String> words = new ArrayList<>();
		rule.minimum().ifPresent(least -> words.add("from " + least.stripTrailingZeros().toPlainString()));
		rule.maximum().ifPresent(most -> words.add("to " + most.stripTrailingZeros().toPlainString()));
		if (!rule.values().isEmpty()) {
			words.add(String.join(", ", rule.values().stream().map(JsonNode::asString).toList()));
		}
		rule.map().forEach((from, to) -> words.add(from.equals(to.asString()) ? from : from + " → " + to.asString()));
		Geometry geometry = rule.geometry();
		if (geometry.pixels() > 0) {
			words.add("about " + geometry.pixels() + " pixels");
		}
		if (geometry.multiple() > 1) {
			words.add("multiples of " + geometry.multiple());
		}
		if (geometry.minimumPixels() > 0) {
			words.add("at least " + geometry.minimumPixels() + " pixels");
		}
		if (geometry.maximumPixels() > 0) {
			words.add("at most " + geometry.maximumPixels() + " pixels");
		}
		if (geometry.maximumRatio() > 0) {
			words.add("sides at most " + plain(geometry.maximumRatio()) + " : 1");
		}
		return String.join(", ", words);
	}

	static String lower(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT);
	}

	static String word(Model.Status status) {
		return lower(status);
	}

	static String percent(double share) {
		return String.format(Locale.ENGLISH, (share > 0 && share < 0.1) ? "%.1f %%" : "%.0f %%", share * 100);
	}

	static String seconds(double seconds) {
		return (seconds <= 0) ? "" : String.format(Locale.ENGLISH, (seconds < 10) ? "%.1f s" : "%.0f s", seconds);
	}

	private static String duration(long seconds) {
		return (seconds % 3600 == 0) ? seconds / 3600 + "h" : (seconds % 60 == 0) ? seconds / 60 + "m" : seconds + "s";
	}

	private static String plain(double number) {
		return java.math.BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
	}

}
