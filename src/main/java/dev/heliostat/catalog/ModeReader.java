package dev.heliostat.catalog;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.image.Capability;

/**
 * Lays over each other what the files say of one thing that an offering does: the
 * provider, one of its APIs, the offering, and in each of them the part for that thing.
 * Parameter rules and input rules replace each other whole; everything else is merged
 * member by member. A null takes away.
 */
final class ModeReader {

	private ModeReader() {
	}

	static Map<Capability, Mode> modes(JsonNode provider, JsonNode offering) {
		Map<Capability, Mode> modes = new EnumMap<>(Capability.class);
		List<String> words = FileReader.strings(offering.path("capabilities"));
		for (String word : words.isEmpty() ? List.of(Capability.GENERATE.key()) : words) {
			ObjectNode merged = merged(provider, offering, word);
			modes.put(Capability.valueOf(FileReader.constant(word)), mode(merged));
		}
		return modes;
	}

	/** Everything that is said, as one object in the form of a mode. */
	static ObjectNode merged(JsonNode provider, JsonNode offering, String capability) {
		JsonNode api = provider.path("apis").path(offering.path("api").asString(""));
		List<JsonNode> layers = new ArrayList<>();
		for (JsonNode said : List.of(provider, api, offering)) {
			layers.add(said);
			layers.add(said.path("modes").path(capability));
		}
		ObjectNode merged = JsonNodeFactory.instance.objectNode();
		for (JsonNode layer : layers) {
			for (String name : List.of("protocol", "model")) {
				if (layer.path(name).isString()) {
					merged.set(name, layer.path(name));
				}
			}
			layRules(merged.withObject("/parameters"), layer.path("parameters"));
			layRules(merged.withObject("/inputs"), layer.path("wire").path("inputs"));
			lay(merged.withObject("/fixed"), layer.path("fixed"));
			lay(merged.withObject("/wire"), layer.path("wire"));
		}
		merged.withObject("/wire").set("inputs", merged.path("inputs"));
		return merged;
	}

	private static void layRules(ObjectNode target, JsonNode source) {
		source.properties().forEach(rule -> {
			if (rule.getValue().isNull()) {
				target.remove(rule.getKey());
			}
			else {
				target.set(rule.getKey(), rule.getValue());
			}
		});
	}

	private static void lay(ObjectNode target, JsonNode source) {
		source.properties().forEach(member -> {
			JsonNode value = member.getValue();
			if (value.isNull()) {
				target.remove(member.getKey());
			}
			else if (value.isObject() && target.path(member.getKey()) instanceof ObjectNode known) {
				lay(known, value);
			}
			else {
				target.set(member.getKey(), value.deepCopy());
			}
		});
	}

	private static Mode mode(ObjectNode json) {
		Map<String, ParameterRule> rules = new LinkedHashMap<>();
		FileReader.members(json.path("parameters"))
			.forEach((name, rule) -> rules.put(name, OfferingReader.rule(name, rule)));
		return new Mode(json.path("protocol").asString("sync"), json.path("model").asString(""), rules,
				json.withObject("/fixed"), WireReader.wire(json.path("wire")));
	}

}
