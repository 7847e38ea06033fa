package dev.heliostat.admin;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.heliostat.attempt.Health;
import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Provider;
import dev.heliostat.image.GatewayError;
import dev.heliostat.provider.ProviderSwitches;
import dev.heliostat.provider.ProviderSwitches.Switch;
import dev.heliostat.provider.Providers;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How each provider stands, as JSON.
 */
public final class ProviderStates {

	private final Catalogs catalogs;

	private final Providers providers;

	private final ProviderSwitches switches;

	private final Health health;

	ProviderStates(Catalogs catalogs, Providers providers, ProviderSwitches switches, Health health) {
		this.catalogs = catalogs;
		this.providers = providers;
		this.switches = switches;
		this.health = health;
	}

	/** Some of them by name, after one. */
	public List<ObjectNode> list(String after, int most) {
		Catalog catalog = this.catalogs.current();
		return catalog.providers()
			.stream()
			.sorted(Comparator.comparing(Provider::name))
			.filter(provider -> provider.name().compareTo(after) > 0)
			.limit(most)
			.map(provider -> json(catalog, provider, this.switches.of(provider.name())))
			.toList();
	}

	/** One of them; fails with {@code NotFound}. */
	public ObjectNode get(String name) {
		return json(this.catalogs.current(), require(name), this.switches.of(name));
	}

	Provider require(String name) {
		return this.catalogs.current()
			.provider(name)
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
