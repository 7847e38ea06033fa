package dev.heliostat.api;

import java.util.Set;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The text parts of a form as one JSON object. Forms know only texts: what looks like a
 * number, a flag, an object or a list becomes one, except where a text is what is meant.
 * Names as {@code provider[only][]} are places in objects and lists, as SDKs send them.
 */
final class FormFields {

	private static final Set<String> TEXTS = Set.of("prompt", "negative_prompt", "model", "user", "safety_identifier",
			"size", "aspect_ratio", "resolution", "quality", "style", "background", "output_format", "response_format");

	private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,12})?");

	private static final int DEEPEST = 4;

	private final ObjectNode fields = JsonNodeFactory.instance.objectNode();

	private final LimitedJson json;

	FormFields(LimitedJson json) {
		this.json = json;
	}

	/** A part's name without the brackets behind it. */
	static String base(String name) {
		int bracket = name.indexOf('[');
		return (bracket < 0) ? name : name.substring(0, bracket);
	}

	void add(String name, String text) {
		String[] path = name.replace("]", "").split("\\[", -1);
		if (path[0].isEmpty() || path.length > DEEPEST) {
			throw UploadReader.invalid(name, name + ": not a parameter's name");
		}
		JsonNode value = TEXTS.contains(path[0]) ? JsonNodeFactory.instance.stringNode(text) : typed(text);
		ObjectNode at = this.fields;
		for (int i = 0; i < path.length; i++) {
			boolean listed = i + 1 < path.length && path[i + 1].chars().allMatch(Character::isDigit);
			if (listed) {
				ArrayNode list = at.path(path[i]) instanceof ArrayNode known ? known : at.putArray(path[i]);
				list.add(value);
				return;
			}
			if (i + 1 == path.length) {
				if (at.has(path[i])) {
					throw UploadReader.invalid(name, name + ": sent twice (expected: once)");
				}
				at.set(path[i], value);
				return;
			}
			at = at.path(path[i]) instanceof ObjectNode known ? known : at.putObject(path[i]);
		}
	}

	private JsonNode typed(String text) {
		String stripped = text.strip();
		boolean json = stripped.equals("true") || stripped.equals("false") || NUMBER.matcher(stripped).matches()
				|| (stripped.startsWith("{") && stripped.endsWith("}"))
				|| (stripped.startsWith("[") && stripped.endsWith("]"));
		JsonNode plain = JsonNodeFactory.instance.stringNode(text);
		return json ? this.json.readOr(stripped, plain) : plain;
	}

	ObjectNode json() {
		return this.fields;
	}

}
