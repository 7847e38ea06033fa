package dev.heliostat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * docs/configuration.md says what the code reads: it is made from the property metadata.
 * After a change of settings, copy target/configuration.md over it.
 */
class ConfigurationReferenceTest {

	private static final Path DOCUMENT = Path.of("docs/configuration.md");

	@Test
	void theDocumentListsEverySettingAsItIs() throws IOException {
		Map<String, JsonNode> properties = new TreeMap<>();
		try (InputStream stream = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			for (JsonNode property : JsonMapper.builder().build().readTree(stream).path("properties")) {
				if (property.path("name").asString().startsWith("heliostat.")) {
					properties.put(property.path("name").asString(), property);
				}
			}
		}
		StringBuilder text = new StringBuilder(
				"""
						# Settings

						Every setting of this version, made from the code. Put them into `config/heliostat.yaml`, into arguments
						(`--heliostat.routing.strategy=cheapest`) or into variables (`HELIOSTAT_ROUTING_STRATEGY=cheapest`). A setting that
						nothing reads stops the start.

						| setting | default | what it is |
						|---|---|---|
						""");
		properties.forEach((name, property) -> text.append("| `")
			.append(name)
			.append("` | ")
			.append(property.has("defaultValue")
					? "`" + property.path("defaultValue").asString(property.path("defaultValue").toString()) + "`" : "")
			.append(" | ")
			.append(property.path("description").asString(""))
			.append(" |\n"));
		text.append(
				"""

						For each provider, with its name in place of `<name>`: `heliostat.providers.<name>.enabled`, `.base-url`, `.api-key`,
						`.credentials[]`, `.options.*`, `.at-once`, `.per-minute`, `.images-per-minute` and `.megapixels-per-minute` (what one credential may have under way, and begin in a minute). For
						each project and key, by id: `heliostat.access.projects.<id>.models.allow`, `.models.deny`, the same with
						`.providers`, `.endpoints` and `.sources`, and the same below `heliostat.access.keys.<id>`; `flux*` stands for all that begin so. For each declared key:
						`heliostat.access.declared-keys.<id>.kind`, one of `.value`, `.value-file` and `.hash`, and `.project`, `.name`, `.scopes.*`, `.tags.*` ([keys](access.md)). Credentials also come from the variables that the provider's catalog file names, such as
						`REPLICATE_API_TOKEN`. `PORT` sets the port of clients (8080), `MANAGEMENT_SERVER_PORT` that of health and metrics (9090).
						Traces are exported when `MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT` is set; else a client's `traceparent`
						and `tracestate` go on to providers as they came. Lines of the log are plain text; `LOGGING_STRUCTURED_FORMAT_CONSOLE=ecs` makes them JSON (the image's default), `LOGGING_PATTERN_CONSOLE` is
						their pattern.
						""");
		Files.writeString(Path.of("target/configuration.md"), text);
		assertThat(properties).hasSizeGreaterThan(20);
		assertThat(properties.values()).allSatisfy(
				property -> assertThat(property.path("description").asString("")).as(property.path("name").asString())
					.isNotBlank());
		assertThat(Files.exists(DOCUMENT) ? Files.readString(DOCUMENT) : "").isEqualTo(text.toString());
	}

}
