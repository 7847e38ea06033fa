package dev.heliostat.provider;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Places in bodies, paths in answers, and templates, as
 * {@link dev.heliostat.catalog.Wire} has them.
 */
public final class Places {

	private static final Pattern NAME = Pattern.compile("\\{([a-zA-Z0-9_-]+)}");

	private Places() {
	}

	/**
	 * Sets a value at a place, making the objects and lists on the way.
	 * @param root the body
	 * @param parameters the object that holds the parameters
	 * @param place a JSON Pointer: from the root where it begins with a slash, else from
	 * the parameters
	 */
	static void set(ObjectNode root, ObjectNode parameters, String place, JsonNode value) {
		if (place.indexOf('/') < 0) {
			parameters.set(place, value);
			return;
		}
		boolean absolute = place.startsWith("/");
		String[] segments = (absolute ? place.substring(1) : place).split("/");
		JsonNode at = absolute ? root : parameters;
		for (int i = 0; i < segments.length - 1; i++) {
			at = child(at, segments[i], isIndex(segments[i + 1]));
		}
		String last = segments[segments.length - 1];
		if (at instanceof ObjectNode object) {
			object.set(last, value);
		}
		else if (at instanceof ArrayNode array) {
			int index = last.equals("-") ? array.size() : Integer.parseInt(last);
			if (index < array.size()) {
				array.set(index, value);
			}
			else {
				array.add(value);
			}
		}
	}

	private static JsonNode child(JsonNode parent, String name, boolean list) {
		JsonNode known = (parent instanceof ArrayNode array)
				? array.path(name.equals("-") ? array.size() : Integer.parseInt(name)) : parent.path(name);
		if (known.isContainer()) {
			return known;
		}
		JsonNode made = list ? JsonNodeFactory.instance.arrayNode() : JsonNodeFactory.instance.objectNode();
		if (parent instanceof ObjectNode object) {
			object.set(name, made);
		}
		else if (parent instanceof ArrayNode array) {
			array.add(made);
		}
		return made;
	}

	private static boolean isIndex(String segment) {
		return segment.equals("-") || (!segment.isEmpty() && segment.chars().allMatch(Character::isDigit));
	}

	/** Everything at a path, in order; from the root where it begins with a slash. */
	public static List<JsonNode> find(JsonNode root, JsonNode item, String path) {
		JsonNode at = path.startsWith("/") ? root : item;
		int from = 0;
		while (from < path.length()) {
			int slash = path.indexOf('/', from);
			int end = (slash < 0) ? path.length() : slash;
			if (end > from) {
				if (path.charAt(from) == '*' || path.charAt(from) == '[') {
					return findAll(List.of(at), path.substring(from));
				}
				JsonNode child = member(at, path.substring(from, end));
				if (child.isMissingNode()) {
					return List.of();
				}
				at = child;
			}
			from = end + 1;
		}
		return List.of(at);
	}

	/** From where a path may lead to more than one place. */
	private static List<JsonNode> findAll(List<JsonNode> begin, String path) {
		List<JsonNode> found = begin;
		for (String segment : path.split("/")) {
			if (segment.isEmpty()) {
				continue;
			}
			List<JsonNode> next = new ArrayList<>(found.size());
			for (JsonNode node : found) {
				step(node, segment, next);
			}
			found = next;
		}
		return found;
	}

	private static void step(JsonNode node, String segment, List<JsonNode> next) {
		if (segment.equals("*")) {
			for (JsonNode element : node) {
				next.add(element);
			}
		}
		else if (segment.startsWith("[")) {
			String[] condition = segment.substring(1, segment.length() - 1).split("=", 2);
			for (JsonNode element : node) {
				if (element.path(condition[0]).asString("").equals(condition[1])) {
					next.add(element);
				}
			}
		}
		else {
			JsonNode child = member(node, segment);
			if (!child.isMissingNode()) {
				next.add(child);
			}
		}
	}

	private static JsonNode member(JsonNode node, String segment) {
		return (node.isArray() && isIndex(segment)) ? node.path(Integer.parseInt(segment)) : node.path(segment);
	}

	/** The first value at a path that is not null, as text; empty where there is none. */
	public static String text(JsonNode root, JsonNode item, String path) {
		for (JsonNode node : find(root, item, path)) {
			if (!node.isNull()) {
				return node.isValueNode() ? node.asString() : node.toString();
			}
		}
		return "";
	}

	/** Puts values in the place of names; a name without a value stays as it is. */
	public static String fill(String template, Map<String, String> values) {
		if (template.indexOf('{') < 0) {
			return template;
		}
		return NAME.matcher(template)
			.replaceAll(match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), match.group())));
	}

	/** The names that a template holds. */
	static List<String> names(String template) {
		return NAME.matcher(template).results().map(match -> match.group(1)).toList();
	}

}
