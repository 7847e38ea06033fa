package dev.heliostat.catalog;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.springframework.util.function.SingletonSupplier;
import tools.jackson.databind.JsonNode;

/**
 * Loads the catalog whole, or says everything that is wrong with it.
 */
final class CatalogLoader {

	private static final String MODELS = "models";

	private static final String PROVIDERS = "providers";

	private final CatalogSources sources;

	private final SingletonSupplier<FileSchema> modelSchema = SingletonSupplier
		.of(() -> FileSchema.load("model.schema.json"));

	private final SingletonSupplier<FileSchema> providerSchema = SingletonSupplier
		.of(() -> FileSchema.load("provider.schema.json"));

	private final Clock clock;

	private final Predicate<CatalogFile> doubted;

	private CatalogLoader(CatalogSources sources, Clock clock, Predicate<CatalogFile> doubted) {
		this.sources = sources;
		this.clock = clock;
		this.doubted = doubted;
	}

	/** One that compares every file with its schema. */
	static CatalogLoader strict(CatalogSources sources, Clock clock) {
		return new CatalogLoader(sources, clock, file -> true);
	}

	/**
	 * One that compares only what an operator has written or changed: what the jar ships
	 * was looked at when it was built, and does not delay each start.
	 */
	static CatalogLoader trusting(CatalogSources sources, Clock clock) {
		return new CatalogLoader(sources, clock, file -> file.overlay().isPresent());
	}

	Catalog load() {
		List<CatalogProblem> problems = new ArrayList<>();
		Map<String, CatalogFile> providerFiles = this.sources.read(PROVIDERS, "name", problems);
		Map<String, CatalogFile> modelFiles = this.sources.read(MODELS, "slug", problems);
		check(providerFiles, this.providerSchema, problems);
		check(modelFiles, this.modelSchema, problems);
		if (problems.isEmpty()) {
			checkAcrossFiles(modelFiles, providerFiles, problems);
		}
		if (!problems.isEmpty()) {
			throw new InvalidCatalogException(problems);
		}
		Map<String, Provider> providers = new HashMap<>();
		providerFiles.forEach((name, file) -> providers.put(name, FileReader.provider(file.json())));
		List<Model> models = new ArrayList<>();
		modelFiles.values().forEach(file -> models.add(FileReader.model(file.json(), providerFiles)));
		return new Catalog(models, providers.values(), this.clock.instant());
	}

	private void check(Map<String, CatalogFile> files, SingletonSupplier<FileSchema> schema,
			List<CatalogProblem> problems) {
		files.values().stream().filter(this.doubted).forEach(file -> problems.addAll(schema.obtain().check(file)));
	}

	/**
	 * What a schema cannot say: names that must be unique or known, and prices of
	 * nothing.
	 */
	private static void checkAcrossFiles(Map<String, CatalogFile> models, Map<String, CatalogFile> providers,
			List<CatalogProblem> problems) {
		models.values().forEach(file -> checkAllRules(file, "", file.json(), problems));
		providers.values().forEach(file -> checkAllRules(file, "", file.json(), problems));
		Map<String, String> names = new HashMap<>();
		models.keySet().forEach(slug -> names.put(slug, slug));
		models.forEach((slug, file) -> {
			JsonNode aliases = file.json().path("aliases");
			for (int i = 0; i < aliases.size(); i++) {
				String alias = aliases.path(i).asString();
				String owner = names.putIfAbsent(alias, slug);
				if (owner != null) {
					problems.add(file.problem("/aliases/" + i,
							alias + " is taken by " + owner + " (expected: a free name)"));
				}
			}
			JsonNode offerings = file.json().path("offerings");
			for (int i = 0; i < offerings.size(); i++) {
				checkOffering(file, "/offerings/" + i, offerings, i, providers, problems);
			}
		});
	}

