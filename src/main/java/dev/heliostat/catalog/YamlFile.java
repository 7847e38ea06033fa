package dev.heliostat.catalog;

import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One catalog file as JSON, with the line of every key.
 *
 * @param name the file, relative to the catalog
 * @param json its content
 * @param lines lines by JSON pointer
 */
record YamlFile(String name, ObjectNode json, Map<String, Integer> lines) {

	private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

	/** Parses; where the text is no YAML, says so and gives nothing. */
	static Optional<YamlFile> parse(String name, String text, List<CatalogProblem> problems) {
		Map<String, Integer> lines = new HashMap<>();
		try {
			LoaderOptions options = new LoaderOptions();
			options.setMaxAliasesForCollections(20);
			options.setCodePointLimit(1024 * 1024);
			Node root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
			if (root instanceof MappingNode mapping) {
				ObjectNode json = new Reader(name, lines, problems).object(mapping, "");
				return Optional.of(new YamlFile(name, json, lines));
			}
			problems.add(new CatalogProblem(name, 1, "", "not a mapping (expected: keys and values)"));
		}
		catch (MarkedYAMLException ex) {
			Mark mark = ex.getProblemMark();
			problems.add(new CatalogProblem(name, (mark != null) ? mark.getLine() + 1 : 1, "",
					"no valid YAML: " + ex.getProblem()));
		}
		catch (YAMLException ex) {
			problems.add(new CatalogProblem(name, 1, "", "no valid YAML: " + ex.getMessage()));
		}
		return Optional.empty();
	}

	/** The line of a key, or of the nearest thing around it. */
	int line(String pointer) {
		String at = pointer;
		while (!at.isEmpty()) {
			Integer line = this.lines.get(at);
			if (line != null) {
				return line;
			}
			at = at.substring(0, at.lastIndexOf('/'));
		}
		return 1;
	}

	/**
	 * A JSON pointer as people write it: {@code /offerings/0/pricing} is
	 * {@code offerings[0].pricing}.
	 */
	static String readable(String pointer) {
		StringBuilder text = new StringBuilder();
		for (String part : pointer.split("/")) {
			if (part.matches("[0-9]+")) {
				text.append('[').append(part).append(']');
			}
			else if (!part.isEmpty()) {
				text.append(text.isEmpty() ? "" : ".").append(part.replace("~1", "/").replace("~0", "~"));
			}
		}
		return text.toString();
	}

	/** Turns YAML nodes into JSON and notes their lines. */
	private record Reader(String name, Map<String, Integer> lines, List<CatalogProblem> problems) {

		ObjectNode object(MappingNode mapping, String pointer) {
			ObjectNode object = JSON.objectNode();
			for (NodeTuple tuple : mapping.getValue()) {
				String key = (tuple.getKeyNode() instanceof ScalarNode scalar) ? scalar.getValue() : "?";
				String at = pointer + "/" + key.replace("~", "~0").replace("/", "~1");
				int line = tuple.getKeyNode().getStartMark().getLine() + 1;
				if (object.has(key)) {
					this.problems
						.add(new CatalogProblem(this.name, line, readable(at), "stands twice (expected: once)"));
				}
				this.lines.put(at, line);
				object.set(key, value(tuple.getValueNode(), at));
			}
			return object;
		}

		private JsonNode value(Node node, String pointer) {
			if (node instanceof MappingNode mapping) {
				return object(mapping, pointer);
			}
			if (node instanceof SequenceNode sequence) {
				ArrayNode array = JSON.arrayNode();
				List<Node> items = new ArrayList<>(sequence.getValue());
				for (int i = 0; i < items.size(); i++) {
					String at = pointer + "/" + i;
					this.lines.put(at, items.get(i).getStartMark().getLine() + 1);
					array.add(value(items.get(i), at));
				}
				return array;
			}
			return scalar((ScalarNode) node);
		}

		/** Dates stay texts: the schema says which texts are dates. */
		private static JsonNode scalar(ScalarNode node) {
			String text = node.getValue();
			Tag tag = node.getTag();
			if (tag.equals(Tag.NULL)) {
				return JSON.nullNode();
			}
			if (tag.equals(Tag.BOOL)) {
				return JSON.booleanNode(
						text.equalsIgnoreCase("true") || text.equalsIgnoreCase("yes") || text.equalsIgnoreCase("on"));
			}
			if (tag.equals(Tag.INT) && text.matches("-?[0-9]{1,18}")) {
				return JSON.numberNode(Long.parseLong(text));
			}
			if ((tag.equals(Tag.FLOAT) || tag.equals(Tag.INT)) && text.matches("-?[0-9.]+([eE][-+]?[0-9]+)?")) {
				return JSON.numberNode(new BigDecimal(text));
			}
			return JSON.stringNode(text);
		}

	}

}
