package dev.heliostat.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

import dev.heliostat.access.Caller;
import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.ModelName;
import dev.heliostat.provider.ParameterSchema;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lists models and shows one.
 */
class ModelsHandler {

	private final Catalogs catalogs;

	private final ModelBody bodies;

	ModelsHandler(Catalogs catalogs, ModelBody bodies) {
		this.catalogs = catalogs;
		this.bodies = bodies;
	}

	/** Those that the caller may use. */
	Mono<ServerResponse> list(ServerRequest request) {
		Catalog catalog = this.catalogs.current();
		Caller caller = RequestAttributes.caller(request);
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		body.put("object", "list");
		ArrayNode data = body.putArray("data");
		catalog.models()
			.stream()
			.filter(model -> model.status().inService() && caller.mayUseModel(model.slug()))
			.forEach(model -> data.add(this.bodies.of(catalog, model, model.slug())));
		return ok(body);
	}

	/**
	 * The id may hold a slash, raw or encoded: a slug, an alias, or
	 * {@code provider/slug}.
	 */
	Mono<ServerResponse> get(ServerRequest request) {
		String raw = request.requestPath().pathWithinApplication().value();
		String id = URLDecoder.decode(raw.substring(raw.indexOf("/models/") + "/models/".length()).replace("+", "%2B"),
				StandardCharsets.UTF_8);
		Catalog catalog = this.catalogs.current();
		Model model = ModelName.resolve(catalog, id, false).model();
		ObjectNode body = this.bodies.of(catalog, model, id);
		if (request.queryParam("schema").filter("true"::equals).isPresent()) {
			body.set("schema", ParameterSchema.of(model));
		}
		return ok(body);
	}

	private static Mono<ServerResponse> ok(ObjectNode body) {
		return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(body);
	}

}
