package dev.heliostat.console;

import java.util.ArrayList;
import java.util.List;

import dev.heliostat.access.PublicUrl;
import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Model;
import dev.heliostat.console.ModelCard.Link;
import dev.heliostat.console.UsualPrices.Usual;
import dev.heliostat.image.Capability;

/**
 * Makes the cards of models from the catalog in force.
 */
final class ModelCards {

	private static final Model.About NOTHING = new Model.About("", List.of(), List.of(), "", "");

	private final OfferingCards offerings;

	private final ComputedAnswers answers;

	private final PublicUrl publicUrl;

	ModelCards(OfferingCards offerings, ComputedAnswers answers, PublicUrl publicUrl) {
		this.offerings = offerings;
		this.answers = answers;
		this.publicUrl = publicUrl;
	}

	ModelCard of(Catalog catalog, Model model) {
		String base = this.publicUrl.value() + "/openai/v1";
		List<Model.Question> faq = new ArrayList<>(this.answers.of(catalog, model, base));
		faq.addAll(model.faq());
		return new ModelCard(model.slug(), path(model), model.name(), model.creator().name(), model.creator().slug(),
				model.family(), OfferingCards.word(model.status()), model.description(),
				model.dates().released().map(Object::toString).orElse(""),
				model.dates().shutdown().map(Object::toString).orElse(""),
				model.maxResolution().map(Object::toString).orElse(""), OfferingCards.lower(model.answer()),
				model.limits().promptCharacters(), model.limits().count(), model.modalities().input(),
				model.modalities().output(), model.capabilities().stream().map(Capability::label).toList(),
				model.tags(), model.aliases(), this.answers.lowest(catalog, model).map(Usual::words).orElse(""),
				this.offerings.of(catalog, model), model.examplePrompt().orElse(""), model.gallery(),
				model.about().orElse(NOTHING), faq, CodeExamples.of(model, base), model.notes(), links(model), base);
	}

	/** The address of the gateway. */
	String origin() {
		return this.publicUrl.value();
	}

	/** Where a model's page is. */
	static String path(Model model) {
		return "/models/" + model.creator().slug() + "/" + model.slug();
	}

	private List<Link> links(Model model) {
		String page = this.publicUrl.value() + path(model);
		return List.of(new Link("Model page", page), new Link("About", page + "/about"),
				new Link("Providers, pricing and performance", page + "/providers"),
				new Link("API reference", page + "/api"), new Link("Benchmarks", page + "/benchmarks"),
				new Link("Use cases", page + "/use-cases"), new Link("Gallery", page + "/gallery"),
				new Link("Playground", this.publicUrl.value() + "/playground?model=" + model.slug()),
				new Link("API documentation", this.publicUrl.value() + "/docs"));
	}

}
