package dev.heliostat.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Mode;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Model.Question;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.catalog.Provider;
import dev.heliostat.console.UsualPrices.Usual;
import dev.heliostat.image.ImageSize;
import dev.heliostat.provider.Providers;

/**
 * The questions that are asked of every model. Their answers are computed from the
 * catalog in force, so that they are never out of date.
 */
final class ComputedAnswers {

	private final Providers providers;

	private final UsualPrices prices;

	ComputedAnswers(Providers providers, UsualPrices prices) {
		this.providers = providers;
		this.prices = prices;
	}

	List<Question> of(Catalog catalog, Model model, String baseUrl) {
		String name = model.name();
		return List.of(new Question("How much does " + name + " cost?", cost(catalog, model)),
				new Question("How do I use " + name + " via API?", use(model, baseUrl)),
				new Question("Which providers offer " + name + "?", offered(catalog, model)),
				new Question("What is the maximum resolution of " + name + "?", resolution(model)));
	}

	/**
	 * The lowest usual price; empty where none is known. What a server of one's own makes
	 * for nothing counts where there is such a server.
	 */
	Optional<Usual> lowest(Catalog catalog, Model model) {
		Optional<Usual> lowest = lowest(catalog, model,
				offering -> this.providers.unconfigured(catalog, offering.provider()).isEmpty()
						|| this.prices.of(catalog, offering).filter(usual -> usual.money().micros() > 0).isPresent());
		return lowest.or(() -> lowest(catalog, model, offering -> true));
	}

	private Optional<Usual> lowest(Catalog catalog, Model model, Predicate<Offering> counted) {
		return inService(model).stream()
			.filter(counted)
			.flatMap(offering -> this.prices.of(catalog, offering).stream())
			.min(Usual::compareTo);
	}

	private String cost(Catalog catalog, Model model) {
		Map<String, List<String>> byPrice = new LinkedHashMap<>();
		List<String> unknown = new ArrayList<>();
		for (Offering offering : inService(model)) {
			this.prices.of(catalog, offering)
				.ifPresentOrElse(usual -> byPrice.computeIfAbsent(usual.words(), price -> new ArrayList<>())
					.add(label(catalog, offering)), () -> unknown.add(label(catalog, offering)));
		}
		Optional<Usual> lowest = lowest(catalog, model);
		if (lowest.isEmpty()) {
			return inService(model).isEmpty() ? "Nobody serves it at the moment, so it has no price."
					: "The catalog does not know a price for it. An unknown price is never taken for free: such offerings "
							+ "are left out unless the operator allows them.";
		}
		StringBuilder answer = new StringBuilder(
				model.name() + " starts at " + lowest.get().words() + " per image of the usual size. ");
		byPrice.forEach((price, names) -> answer.append(names.getFirst().isEmpty() ? "" : and(names))
			.append((names.size() == 1) ? " charges " : " charge ")
			.append(price)
			.append(". "));
		if (!unknown.isEmpty()) {
			answer.append("The price at ").append(and(unknown)).append(" is not known. ");
		}
		return answer.append("Heliostat does not add any markup: what the provider charges is what is booked.")
			.toString();
	}

	private static String use(Model model, String baseUrl) {
		return "Send requests to the OpenAI-compatible API at " + baseUrl + " with the model ID \"" + model.slug()
				+ "\" and a key of this gateway. Any OpenAI SDK does it when its base URL is changed; "
				+ "there are examples in cURL, JavaScript, Python and Java.";
	}

	private String offered(Catalog catalog, Model model) {
		List<Offering> offerings = inService(model);
		if (offerings.isEmpty()) {
			return "None at the moment.";
		}
		List<String> ready = offerings.stream()
			.filter(offering -> this.providers.unconfigured(catalog, offering.provider()).isEmpty())
			.map(offering -> label(catalog, offering))
			.toList();
		String known = model.name() + " is offered by "
				+ and(offerings.stream().map(offering -> label(catalog, offering)).toList()) + ". ";
		if (ready.isEmpty()) {
			return known
					+ "None of them has its credentials here yet; test keys are served by the sandbox all the same.";
		}
		return known + ((ready.size() == offerings.size()) ? "" : "Set up here: " + and(ready) + ". ")
				+ "Each request goes to whichever serves it best now, by price, speed and health.";
	}

	private static String resolution(Model model) {
		if (model.maxResolution().isPresent()) {
			return model.name() + " makes images of up to " + model.maxResolution().get() + " pixels.";
		}
		Optional<ImageSize> largest = inService(model).stream()
			.flatMap(offering -> offering.modes().values().stream())
			.flatMap(mode -> largest(mode).stream())
			.max(java.util.Comparator.comparingLong(ImageSize::pixels));
		return largest.map(size -> "The largest that its offerings make is " + size + " pixels.")
			.orElse("The catalog does not state one; each offering makes the size nearest to what is asked for.");
	}

	private static Optional<ImageSize> largest(Mode mode) {
		ParameterRule rule = mode.parameters().get("size");
		if (rule == null) {
			return Optional.empty();
		}
		Optional<ImageSize> listed = rule.values()
			.stream()
			.flatMap(value -> ImageSize.parse(value.asString()).stream())
			.max(java.util.Comparator.comparingLong(ImageSize::pixels));
		return listed.or(() -> rule.maximum()
			.filter(side -> rule.geometry().maximumPixels() == 0)
			.map(side -> new ImageSize(side.intValue(), side.intValue())));
	}

	private static List<Offering> inService(Model model) {
		return model.offerings().stream().filter(offering -> offering.status().inService()).toList();
	}

	private static String label(Catalog catalog, Offering offering) {
		return catalog.provider(offering.provider()).map(Provider::label).orElse(offering.provider());
	}

	static String and(List<String> names) {
		if (names.size() < 2) {
			return String.join("", names);
		}
		return String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.getLast();
	}

}
