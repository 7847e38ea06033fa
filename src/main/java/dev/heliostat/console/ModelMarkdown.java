package dev.heliostat.console;

import java.util.List;

import dev.heliostat.catalog.Model;
import dev.heliostat.console.OfferingCard.ModeCard;
import dev.heliostat.console.OfferingCard.Parameter;

/**
 * A model's card as Markdown.
 */
final class ModelMarkdown {

	private final StringBuilder text = new StringBuilder();

	private ModelMarkdown() {
	}

	static String of(ModelCard card) {
		ModelMarkdown page = new ModelMarkdown();
		page.line("# " + card.name()).line("").line("> " + card.description()).line("");
		page.reference(card);
		page.line("## Available Providers").line("");
		card.offerings().forEach(page::offering);
		page.pictures(card);
		page.code(card);
		page.about(card);
		page.line("## Frequently Asked Questions").line("");
		card.faq().forEach(item -> page.line("### " + item.question()).line("").line(item.answer()).line(""));
		page.list("Notes", card.notes());
		page.line("## Links").line("");
		card.links().forEach(link -> page.item(link.title(), link.url()));
		return page.text.toString();
	}

	static String index(List<Model> models, String origin) {
		ModelMarkdown page = new ModelMarkdown();
		page.line("# Heliostat")
			.line("")
			.line("> A gateway for image models with an OpenAI-compatible API at " + origin
					+ "/openai/v1. Each model has a page in Markdown: what it is, who serves it at what price, and how it is called.")
			.line("")
			.line("## Documents")
			.line("")
			.line("- [Documentation](" + origin + "/docs): the API, routing, providers, settings")
			.line("")
			.line("## Models")
			.line("");
		models.forEach(model -> page
			.line("- [" + model.name() + "](" + origin + ModelCards.path(model) + ".md): " + model.description()));
		return page.text.toString();
	}

	private void reference(ModelCard card) {
		line("## Quick Reference").line("");
		item("Model ID", card.slug()).item("Creator", card.creator() + " (" + card.creatorSlug() + ")")
			.item("Status", card.status())
			.item("Family", card.family())
			.item("Base URL", card.baseUrl())
			.item("Starting price", card.price());
		line("").line("## Specifications").line("");
		item("Max Resolution", card.maxResolution()).item("Input Modalities", String.join(", ", card.input()))
			.item("Output Modalities", String.join(", ", card.output()))
			.item("Modes", String.join(", ", card.modes()))
			.item("Longest prompt", card.promptCharacters() + " characters")
			.item("Most pictures of one request", Integer.toString(card.count()))
			.item("Form of an answer that names none", card.answer());
		line("").line("## Model Identifiers").line("");
		item("Primary Slug", card.slug()).item("Aliases", String.join(", ", card.aliases()));
		line("").line("## Dates").line("");
		item("Released", card.released()).item("Shutdown", card.shutdown());
		line("").line("## Tags").line("").line(String.join(", ", card.tags())).line("");
	}

	private void offering(OfferingCard offering) {
		line("### " + offering.label()).line("");
		item("Config Key", offering.key()).item("Provider Model ID", offering.providerModel())
			.item("Status", offering.status())
			.item("To set it up", offering.missing())
			.item("Shutdown", offering.shutdown())
			.item("Usual price of a picture", offering.price())
			.item("Assumed until measured", offering.expected())
			.item("Rank", offering.rank());
		if (offering.live().isMeasured()) {
			item("Measured",
					offering.live().success() + " success, p50 " + offering.live().median() + ", p95 "
							+ offering.live().slow() + ", circuit " + offering.live().circuit() + ", share of traffic "
							+ offering.live().share());
		}
		if (offering.source().isEmpty()) {
			line("- Pricing: not known");
		}
		else {
			line("- Pricing:");
			line("  - currency: " + offering.currency());
			offering.components()
				.forEach(part -> line("  - " + part.type() + ", " + part.metric() + ": " + part.price()
						+ (part.circumstances().isEmpty() ? "" : " (" + part.circumstances() + ")")));
			line("  - source: " + offering.source());
			if (!offering.sourceUrl().isEmpty()) {
				line("  - source_url: " + offering.sourceUrl());
			}
			line("  - effective_at: " + offering.effectiveAt());
			offering.priceNotes().forEach(note -> line("  - note: " + note));
		}
		offering.notes().forEach(note -> item("Note", note));
		item("API of the provider", offering.docs());
		line("");
		offering.modes().forEach(this::mode);
	}

	private void mode(ModeCard mode) {
		line("#### " + mode.name()).line("");
		line("- Request: `" + mode.request() + "`");
		mode.inputs().forEach(input -> line("- Picture sent in: `" + input + "`"));
		if (!mode.fixed().isEmpty()) {
			line("- Always sent: `" + mode.fixed() + "`");
		}
		line("").line("| parameter | what becomes of it | type | values | usual | what it does |")
			.line("|---|---|---|---|---|---|");
		for (Parameter parameter : mode.parameters()) {
			line("| " + String.join(" | ", cell(parameter.name()), cell(parameter.handling()), cell(parameter.type()),
					cell(parameter.values()), cell(parameter.usual()), cell(parameter.description())) + " |");
		}
		line("");
	}

	private static String cell(String value) {
		return value.replace("|", "\\|");
	}

	private void pictures(ModelCard card) {
		line("## Image Gallery").line("");
		item("Curated examples", Integer.toString(card.gallery().size()));
		card.gallery().forEach(prompt -> line("- \"" + prompt + "\""));
		if (!card.examplePrompt().isEmpty()) {
			line("").line("## Example Prompt").line("").line(card.examplePrompt());
		}
		line("");
	}

	private void code(ModelCard card) {
		line("## Code Examples").line("");
		String mode = "";
		for (CodeExample example : card.examples()) {
			if (!example.mode().equals(mode)) {
				mode = example.mode();
				line("### " + mode).line("");
			}
			line("#### " + example.language()).line("").line("```" + example.fence());
			line(example.code().stripTrailing()).line("```").line("");
		}
	}

	private void about(ModelCard card) {
		if (!card.isDescribed()) {
			return;
		}
		Model.About about = card.about();
		line("## About").line("").line("### Overview").line("").line(about.overview()).line("");
		points("Strengths", about.strengths());
		points("Limitations", about.limitations());
		if (!about.technicalBackground().isEmpty()) {
			line("### Technical Background").line("").line(about.technicalBackground()).line("");
		}
		if (!about.bestFor().isEmpty()) {
			line("### Best For").line("").line(about.bestFor()).line("");
		}
	}

	private void points(String title, List<Model.Point> points) {
		if (!points.isEmpty()) {
			line("### " + title).line("");
			points.forEach(point -> line("- **" + point.title() + ":** " + point.text()));
			line("");
		}
	}

	private void list(String title, List<String> items) {
		if (!items.isEmpty()) {
			line("## " + title).line("");
			items.forEach(item -> line("- " + item));
			line("");
		}
	}

	private ModelMarkdown item(String name, String value) {
		return value.isEmpty() ? this : line("- " + name + ": " + value);
	}

	private ModelMarkdown line(String line) {
		this.text.append(line).append('\n');
		return this;
	}

}
