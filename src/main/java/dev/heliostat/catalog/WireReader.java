package dev.heliostat.catalog;

import java.util.Locale;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.image.Billed;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.ProviderFailure;

/**
 * Makes the records of a wire format of its part of a file, filling in the defaults that
 * the schema states.
 */
final class WireReader {

	private WireReader() {
	}

	static Wire wire(JsonNode json) {
		Map<String, Wire.Input> inputs = new LinkedHashMap<>();
		FileReader.members(json.path("inputs")).forEach((name, input) -> inputs.put(name, input(input)));
		JsonNode upload = json.path("upload");
		return new Wire(json.path("path").asString(""), json.path("masked-path").asStringOpt(),
				texts(json.path("headers")),
				Wire.Encoding.valueOf(FileReader.constant(json.path("encoding").asString("json"))),
				json.path("parameters").asStringOpt(), json.path("model").asStringOpt(), json.path("id").asStringOpt(),
				json.path("list").asBoolean(false), json.path("strict").asBoolean(false), inputs,
				upload.isObject() ? Optional.of(new Wire.Upload(upload.path("path").asString(),
						upload.path("part").asString(), upload.path("answer").asString())) : Optional.empty(),
				answer(json.path("answer")),
				json.path("job").isObject() ? Optional.of(job(json.path("job"))) : Optional.empty(),
				json.path("stream") instanceof ObjectNode stream ? Optional.of(stream(stream, json.path("answer")))
						: Optional.empty());
	}

	/** A completed event is read as an answer is, but for what the stream says of it. */
	private static Wire.Stream stream(ObjectNode json, JsonNode answer) {
		ObjectNode completed = JsonNodeFactory.instance.objectNode();
		answer.properties().forEach(member -> completed.set(member.getKey(), member.getValue()));
		json.path("answer").properties().forEach(member -> completed.set(member.getKey(), member.getValue()));
		return new Wire.Stream(FileReader.members(json.path("ask")), json.path("count").asStringOpt(),
				json.path("maximum").asInt(3), json.path("type").asStringOpt(),
				Set.copyOf(oneOrMore(json.path("partial"))), json.path("index").asStringOpt(),
				Set.copyOf(oneOrMore(json.path("completed"))), Set.copyOf(oneOrMore(json.path("failed"))),
				json.path("error").asStringOpt(), answer(completed));
	}

	private static Wire.Input input(JsonNode json) {
		Set<ImageType> types = EnumSet.noneOf(ImageType.class);
		json.path("types").forEach(type -> types.add(ImageType.named(type.asString()).orElseThrow()));
		JsonNode bytes = json.path("maximum-bytes");
		JsonNode above = json.path("upload-above");
		return new Wire.Input(json.path("place").asString(), json.path("more").asStringOpt(), json.path("item"),
				json.path("maximum").asInt(1), bytes.isString() ? DataSize.parse(bytes.asString()).toBytes() : 0, types,
				json.path("minimum-side").asInt(0), json.path("maximum-side").asInt(0),
				above.isString() ? DataSize.parse(above.asString()).toBytes() : 0,
				Wire.MaskForm.valueOf(FileReader.constant(json.path("edits").asString("transparent"))));
	}

	private static Answer answer(JsonNode json) {
		Map<String, List<String>> parts = new LinkedHashMap<>();
		JsonNode usage = json.path("usage");
		FileReader.members(usage).forEach((name, paths) -> parts.put(name, oneOrMore(paths)));
		JsonNode empty = json.path("empty");
		return new Answer(oneOrMore(json.path("images")), json.path("base64").asStringOpt(),
				json.path("url").asStringOpt(), json.path("revised-prompt").asStringOpt(), usage.asStringOpt(), parts,
				json.path("cost").asStringOpt(),
				json.path("cost-unit").isNumber() ? json.path("cost-unit").decimalValue() : BigDecimal.ONE,
				texts(json.path("facts")), FileReader.list(json.path("refusals"), WireReader::refusal),
				json.path("error").asStringOpt(),
				ProviderFailure.Kind.valueOf(FileReader.constant(empty.path("kind").asString("bad-output"))),
				Billed.valueOf(FileReader.constant(empty.path("billed").asString("maybe"))));
	}

	private static Answer.Refusal refusal(JsonNode json) {
		return new Answer.Refusal(json.path("at").asString(), FileReader.list(json.path("values"), value -> value),
				json.path("stage").asString("unknown"),
				Billed.valueOf(FileReader.constant(json.path("billed").asString("no"))));
	}

	private static Wire.Job job(JsonNode json) {
		Map<String, Wire.State> states = new LinkedHashMap<>();
		for (Wire.State state : Wire.State.values()) {
			String key = state.name().toLowerCase(Locale.ROOT);
			json.path("states").path(key).forEach(word -> states.put(word.asString(), state));
		}
		JsonNode lookup = json.path("lookup");
		return new Wire.Job(json.path("id").asString(), texts(json.path("links")), call(json.path("poll")),
				optionalCall(json.path("result")), optionalCall(json.path("cancel")), json.path("begun").asStringOpt(),
				json.path("status").asString(), states, Set.copyOf(FileReader.strings(json.path("queued"))),
				json.path("message").asStringOpt(), json.path("reasons").asStringOpt(),
				json.path("early").asBoolean(false),
				lookup.isObject()
						? Optional.of(new Wire.Lookup(lookup.path("path").asString(), lookup.path("items").asString(),
								lookup.path("model").asString(), lookup.path("input").asString(),
								lookup.path("created").asString(), lookup.path("next").asStringOpt()))
						: Optional.empty());
	}

	private static Optional<Wire.Call> optionalCall(JsonNode json) {
		return json.isObject() ? Optional.of(call(json)) : Optional.empty();
	}

	private static Wire.Call call(JsonNode json) {
		return new Wire.Call(json.path("method").asString("GET"), json.path("path").asString(""),
				json.path("body") instanceof ObjectNode body ? Optional.of(body) : Optional.empty());
	}

	private static List<String> oneOrMore(JsonNode json) {
		return json.isString() ? List.of(json.asString()) : FileReader.strings(json);
	}

	private static Map<String, String> texts(JsonNode json) {
		Map<String, String> texts = new LinkedHashMap<>();
		json.properties().forEach(member -> texts.put(member.getKey(), member.getValue().asString()));
		return texts;
	}

}
