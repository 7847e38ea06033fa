package dev.heliostat.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The form of one kind of catalog file, by the JSON Schema that editors use too.
 */
final class FileSchema {

	private static final String SHARED = "wire.schema.json";

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final Schema schema;

	private FileSchema(Schema schema) {
		this.schema = schema;
	}

	/**
	 * Loads a schema together with the definitions that provider and model files share.
	 */
	static FileSchema load(String name) {
		ObjectNode schema = read(name);
		schema.withObject("/$defs").setAll((ObjectNode) read(SHARED).path("$defs"));
		String text = schema.toString().replace(SHARED + "#", "#");
		return new FileSchema(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(text));
	}

	private static ObjectNode read(String name) {
		try (InputStream stream = FileSchema.class.getResourceAsStream("/catalog/" + name)) {
			if (stream == null) {
				throw new IllegalStateException("catalog/" + name + " is not on the class path");
			}
			return (ObjectNode) JSON.readTree(stream);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Everything in a file that is not of the form. */
	List<CatalogProblem> check(CatalogFile file) {
		List<CatalogProblem> problems = new ArrayList<>();
		for (Error error : this.schema.validate(file.json())) {
			String pointer = error.getInstanceLocation().toString();
			String property = error.getProperty();
			problems.add(switch (error.getKeyword()) {
				case "additionalProperties" ->
					file.problem(pointer + "/" + property, "unknown key (expected: one of those in the schema)");
				case "required" -> file.problem(pointer, "'" + property + "' is missing");
				default ->
					file.problem(pointer, shown(error.getInstanceNode()) + " (expected: " + expected(error) + ")");
			});
		}
		return problems;
	}

	private static String expected(Error error) {
		JsonNode schema = error.getSchemaNode();
		return switch (error.getKeyword()) {
			case "enum" -> "one of " + schema;
			case "minimum" -> ">= " + schema;
			case "exclusiveMinimum" -> "> " + schema;
			case "maximum" -> "<= " + schema;
			case "type" -> "type " + schema.toString().replace("\"", "");
			case "pattern" -> "a text of the form " + schema.asString();
			case "minLength", "minItems" -> "not empty";
			default -> String.valueOf(error.getMessage());
		};
	}

	private static String shown(JsonNode value) {
		String text = value.isString() ? value.asString() : value.toString();
		return (text.length() <= 60) ? text : text.substring(0, 60) + "…";
	}

}
