package dev.heliostat.api;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Pricing;
import dev.heliostat.image.Capability;
import dev.heliostat.provider.Providers;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model as JSON: OpenAI's fields first, then the catalog's.
 */
final class ModelBody {

	private final Providers providers;

	ModelBody(Providers providers) {
		this.providers = providers;
	}

	ObjectNode of(Catalog catalog, Model model, String id) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("id", id);
		json.put("object", "model");
		json.put("created",
				model.dates().released().orElse(LocalDate.EPOCH).atStartOfDay(ZoneOffset.UTC).toEpochSecond());
		json.put("owned_by", model.creator().slug());
		model.dates().shutdown().ifPresent(date -> json.put("shutdown_date", date.toString()));
		json.put("name", model.name());
		json.put("description", model.description());
		json.put("creator", model.creator().name());
		json.put("family", model.family());
		json.put("status", model.status().name().toLowerCase(Locale.ROOT));
		model.dates().released().ifPresent(date -> json.put("released", date.toString()));
		strings(json.putArray("tags"), model.tags());
		strings(json.putArray("aliases"), model.aliases());
		strings(json.putArray("capabilities"), model.capabilities().stream().map(Capability::label).toList());
		strings(json.putArray("input_modalities"), model.modalities().input());
		strings(json.putArray("output_modalities"), model.modalities().output());
		model.maxResolution().ifPresent(size -> json.put("max_resolution", size.toString()));
		json.put("max_prompt_characters", model.limits().promptCharacters());
		json.put("max_n", model.limits().count());
		ArrayNode offerings = json.putArray("offerings");
		model.offerings().forEach(offering -> offerings.add(offering(catalog, offering)));
		return json;
	}

	private ObjectNode offering(Catalog catalog, Offering offering) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("id", offering.key());
		json.put("provider", offering.provider());
		catalog.provider(offering.provider()).ifPresent(provider -> json.put("provider_name", provider.label()));
		json.put("provider_model_id", offering.providerModel());
		boolean configured = this.providers.unconfigured(catalog, offering.provider()).isEmpty();
		json.put("status", (offering.status().inService() && !configured) ? "unconfigured"
				: offering.status().name().toLowerCase(Locale.ROOT));
		offering.shutdown().ifPresent(date -> json.put("shutdown_date", date.toString()));
		strings(json.putArray("capabilities"), offering.capabilities().stream().map(Capability::label).toList());
		Optional<Pricing> pricing = offering.pricing();
		if (pricing.isPresent()) {
			json.set("pricing", pricing(pricing.get()));
		}
		else {
			json.putNull("pricing");
		}
		strings(json.putArray("notes"), offering.notes());
		return json;
	}

	private static ObjectNode pricing(Pricing pricing) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("currency", "USD");
		ArrayNode components = json.putArray("components");
		for (Pricing.Component component : pricing.components()) {
			ObjectNode item = components.addObject();
			item.put("type", component.type().name().toLowerCase(Locale.ROOT));
			item.put("metric", component.metric().name().toLowerCase(Locale.ROOT));
			item.put("unit_price", component.unitPrice());
			item.put("unit_size", component.unitSize());
			if (!component.conditions().isEmpty()) {
				ObjectNode conditions = item.putObject("conditions");
				component.conditions().forEach(conditions::set);
			}
		}
		json.put("source", pricing.source());
		pricing.sourceUrl().ifPresent(url -> json.put("source_url", url.toString()));
		json.put("effective_at", pricing.effectiveAt().toString());
		return json;
	}

	private static void strings(ArrayNode array, List<String> values) {
		values.forEach(array::add);
	}

}