	private static void checkOffering(CatalogFile file, String pointer, JsonNode offerings, int index,
			Map<String, CatalogFile> providers, List<CatalogProblem> problems) {
		JsonNode offering = offerings.path(index);
		String provider = offering.path("provider").asString();
		if (!providers.containsKey(provider)) {
			problems.add(file.problem(pointer + "/provider", provider + " (expected: one of "
					+ String.join(", ", providers.keySet().stream().sorted().toList()) + ")"));
		}
		for (int other = 0; other < index; other++) {
			if (offerings.path(other).path("provider").asString().equals(provider)) {
				problems.add(file.problem(pointer + "/provider",
						provider + " stands twice (expected: one offering for each provider)"));
			}
		}
		JsonNode pricing = offering.path("pricing");
		boolean free = pricing.path("free").asBoolean(false);
		JsonNode components = pricing.path("components");
		if (pricing.isObject() && components.isEmpty() && !free) {
			problems.add(file.problem(pointer + "/pricing", "no components (expected: at least one, or free: true)"));
		}
		for (int i = 0; i < components.size(); i++) {
			if (components.path(i).path("unit-price").decimalValue().signum() == 0 && !free) {
				problems.add(file.problem(pointer + "/pricing/components/" + i + "/unit-price",
						"0 (expected: > 0, or free: true)"));
			}
		}
		CatalogFile providerFile = providers.get(provider);
		if (providerFile != null) {
			checkWire(file, pointer, offering, providerFile.json(), problems);
		}
	}

	/** What an offering needs for each thing that it says it can do. */
	private static void checkWire(CatalogFile file, String pointer, JsonNode offering, JsonNode provider,
			List<CatalogProblem> problems) {
		String api = offering.path("api").asString("");
		if (!api.isEmpty() && !provider.path("apis").has(api)) {
			problems.add(file.problem(pointer + "/api",
					api + " (expected: one of " + String.join(", ", provider.path("apis").propertyNames()) + ")"));
		}
		boolean served = FileReader.status(offering).inService();
		for (String capability : FileReader.strings(offering.path("capabilities"))) {
			JsonNode merged = ModeReader.merged(provider, offering, capability);
			if (served && !merged.path("protocol").asString("").equals("sandbox")
					&& (merged.path("protocol").isMissingNode() || !merged.path("wire").has("path"))) {
				problems.add(file.problem(pointer + "/capabilities",
						capability + ": neither the provider's file nor this one has protocol and wire.path for it"));
			}
			if (served && !capability.equals("generate") && !merged.path("inputs").has("image")) {
				problems.add(file.problem(pointer + "/capabilities",
						capability + ": no wire.inputs.image (expected: where the picture goes)"));
			}
		}
	}

	/** Rules may stand in any part of either kind of file. */
	private static void checkAllRules(CatalogFile file, String pointer, JsonNode json, List<CatalogProblem> problems) {
		if (json.isArray()) {
			for (int i = 0; i < json.size(); i++) {
				checkAllRules(file, pointer + "/" + i, json.path(i), problems);
			}
			return;
		}
		for (Map.Entry<String, JsonNode> member : json.properties()) {
			if (member.getKey().equals("parameters") && member.getValue().isObject()) {
				checkRules(file, pointer, member.getValue(), problems);
			}
			else if (!member.getKey().equals("fixed")) {
				checkAllRules(file, pointer + "/" + member.getKey(), member.getValue(), problems);
			}
		}
	}

	private static void checkRules(CatalogFile file, String pointer, JsonNode rules, List<CatalogProblem> problems) {
		for (Map.Entry<String, JsonNode> entry : rules.properties()) {
			JsonNode rule = entry.getValue();
			String at = pointer + "/parameters/" + entry.getKey();
			int kinds = (rule.has("rename") ? 1 : 0) + (rule.has("convert") ? 1 : 0) + (rule.has("emulate") ? 1 : 0)
					+ (rule.has("reject") ? 1 : 0);
			if (kinds > 1) {
				problems.add(file.problem(at, "several of rename, convert, emulate, reject (expected: at most one)"));
			}
			String convert = rule.path("convert").asString("");
			if ((convert.equals("aspect-ratio") || convert.equals("tier")) && rule.path("values").isEmpty()) {
				problems.add(file.problem(at,
						"convert: " + convert + " without values (expected: the values that the provider takes)"));
			}
			if (convert.equals("map") && rule.path("map").isEmpty()) {
				problems.add(file.problem(at, "convert: map without map (expected: client value to provider value)"));
			}
		}
	}

}
