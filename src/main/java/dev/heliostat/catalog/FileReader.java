package dev.heliostat.catalog;

import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.image.Billed;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ProviderFailure;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Makes records of files whose form was checked before, filling in the defaults that the
 * schema states.
 */
final class FileReader {

	private FileReader() {
	}

	static Model model(JsonNode json, Map<String, CatalogFile> providers) {
		String slug = json.path("slug").asString();
		JsonNode limits = json.path("limits");
		JsonNode creator = json.path("creator");
		JsonNode modalities = json.path("modalities");
		return new Model(slug, json.path("name").asString(),
				new Model.Creator(creator.path("slug").asString(), creator.path("name").asString()),
				json.path("family").asString(), status(json), json.path("description").asString(),
				new Model.Dates(date(json.path("dates").path("released")), date(json.path("dates").path("shutdown"))),
				strings(json.path("tags")), strings(json.path("aliases")),
				ImageSize.parse(json.path("max-resolution").asString("")),
				new Model.Modalities(strings(modalities.path("input")), strings(modalities.path("output"))),
				new Model.Limits(limits.path("prompt-characters").asInt(32000), limits.path("count").asInt(10)),
				AnswerForm.valueOf(json.path("answer").asString("url").toUpperCase(Locale.ROOT)),
				list(json.path("offerings"),
						offering -> OfferingReader.offering(slug, offering,
								Optional.ofNullable(providers.get(offering.path("provider").asString()))
									.<JsonNode>map(CatalogFile::json)
									.orElseGet(JsonNodeFactory.instance::objectNode))),
				json.path("example-prompt").asStringOpt(), strings(json.path("gallery")), about(json.path("about")),
				list(json.path("faq"),
						item -> new Model.Question(item.path("question").asString(), item.path("answer").asString())),
				strings(json.path("notes")));
	}

	static Model.Status status(JsonNode json) {
		return json.path("disabled").asBoolean(false) ? Model.Status.DISABLED
				: Model.Status.valueOf(constant(json.path("status").asString("active")));
	}

	private static Optional<Model.About> about(JsonNode json) {
		return json.isObject() ? Optional.of(new Model.About(json.path("overview").asString(""),
				list(json.path("strengths"), FileReader::point), list(json.path("limitations"), FileReader::point),
				json.path("technical-background").asString(""), json.path("best-for").asString(""))) : Optional.empty();
	}

	private static Model.Point point(JsonNode json) {
		return new Model.Point(json.path("title").asString(), json.path("text").asString());
	}

	static Provider provider(JsonNode json) {
		JsonNode auth = json.path("auth");
		JsonNode limits = json.path("limits");
		Map<String, Provider.Option> options = new LinkedHashMap<>();
		members(json.path("options")).forEach((name, option) -> options.put(name,
				new Provider.Option(option.path("default").asStringOpt(), option.path("description").asString(""))));
		return new Provider(json.path("name").asString(), json.path("label").asString(),
				json.path("base-url").asStringOpt(),
				new Provider.Auth(auth.path("required").asBoolean(true),
						Provider.Auth.Scheme.valueOf(constant(auth.path("scheme").asString("header"))),
						auth.path("header").asString("Authorization"), auth.path("prefix").asString("Bearer "),
						strings(auth.path("variables"))),
				Set.copyOf(strings(json.path("hosts"))), list(json.path("errors"), FileReader::errorRule),
				new Provider.Limits(duration(limits.path("connect-timeout").asString("3s")),
						duration(limits.path("response-timeout").asString("180s")),
						limits.path("connections").asInt(500), duration(limits.path("poll-every").asString("500ms")),
						new Provider.Submissions(whole(limits.path("at-once")), whole(limits.path("per-minute")),
								whole(limits.path("images-per-minute")), whole(limits.path("megapixels-per-minute")))),
				options, uri(json.path("docs")));
	}

	private static Provider.ErrorRule errorRule(JsonNode json) {
		return new Provider.ErrorRule(json.has("status") ? Optional.of(json.path("status").asInt()) : Optional.empty(),
				json.path("code").asStringOpt(), json.path("contains").asStringOpt(),
				json.path("job-failed").asBoolean(false),
				ProviderFailure.Kind.valueOf(constant(json.path("kind").asString())),
				Billed.valueOf(constant(json.path("billed").asString())));
	}

	private static Optional<Integer> whole(JsonNode json) {
		return json.isNumber() ? Optional.of(json.asInt()) : Optional.empty();
	}

	static String constant(String word) {
		return word.toUpperCase(Locale.ROOT).replace('-', '_');
	}

	static List<String> strings(JsonNode json) {
		return list(json, JsonNode::asString);
	}

	static <T> List<T> list(JsonNode json, Function<JsonNode, T> reader) {
		List<T> items = new ArrayList<>();
		json.forEach(item -> items.add(reader.apply(item)));
		return List.copyOf(items);
	}

	/** Members in the order in which the file has them. */
	static Map<String, JsonNode> members(JsonNode json) {
		Map<String, JsonNode> members = new LinkedHashMap<>();
		json.properties().forEach(entry -> members.put(entry.getKey(), entry.getValue()));
		return members;
	}

	static Map<String, JsonNode> conditions(JsonNode json) {
		return Map.copyOf(new HashMap<>(members(json)));
	}

	static Optional<LocalDate> date(JsonNode json) {
		return json.asStringOpt().map(LocalDate::parse);
	}

	static Optional<URI> uri(JsonNode json) {
		return json.asStringOpt().map(URI::create);
	}

	static Duration duration(String text) {
		return DurationStyle.detectAndParse(text);
	}

}
