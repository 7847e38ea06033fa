package dev.heliostat.catalog;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.catalog.ParameterRule.Conversion;
import dev.heliostat.catalog.ParameterRule.Kind;
import dev.heliostat.catalog.Pricing.Cap;
import dev.heliostat.catalog.Pricing.Component;
import dev.heliostat.catalog.Pricing.Metric;
import dev.heliostat.catalog.Pricing.Type;
import tools.jackson.databind.JsonNode;

/**
 * Makes offerings of their part of a model's file.
 */
final class OfferingReader {

	private OfferingReader() {
	}

	static Offering offering(String slug, JsonNode json, JsonNode providerFile) {
		String provider = json.path("provider").asString();
		JsonNode expected = json.path("expected");
		return new Offering(provider + "/" + slug, provider, slug, json.path("model").asString(),
				FileReader.status(json), FileReader.date(json.path("shutdown")), ModeReader.modes(providerFile, json),
				pricing(json.path("pricing")),
				new Offering.Expected(expected.path("seconds").asDouble(10), expected.path("success").asDouble(0.95)),
				FileReader.duration(json.path("give-up").asString("1h")), json.path("priority").asInt(1),
				json.path("weight").asInt(1), FileReader.strings(json.path("notes")));
	}

	static ParameterRule rule(String name, JsonNode json) {
		return new ParameterRule(kind(json), json.path("rename").asString(json.path("field").asString(name)),
				json.path("convert").asStringOpt().map(FileReader::constant).map(Conversion::valueOf),
				json.path("type").asStringOpt(), number(json.path("minimum")), number(json.path("maximum")),
				FileReader.list(json.path("values"), value -> value), FileReader.members(json.path("map")),
				new ParameterRule.Geometry(json.path("pixels").asLong(0), json.path("multiple").asInt(1),
						json.path("minimum-pixels").asLong(0), json.path("maximum-pixels").asLong(0),
						json.path("maximum-ratio").asDouble(0), json.path("separator").asString("x")),
				json.has("default") ? Optional.of(json.path("default")) : Optional.empty(),
				json.path("reject").asStringOpt(), json.path("description").asStringOpt(),
				json.path("random").asBoolean(false), json.path("strip").asStringOpt());
	}

	private static Kind kind(JsonNode json) {
		if (json.has("reject")) {
			return Kind.REJECT;
		}
		if (json.has("emulate")) {
			return Kind.EMULATE;
		}
		if (json.has("convert")) {
			return Kind.CONVERT;
		}
		return json.has("rename") ? Kind.RENAME : Kind.PASS;
	}

	private static Optional<Pricing> pricing(JsonNode json) {
		if (!json.isObject()) {
			return Optional.empty();
		}
		return Optional.of(new Pricing(FileReader.list(json.path("components"), OfferingReader::component),
				json.path("free").asBoolean(false), json.path("source").asString(),
				FileReader.uri(json.path("source-url")), FileReader.date(json.path("effective-at")).orElseThrow(),
				FileReader.strings(json.path("notes"))));
	}

	private static Component component(JsonNode json) {
		return new Component(Type.valueOf(FileReader.constant(json.path("type").asString())),
				Metric.valueOf(FileReader.constant(json.path("metric").asString())),
				json.path("unit-price").decimalValue(), number(json.path("unit-size")).orElse(BigDecimal.ONE),
				FileReader.conditions(json.path("conditions")), measure(json),
				FileReader.list(json.path("caps"), cap -> new Cap(FileReader.conditions(cap.path("conditions")),
						cap.path("quantity").decimalValue())));
	}

	private static Pricing.Measure measure(JsonNode json) {
		return new Pricing.Measure(json.path("round").asString("up").equals("up"),
				number(json.path("from")).orElse(BigDecimal.ZERO), number(json.path("to")),
				number(json.path("at-least")), number(json.path("at-most")), number(json.path("default-steps")),
				number(json.path("per-input")).orElse(BigDecimal.ZERO),
				number(json.path("per-partial")).orElse(BigDecimal.ZERO));
	}

	private static Optional<BigDecimal> number(JsonNode json) {
		return json.isNumber() ? Optional.of(json.decimalValue()) : Optional.empty();
	}

}
