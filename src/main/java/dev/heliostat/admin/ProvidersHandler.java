package dev.heliostat.admin;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.heliostat.api.AdminRequests;
import dev.heliostat.attempt.Health;
import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Provider;
import dev.heliostat.image.GatewayError;
import dev.heliostat.provider.ProviderSwitches;
import dev.heliostat.provider.ProviderSwitches.Switch;
import dev.heliostat.provider.Providers;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Providers over HTTP: whether they can be used, how they fare, and their switch.
 */
class ProvidersHandler {

	private final Catalogs catalogs;

	private final Providers providers;

	private final ProviderSwitches switches;

	private final Health health;

	private final AdminRequests requests;

	ProvidersHandler(Catalogs catalogs, Providers providers, ProviderSwitches switches, Health health,
			AdminRequests requests) {
		this.catalogs = catalogs;
		this.providers = providers;
		this.switches = switches;
		this.health = health;
		this.requests = requests;
	}

	/** All of them by name. */
	Mono<ServerResponse> list(ServerRequest request) {
		return Mono.defer(() -> {
			int limit = request.queryParam("limit").isPresent() ? AdminRequests.limit(request) : 100;
			Catalog catalog = this.catalogs.current();
			List<Provider> found = catalog.providers()
				.stream()
				.sorted(Comparator.comparing(Provider::name))
				.filter(provider -> provider.name().compareTo(request.queryParam("after").orElse("")) > 0)
				.limit(limit + 1L)
				.toList();
			return Answers.ok(AdminRequests.page(found, limit, Provider::name,
					provider -> json(catalog, provider, this.switches.of(provider.name()))));
		});
	}

	Mono<ServerResponse> get(ServerRequest request) {
		return Mono.defer(() -> answer(request, this.switches.of(request.pathVariable("name"))));
	}

	/** Switches one on or off. */
	Mono<ServerResponse> put(ServerRequest request) {
		return this.requests.body(request).flatMap(body -> {
			String name = provider(this.catalogs.current(), request).name();
			Fields fields = new Fields(body);
			boolean enabled = fields.flag("enabled").orElseThrow(() -> fields.missing("enabled"));
			fields.end();
			return this.switches.set(AdminRequests.actor(request), name, enabled, AdminRequests.version(request));
		}).flatMap(state -> answer(request, state));
	}

	private Mono<ServerResponse> answer(ServerRequest request, Switch state) {
		Catalog catalog = this.catalogs.current();
		return Answers.versioned(json(catalog, provider(catalog, request), state), state.version());
	}

	private static Provider provider(Catalog catalog, ServerRequest request) {
		String name = request.pathVariable("name");
		return catalog.provider(name)
			.orElseThrow(() -> new GatewayError.NotFound(
					"No provider has the name '" + name + "'. GET /admin/v1/providers lists them.")
				.asException());
	}

	private ObjectNode json(Catalog catalog, Provider provider, Switch state) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("name", provider.name());
		json.put("object", "provider");
		json.put("label", provider.label());
		json.put("enabled", state.enabled());
		Optional<String> reason = this.providers.unconfigured(catalog, provider.name());
		json.put("configured", this.providers.isConfigured(catalog, provider.name()));
		json.put("available", reason.isEmpty());
		json.put("reason", reason.orElse(null));
		json.put("credentials", this.providers.credentials(catalog, provider.name()));
		json.put("changed_at", state.changedAt().map(at -> at.getEpochSecond()).orElse(null));
		json.set("health", health(catalog, provider.name()));
		return json.put("version", state.version());
	}

	/** Those of its offerings that were asked since the start. */
	private ArrayNode health(Catalog catalog, String provider) {
		ArrayNode list = JsonNodeFactory.instance.arrayNode();
		catalog.models()
			.stream()
			.flatMap(model -> model.offerings().stream())
			.filter(offering -> offering.provider().equals(provider))
			.forEach(offering -> this.health.known(offering)
				.ifPresent(measured -> list.addObject()
					.put("offering", offering.key())
					.put("circuit", measured.state().name().toLowerCase(Locale.ROOT))
					.put("standing", measured.standing().name().toLowerCase(Locale.ROOT))
					.put("success", measured.success())
					.put("seconds", measured.seconds())));
		return list;
	}

}
