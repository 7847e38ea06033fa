package dev.heliostat.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.testing.Gateway.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The description that a gateway serves, to hold its answers against.
 */
public final class OpenApiDocument {

	private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head");

	private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

	private final JsonNode document;

	private OpenApiDocument(JsonNode document) {
		this.document = document;
	}

	public static OpenApiDocument of(Gateway gateway) {
		return new OpenApiDocument(gateway.get("/openapi.json", "").json());
	}

	public JsonNode json() {
		return this.document;
	}

	/** Every operation as method and whole path. */
	public Set<String> operations() {
		Set<String> operations = new TreeSet<>();
		this.document.path("paths").properties().forEach(path -> {
			List<String> servers = new ArrayList<>();
			JsonNode own = path.getValue().path("servers");
			(own.isMissingNode() ? this.document.path("servers") : own)
				.forEach(server -> servers.add(server.path("url").asString()));
			for (String method : path.getValue().propertyNames()) {
				if (METHODS.contains(method)) {
					servers.forEach(server -> operations
						.add(method.toUpperCase() + " " + (server.equals("/") ? "" : server) + path.getKey()));
				}
			}
		});
		return operations;
	}

	/** The JSON schema of a part of the document; a pointer says which. */
	public Schema schema(String pointer) {
		ObjectNode schema = JsonMapper.builder().build().createObjectNode();
		schema.put("$ref", "#" + pointer);
		schema.set("components", this.document.path("components"));
		schema.set("paths", this.document.path("paths"));
		return SCHEMAS.getSchema(schema.toString());
	}

	/** Fails when a JSON answer is not of the form that the document promises. */
	public void check(String method, String path, Answer answer) {
		String pointer = "/paths/" + path.replace("~", "~0").replace("/", "~1") + "/" + method.toLowerCase()
				+ "/responses/";
		String status = Integer.toString(answer.status());
		boolean known = !this.document.at(pointer + status).isMissingNode();
		assertThat(known || answer.status() >= 400).as(method + " " + path + " may answer " + status).isTrue();
		String schema = known ? pointer + status + "/content/application~1json/schema" : "/components/schemas/Error";
		assertThat(this.document.at(schema).isMissingNode()).as(schema).isFalse();
		assertThat(schema(schema.replace("{", "%7B").replace("}", "%7D")).validate(answer.json()))
			.as(method + " " + path + ": " + answer.text())
			.isEmpty();
	}

}
