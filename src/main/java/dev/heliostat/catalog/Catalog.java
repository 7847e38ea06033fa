package dev.heliostat.catalog;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every model, provider and offering: an immutable snapshot, replaced whole on reload.
 */
public final class Catalog {

	private final Map<String, Model> bySlug;

	private final Map<String, Model> byName;

	private final Map<String, Provider> providers;

	private final Instant loadedAt;

	/**
	 * Makes a snapshot of data that was validated before.
	 * @param models in the order in which they are listed
	 * @param providers in any order
	 * @param loadedAt when it was read
	 */
	public Catalog(Collection<Model> models, Collection<Provider> providers, Instant loadedAt) {
		Map<String, Model> slugs = new LinkedHashMap<>();
		Map<String, Model> names = new LinkedHashMap<>();
		for (Model model : models) {
			slugs.put(model.slug(), model);
			names.put(model.slug(), model);
		}
		for (Model model : models) {
			model.aliases().forEach(alias -> names.putIfAbsent(alias, model));
		}
		Map<String, Provider> byProvider = new LinkedHashMap<>();
		providers.forEach(provider -> byProvider.put(provider.name(), provider));
		this.bySlug = slugs;
		this.byName = names;
		this.providers = byProvider;
		this.loadedAt = loadedAt;
	}

	/** Every model, in listing order. */
	public List<Model> models() {
		return List.copyOf(this.bySlug.values());
	}

	/** Finds a model by slug or alias; upper and lower case differ. */
	public Optional<Model> model(String slugOrAlias) {
		return Optional.ofNullable(this.byName.get(slugOrAlias));
	}

	public Collection<Provider> providers() {
		return this.providers.values();
	}

	public Optional<Provider> provider(String name) {
		return Optional.ofNullable(this.providers.get(name));
	}

	/**
	 * The slug or alias that is most like a name that was not found; empty when none is
	 * near.
	 */
	public Optional<String> nearest(String name) {
		return NearestName.among(this.byName.keySet(), name);
	}

	/** Offerings in service whose price was stated before a moment. */
	public List<String> stalePrices(Instant before) {
		LocalDate oldest = before.atZone(ZoneOffset.UTC).toLocalDate();
		return models().stream()
			.flatMap(model -> model.offerings().stream())
			.filter(offering -> offering.status().inService())
			.filter(offering -> offering.pricing()
				.filter(pricing -> pricing.effectiveAt().isBefore(oldest))
				.isPresent())
			.map(Offering::key)
			.toList();
	}

	public Instant loadedAt() {
		return this.loadedAt;
	}

}
