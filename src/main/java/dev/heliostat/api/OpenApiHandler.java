package dev.heliostat.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Shows the description of both APIs, as it is written and as JSON.
 */
class OpenApiHandler {

	private static final MediaType YAML = MediaType.parseMediaType("application/yaml");

	private final byte[] yaml;

	private final byte[] json;

	OpenApiHandler() {
		try (InputStream stream = OpenApiHandler.class.getResourceAsStream("/openapi.yaml")) {
			if (stream == null) {
				throw new IllegalStateException("openapi.yaml is not on the class path");
			}
			this.yaml = stream.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		LoaderOptions options = new LoaderOptions();
		// It is our own file, and says much by reference.
		options.setMaxAliasesForCollections(10_000);
		Object document = new Yaml(new SafeConstructor(options)).load(new String(this.yaml, StandardCharsets.UTF_8));
		this.json = JsonMapper.builder().build().writeValueAsBytes(document);
	}

	Mono<ServerResponse> yaml(ServerRequest request) {
		return ServerResponse.ok().contentType(YAML).bodyValue(this.yaml);
	}

	Mono<ServerResponse> json(ServerRequest request) {
		return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(this.json);
	}

}
