package dev.heliostat.console;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.admin.ProviderStates;
import dev.heliostat.admin.ProviderTests;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayException;
import dev.heliostat.provider.ProviderSwitches;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Providers on the desk: how they fare, their switch, and a test that says its price
 * first.
 */
final class ProvidersDesk {

	private final ProviderStates states;

	private final ProviderSwitches switches;

	private final ProviderTests tests;

	private final Catalogs catalogs;

	private final Desk desk;

	ProvidersDesk(ProviderStates states, ProviderSwitches switches, ProviderTests tests, Catalogs catalogs, Desk desk) {
		this.states = states;
		this.switches = switches;
		this.tests = tests;
		this.catalogs = catalogs;
		this.desk = desk;
	}

	Mono<ServerResponse> list(ServerRequest request) {
		return Mono.fromCallable(() -> {
			var found = this.states.list(ProjectsDesk.after(request).orElse(""), 101);
			Map<String, Object> model = new HashMap<>();
			model.put("rows", found.stream().limit(100).map(Words::map).toList());
			model.put("next", (found.size() > 100) ? found.get(99).path("name").asString() : "");
			model.put("first", ProjectsDesk.after(request).isEmpty());
			return model;
		}).subscribeOn(this.desk.pages().painters()).flatMap(model -> this.desk.page(request, "desk-providers", model));
	}

	Mono<ServerResponse> get(ServerRequest request) {
		return page(request, Desk.status(request), Map.of());
	}

	private Mono<ServerResponse> page(ServerRequest request, int status, Map<String, ?> more) {
		String name = request.pathVariable("id");
		return Mono.fromCallable(() -> {
			Map<String, Object> model = new HashMap<>(Map.of("test", Map.of(), "problem", "", "model", ""));
			model.put("provider", Words.map(this.states.get(name)));
			model.put("models", models(name));
			model.putAll(more);
			return model;
		})
			.subscribeOn(this.desk.pages().painters())
			.flatMap(model -> this.desk.page(request, status, "desk-provider", model));
	}

	private List<String> models(String provider) {
		return this.catalogs.current()
			.models()
			.stream()
			.flatMap(model -> model.offerings().stream())
			.filter(offering -> offering.provider().equals(provider) && offering.status().inService()
					&& offering.capabilities().contains(Capability.GENERATE))
			.map(offering -> offering.modelSlug())
			.sorted()
			.toList();
	}

	/** Switches one on or off, unless somebody else did so meanwhile. */
	Mono<ServerResponse> set(ServerRequest request) {
		return this.desk.act(request, this::get, fields -> {
			String name = this.states.get(request.pathVariable("id")).path("name").asString();
			boolean enabled = Forms.first(fields, "enabled").equals("true");
			return this.switches.set(Desk.actor(request), name, enabled, Desk.version(fields))
				.flatMap(done -> Desk.see(DeskAction.GET_PROVIDER.path(name) + "?done=" + (enabled ? "on" : "off")));
		});
	}

	/** Says what a test would cost; with that price confirmed, begins it. */
	Mono<ServerResponse> test(ServerRequest request) {
		return Forms.read(request)
			.flatMap(fields -> test(request, fields).onErrorResume(GatewayException.class,
					failure -> (failure.error().status() == 404) ? Mono.error(failure) : page(request,
							failure.error().status(),
							Map.of("problem", failure.error().message(), "model", Forms.first(fields, "model")))));
	}

	private Mono<ServerResponse> test(ServerRequest request, MultiValueMap<String, String> fields) {
		String name = request.pathVariable("id");
		Optional<String> model = Optional.of(Forms.first(fields, "model")).filter(slug -> !slug.isEmpty());
		String price = Forms.first(fields, "price_micros");
		if (Forms.first(fields, "confirm").equals("true") && price.matches("[0-9]{1,12}")) {
			return this.tests.start(Desk.caller(request), Desk.actor(request), name, model, Long.parseLong(price))
				.flatMap(begun -> Desk.see(DeskAction.GET_GENERATION.path(begun.path("generation").asString())));
		}
		return this.tests.price(Desk.caller(request), name, model)
			.flatMap(said -> page(request, 200, Map.of("test", Words.map(said), "model", model.orElse(""))));
	}

}
