package dev.heliostat.simulator;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a provider's documentation allows in an object: anything else is a fault.
 */
final class InputRules {

	private static final Pattern DATA_URL = Pattern.compile("data:image/[a-z+]+;base64,.+", Pattern.DOTALL);

	private static final Pattern URL = Pattern.compile("https?://\\S+");

	private final Map<String, Rule> rules = new LinkedHashMap<>();

	private final Set<String> required = new LinkedHashSet<>();

	private final Set<String> texts = new HashSet<>();

	/**
	 * What is wrong with an input.
	 *
	 * @param field its path, with dots
	 * @param type in the words of pydantic
	 * @param message for people
	 */
	record Fault(String field, String type, String message) {

		/** The message after the field's path. */
		String text() {
			return this.field + ": " + this.message;
		}

		private static Optional<Fault> unless(boolean right, String field, String type, String message) {
			return right ? Optional.empty() : Optional.of(new Fault(field, type, message));
		}

	}

	/** A condition for one value. */
	@FunctionalInterface
	interface Rule {

		Optional<Fault> check(String field, JsonNode value);

	}

	/** Allows fields. */
	InputRules with(Rule rule, String... fields) {
		for (String field : fields) {
			this.rules.put(field, rule);
		}
		return this;
	}

	/** Allows text in fields. */
	InputRules text(String... fields) {
		this.texts.addAll(Arrays.asList(fields));
		return with(text(), fields);
	}

	/** Demands fields, which are to be allowed as well. */
	InputRules require(String... fields) {
		this.required.addAll(Arrays.asList(fields));
		return this;
	}

	/** The first fault of an object. */
	Optional<Fault> check(JsonNode object) {
		return check("", object);
	}

	private Optional<Fault> check(String prefix, JsonNode object) {
		if (!object.isObject()) {
			return Optional.of(new Fault(prefix.isEmpty() ? "body" : prefix.substring(0, prefix.length() - 1),
					"dict_type", "Input should be a valid JSON object"));
		}
		for (String field : this.required) {
			if (!object.has(field)) {
				return Optional.of(new Fault(prefix + field, "missing", "Field required"));
			}
		}
		for (Map.Entry<String, JsonNode> property : object.properties()) {
			Rule rule = this.rules.get(property.getKey());
			Optional<Fault> fault = (rule != null) ? rule.check(prefix + property.getKey(), property.getValue())
					: Optional
						.of(new Fault(prefix + property.getKey(), "extra_forbidden", "Extra inputs are not permitted"));
			if (fault.isPresent()) {
				return fault;
			}
		}
		return Optional.empty();
	}

	/** The text fields of a form, read as numbers and flags where text is not meant. */
	ObjectNode form(List<Simulator.Part> parts) {
		ObjectNode object = JsonNodeFactory.instance.objectNode();
		for (Simulator.Part part : parts) {
			if (part.filename().isEmpty()) {
				boolean plain = !this.texts.contains(part.name()) && part.text().matches("-?\\d+(\\.\\d+)?|true|false");
				object.set(part.name(), plain ? Simulator.JSON.readTree(part.text())
						: JsonNodeFactory.instance.stringNode(part.text()));
			}
		}
		return object;
	}

	static Rule any() {
		return (field, value) -> Optional.empty();
	}

	static Rule text() {
		return (field, value) -> Fault.unless(value.isString(), field, "string_type", "Input should be a valid string");
	}

	static Rule flag() {
		return (field, value) -> Fault.unless(value.isBoolean(), field, "bool_type", "Input should be a valid boolean");
	}

	static Rule integer(long least, long most) {
		return (field, value) -> value.isIntegralNumber() ? number(least, most).check(field, value)
				: Optional.of(new Fault(field, "int_type", "Input should be a valid integer"));
	}

	/** A whole number that is a multiple of another. */
	static Rule multiple(long step, long least, long most) {
		return (field, value) -> integer(least, most).check(field, value)
			.or(() -> Fault.unless(value.asLong() % step == 0, field, "multiple_of",
					"Input should be a multiple of " + step));
	}

	static Rule number(double least, double most) {
		return (field, value) -> Fault.unless(value.isNumber(), field, "float_type", "Input should be a valid number")
			.or(() -> Fault.unless(value.asDouble() >= least, field, "greater_than_equal",
					"Input should be greater than or equal to " + least))
			.or(() -> Fault.unless(value.asDouble() <= most, field, "less_than_equal",
					"Input should be less than or equal to " + most));
	}

	static Rule option(String... options) {
		return (field, value) -> text().check(field, value)
			.or(() -> Fault.unless(List.of(options).contains(value.asString()), field, "literal_error",
					"Input should be one of " + String.join(", ", options)));
	}

	static Rule matching(String expression) {
		return (field, value) -> text().check(field, value)
			.or(() -> Fault.unless(value.asString().matches(expression), field, "string_pattern_mismatch",
					"String should match pattern '" + expression + "'"));
	}

	/** One rule or another. */
	static Rule either(Rule one, Rule other) {
		return (field, value) -> one.check(field, value).isEmpty() ? Optional.empty() : other.check(field, value);
	}

	static Rule list(int least, int most, Rule item) {
		return (field, value) -> {
			if (!value.isArray()) {
				return Optional.of(new Fault(field, "list_type", "Input should be a valid list"));
			}
			if (value.size() < least || value.size() > most) {
				return Optional.of(new Fault(field, (value.size() < least) ? "too_short" : "too_long",
						"List should have " + least + " to " + most + " items"));
			}
			for (int i = 0; i < value.size(); i++) {
				Optional<Fault> fault = item.check(field + "." + i, value.get(i));
				if (fault.isPresent()) {
					return fault;
				}
			}
			return Optional.empty();
		};
	}

	static Rule nested(InputRules rules) {
		return (field, value) -> rules.check(field + ".", value);
	}

	static Rule url() {
		return (field, value) -> text().check(field, value)
			.or(() -> Fault.unless(URL.matcher(value.asString()).matches(), field, "url_parsing",
					"Input should be a valid http(s) URL"));
	}

	/** A picture in a data URL. */
	static Rule dataUrl() {
		return (field, value) -> text().check(field, value)
			.or(() -> Fault.unless(DATA_URL.matcher(value.asString()).matches(), field, "image_load_error",
					"Input should be a data URL of an image"))
			.or(() -> encoded().check(field, value));
	}

	/** A picture in base64, plain or in a data URL. */
	static Rule encoded() {
		return (field, value) -> text().check(field, value)
			.or(() -> Fault.unless(holdsPicture(value.asString()), field, "image_load_error",
					"Failed to load the image"));
	}

	private static boolean holdsPicture(String text) {
		try {
			return ProviderSimulator.isPicture(ProviderSimulator.decoded(text));
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
