package dev.heliostat.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.image.GatewayError;
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

	Mono<ServerResponse> list(ServerRequest request) {
		Catalog catalog = this.catalogs.current();
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		body.put("object", "list");
		ArrayNode data = body.putArray("data");
		catalog.models()
			.stream()
			.filter(model -> model.status().inService())
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
		Model model = find(catalog, id);
		ObjectNode body = this.bodies.of(catalog, model, id);
		if (request.queryParam("schema").filter("true"::equals).isPresent()) {
			body.set("schema", ParameterSchema.of(model));
		}
		return ok(body);
	}

	private static Model find(Catalog catalog, String id) {
		Optional<Model> whole = catalog.model(id);
		if (whole.isPresent()) {
			return whole.get();
		}
		int slash = id.indexOf('/');
		if (slash > 0) {
			Optional<Model> model = catalog.model(id.substring(slash + 1));
			String provider = id.substring(0, slash);
			boolean offered = model.isPresent() && (provider.equals("sandbox")
					|| model.get().offerings().stream().map(Offering::provider).anyMatch(provider::equals));
			if (offered) {
				return model.get();
			}
		}
		String hint = catalog.nearest(id.substring(slash + 1))
			.map(nearest -> " Did you mean '" + nearest + "'?")
			.orElse(" GET /v1/models lists them all.");
		throw new GatewayError.ModelNotFound("The model '" + id + "' does not exist." + hint).asException();
	}

	private static Mono<ServerResponse> ok(ObjectNode body) {
		return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(body);
	}

}
