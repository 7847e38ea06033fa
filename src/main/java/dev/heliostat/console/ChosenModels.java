package dev.heliostat.console;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.ModelName;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.provider.Providers;

import org.springframework.util.MultiValueMap;

/**
 * Which models a form of the playground is about.
 */
final class ChosenModels {

	/** So many pictures stand side by side. */
	static final int MOST = 4;

	/** What a newcomer finds chosen, where the catalog has it. */
	private static final String USUAL = "stable-diffusion-3.5-large-turbo";

	private ChosenModels() {
	}

	/** A model that can be chosen, below its creator. */
	record Option(String slug, String name) {
	}

	/**
	 * Those that are named, or one that can be tried at once; empty where there is none.
	 */
	static List<Model> of(Catalog catalog, Visitor visitor, Providers providers, MultiValueMap<String, String> fields) {
		Set<Model> chosen = new LinkedHashSet<>();
		for (String name : fields.getOrDefault("model", List.of())) {
			if (!name.isBlank() && chosen.size() < MOST) {
				Model model = ModelName.resolve(catalog, name, true).model();
				if (!visitor.maySee(model.slug())) {
					throw new GatewayError.KeyNotAllowed("Your key may not use the model '" + model.slug() + "'.")
						.asException();
				}
				chosen.add(model);
			}
		}
		return chosen.isEmpty() ? usual(catalog, visitor, providers).map(List::of).orElse(List.of())
				: List.copyOf(chosen);
	}

	private static Optional<Model> usual(Catalog catalog, Visitor visitor, Providers providers) {
		List<Model> possible = usable(catalog, visitor);
		Optional<Model> ready = visitor.isTest() ? Optional.empty()
				: possible.stream().filter(model -> isReady(catalog, providers, model)).findFirst();
		return ready.or(() -> possible.stream().filter(model -> model.slug().equals(USUAL)).findFirst())
			.or(() -> possible.stream().findFirst());
	}

	private static boolean isReady(Catalog catalog, Providers providers, Model model) {
		return model.offerings()
			.stream()
			.anyMatch(offering -> offering.status().inService() && offering.capabilities().contains(Capability.GENERATE)
					&& offering.pricing().isPresent()
					&& providers.unconfigured(catalog, offering.provider()).isEmpty());
	}

	private static List<Model> usable(Catalog catalog, Visitor visitor) {
		return catalog.models()
			.stream()
			.filter(model -> model.status().inService() && !model.capabilities().isEmpty()
					&& visitor.maySee(model.slug()))
			.toList();
	}

	/** Everything that can be chosen, by creator. */
	static Map<String, List<Option>> options(Catalog catalog, Visitor visitor) {
		Map<String, List<Option>> options = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		usable(catalog, visitor)
			.forEach(model -> options.computeIfAbsent(model.creator().name(), creator -> new ArrayList<>())
				.add(new Option(model.slug(), model.name())));
		return options;
	}

	/**
	 * What is asked of them: what the form says, or the first thing that the first can
	 * do.
	 */
	static Capability capability(List<Model> models, MultiValueMap<String, String> fields) {
		Set<Capability> able = models.getFirst().capabilities();
		String mode = Forms.first(fields, "mode");
		return able.stream()
			.filter(capability -> capability.key().equals(mode))
			.findFirst()
			.or(() -> able.stream().findFirst())
			.orElse(Capability.GENERATE);
	}

}
