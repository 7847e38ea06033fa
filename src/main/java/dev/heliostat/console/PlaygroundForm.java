package dev.heliostat.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.heliostat.catalog.Model;
import dev.heliostat.image.Capability;
import dev.heliostat.provider.ParameterSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.util.MultiValueMap;

/**
 * The playground's form, made from the parameter schemas of the models that were chosen.
 *
 * @param models the models, at least one
 * @param capability what is asked of them
 * @param capabilities what the first of them can do
 * @param prompt what is entered
 * @param shapes sizes to choose
 * @param size the chosen one
 * @param main controls that everybody needs
 * @param more all others
 * @param wantsPictures whether pictures are sent in
 * @param wantsPrompt whether a text is
 * @param wantsMask whether a part of the picture can be marked
 */
record PlaygroundForm(List<Model> models, Capability capability, List<Capability> capabilities, String prompt,
		List<Shape> shapes, String size, List<Control> main, List<Control> more, boolean wantsPictures,
		boolean wantsPrompt, boolean wantsMask) {

	/** What the form shows in its own way, or not at all. */
	private static final Set<String> OWN = Set.of("model", "prompt", "size", "aspect_ratio", "response_format",
			"stream", "user", "image", "mask", "images", "partial_images");

	/**
	 * What the gateway declares for every model; shown only where an offering does, too.
	 */
	private static final Set<String> DECLARED = Set.of("resolution", "background");

	private static final List<String> MAIN = List.of("n", "seed", "quality", "resolution", "scale_factor", "strength");

	static PlaygroundForm of(List<Model> models, Capability capability, MultiValueMap<String, String> entered) {
		Map<String, ObjectNode> properties = new LinkedHashMap<>();
		Map<String, Set<String>> takers = new LinkedHashMap<>();
		for (Model model : models) {
			properties(model, capability).forEach((name, property) -> {
				properties.putIfAbsent(name, property);
				takers.computeIfAbsent(name, absent -> new LinkedHashSet<>()).add(model.name());
			});
		}
		boolean looks = models.stream().anyMatch(model -> isWatchable(model, capability));
		List<Control> main = new ArrayList<>();
		List<Control> more = new ArrayList<>();
		properties.forEach((name, property) -> {
			Set<String> only = takers.getOrDefault(name, Set.of());
			Control control = control(name, property, Forms.first(entered, name),
					(only.size() == models.size()) ? "" : String.join(", ", only));
			(MAIN.contains(name) ? main : more).add(control);
		});
		if (looks) {
			more.add(new Control("partial_images", "Unfinished looks", "number", Forms.first(entered, "partial_images"),
					List.of(), "0", "3", "1", "0", "How many are shown while the picture is made.", ""));
		}
		boolean prompts = capability == Capability.GENERATE || capability == Capability.EDIT
				|| takers.containsKey("prompt");
		return new PlaygroundForm(models, capability, List.copyOf(models.getFirst().capabilities()),
				Forms.first(entered, "prompt"), Shape.of(models, capability), Forms.first(entered, "size"), main, more,
				capability != Capability.GENERATE, prompts,
				capability == Capability.EDIT && models.stream().anyMatch(PlaygroundForm::isMaskable));
	}

	/** The parameters that a model takes, as the form shows them. */
	static Map<String, ObjectNode> properties(Model model, Capability capability) {
		Map<String, ObjectNode> shown = new LinkedHashMap<>();
		for (Map.Entry<String, JsonNode> entry : ParameterSchema.of(model, Set.of(capability))
			.path("properties")
			.properties()) {
			String name = entry.getKey();
			JsonNode offerings = entry.getValue().path("x-heliostat-offerings");
			boolean refused = !offerings.isEmpty()
					&& offerings.properties().stream().allMatch(taken -> taken.getValue().asString().equals("reject"));
			boolean undeclared = DECLARED.contains(name) && offerings.isEmpty();
			String type = entry.getValue().path("type").asString("string");
			if (!OWN.contains(name) && !refused && !undeclared && !type.equals("array") && !type.equals("object")) {
				shown.put(name, (ObjectNode) entry.getValue());
			}
		}
		return shown;
	}

	/** Whether somebody can look on while a picture is made. */
	static boolean isWatchable(Model model, Capability capability) {
		return model.offerings()
			.stream()
			.filter(offering -> offering.status().inService() && offering.capabilities().contains(capability))
			.anyMatch(offering -> offering.mode(capability).wire().stream().isPresent());
	}

	private static boolean isMaskable(Model model) {
		return model.offerings()
			.stream()
			.filter(offering -> offering.status().inService() && offering.capabilities().contains(Capability.EDIT))
			.anyMatch(offering -> offering.mode(Capability.EDIT).wire().input("mask").isPresent());
	}

	private static Control control(String name, ObjectNode property, String value, String only) {
		String type = property.path("type").asString("string");
		List<String> options = new ArrayList<>();
		property.path("enum").forEach(option -> options.add(option.asString()));
		if (type.equals("boolean")) {
			options.addAll(List.of("true", "false"));
		}
		boolean number = type.equals("integer") || type.equals("number");
		String kind = !options.isEmpty() ? "select" : number ? "number" : name.endsWith("prompt") ? "area" : "text";
		return new Control(name, label(name), kind, value, options, text(property, "minimum"),
				text(property, "maximum"), type.equals("integer") ? "1" : "any", text(property, "default"),
				property.path("description").asString(""), only);
	}

	private static String text(ObjectNode property, String name) {
		JsonNode value = property.path(name);
		return value.isNumber() ? value.decimalValue().stripTrailingZeros().toPlainString() : value.asString("");
	}

	private static String label(String name) {
		if (name.equals("n")) {
			return "Images";
		}
		String words = name.replace('_', ' ');
		return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
	}

	/** What of a form is meant for one of its models: nothing that it does not take. */
	static Map<String, String> parameters(Model model, Capability capability, MultiValueMap<String, String> entered) {
		Map<String, String> parameters = new LinkedHashMap<>();
		parameters.put("model", model.slug());
		Set<String> taken = new LinkedHashSet<>(List.of("prompt", "size"));
		taken.addAll(properties(model, capability).keySet());
		if (isWatchable(model, capability)) {
			taken.add("partial_images");
		}
		if (capability == Capability.UPSCALE) {
			taken.add("scale_factor");
		}
		for (String name : taken) {
			String value = Forms.first(entered, name).strip();
			if (!value.isEmpty() && (!name.equals("size") || !Shape.of(List.of(model), capability).isEmpty())) {
				parameters.put(name, value);
			}
		}
		return parameters;
	}

	public String mode() {
		return this.capability.key();
	}

	/** Whether the model can be watched at its work or compared: how many there are. */
	public int count() {
		return this.models.size();
	}

	/** The slug of one of the models; empty where fewer were chosen. */
	public String slug(int index) {
		return (index < this.models.size()) ? this.models.get(index).slug() : "";
	}

}
