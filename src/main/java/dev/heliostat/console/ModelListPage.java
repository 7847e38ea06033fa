package dev.heliostat.console;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Provider;
import dev.heliostat.console.UsualPrices.Usual;
import dev.heliostat.image.Capability;
import dev.heliostat.provider.Providers;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The list of models: searched, filtered and sorted.
 */
final class ModelListPage {

	private final Catalogs catalogs;

	private final Providers providers;

	private final ComputedAnswers answers;

	private final OfferingCards offerings;

	private final Pages pages;

	ModelListPage(Catalogs catalogs, Providers providers, ComputedAnswers answers, OfferingCards offerings,
			Pages pages) {
		this.catalogs = catalogs;
		this.providers = providers;
		this.answers = answers;
		this.offerings = offerings;
		this.pages = pages;
	}

	Mono<ServerResponse> list(ServerRequest request) {
		return Mono.fromCallable(() -> model(request))
			.subscribeOn(this.pages.painters())
			.flatMap(model -> Pages.isPart(request) ? this.pages.part(request, 200, "models", "results", model)
					: this.pages.page(request, "models", model));
	}

	private Map<String, Object> model(ServerRequest request) {
		Catalog catalog = this.catalogs.current();
		Visitor visitor = Visitor.of(request);
		ModelSearch search = ModelSearch.of(request);
		List<ModelRow> all = catalog.models()
			.stream()
			.filter(model -> visitor.maySee(model.slug()))
			.map(model -> row(catalog, model))
			.toList();
		Map<String, Object> model = new HashMap<>();
		model.put("search", search);
		model.put("rows", all.stream().filter(search::finds).sorted(search.order()).toList());
		model.put("total", all.size());
		Map<String, String> creators = new TreeMap<>();
		all.forEach(row -> creators.put(row.creatorSlug(), row.creator()));
		model.put("creators", creators);
		model.put("inputs", values(all, ModelRow::input));
		model.put("modes", values(all, ModelRow::modes));
		model.put("tags", values(all, ModelRow::tags));
		model.put("statuses", values(all, row -> List.of(row.status())));
		Map<String, String> labels = new TreeMap<>();
		values(all, ModelRow::providers)
			.forEach(name -> labels.put(name, catalog.provider(name).map(Provider::label).orElse(name)));
		model.put("providers", labels);
		return model;
	}

	private static TreeSet<String> values(List<ModelRow> rows, Function<ModelRow, List<String>> reader) {
		TreeSet<String> values = new TreeSet<>();
		rows.forEach(row -> values.addAll(reader.apply(row)));
		return values;
	}

	private ModelRow row(Catalog catalog, Model model) {
		List<Offering> served = model.offerings().stream().filter(offering -> offering.status().inService()).toList();
		List<String> names = served.stream().map(Offering::provider).distinct().toList();
		List<String> labels = names.stream()
			.map(name -> catalog.provider(name).map(Provider::label).orElse(name))
			.toList();
		Optional<Usual> price = this.answers.lowest(catalog, model);
		double seconds = served.stream().mapToDouble(this.offerings::seconds).min().orElse(Double.MAX_VALUE);
		List<String> modes = model.capabilities().stream().map(Capability::label).toList();
		boolean ready = model.status().inService()
				&& names.stream().anyMatch(name -> this.providers.unconfigured(catalog, name).isEmpty());
		String words = String
			.join(" ", model.name(), model.slug(), model.creator().name(), model.family(), model.description(),
					String.join(" ", model.tags()), String.join(" ", model.aliases()), String.join(" ", labels))
			.toLowerCase(Locale.ROOT);
		return new ModelRow(model.slug(), ModelCards.path(model), model.name(), model.creator().name(),
				model.creator().slug(), model.description(), OfferingCards.word(model.status()),
				model.modalities().input(), modes, model.tags(), names, ComputedAnswers.and(labels),
				price.map(Usual::words).orElse(""), price.map(usual -> usual.money().micros()).orElse(-1L), seconds,
				served.isEmpty() ? "" : OfferingCards.seconds(seconds),
				model.dates().released().map(Object::toString).orElse(""), ready, words);
	}

}
