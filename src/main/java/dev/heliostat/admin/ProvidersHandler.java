package dev.heliostat.admin;

import java.util.List;
import java.util.Optional;

import dev.heliostat.api.AdminRequests;
import dev.heliostat.provider.ProviderSwitches;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Providers over HTTP: whether they can be used, how they fare, and their switch.
 */
class ProvidersHandler {

	private final ProviderStates states;

	private final ProviderSwitches switches;

	private final ProviderTests tests;

	private final AdminRequests requests;

	ProvidersHandler(ProviderStates states, ProviderSwitches switches, ProviderTests tests, AdminRequests requests) {
		this.states = states;
		this.switches = switches;
		this.tests = tests;
		this.requests = requests;
	}

	/** All of them by name. */
	Mono<ServerResponse> list(ServerRequest request) {
		return Mono.defer(() -> {
			int limit = request.queryParam("limit").isPresent() ? AdminRequests.limit(request) : 100;
			List<ObjectNode> found = this.states.list(request.queryParam("after").orElse(""), limit + 1);
			return Answers.ok(AdminRequests.page(found, limit, state -> state.path("name").asString(), state -> state));
		});
	}

	Mono<ServerResponse> get(ServerRequest request) {
		return Mono.defer(() -> answer(this.states.get(request.pathVariable("name"))));
	}

	/** Switches one on or off. */
	Mono<ServerResponse> put(ServerRequest request) {
		return this.requests.body(request).flatMap(body -> {
			String name = this.states.require(request.pathVariable("name")).name();
			Fields fields = new Fields(body);
			boolean enabled = fields.flag("enabled").orElseThrow(() -> fields.missing("enabled"));
			fields.end();
			return this.switches.set(AdminRequests.actor(request), name, enabled, AdminRequests.version(request));
		}).flatMap(done -> answer(this.states.get(done.provider())));
	}

	/** What a test would cost, or a test for that price. */
	Mono<ServerResponse> test(ServerRequest request) {
		return this.requests.optionalBody(request).flatMap(body -> {
			Fields fields = new Fields(body);
			Optional<String> model = fields.text("model");
			boolean confirmed = fields.flag("confirm").orElse(false);
			Optional<Long> price = fields.number("price_micros", 0, 1_000_000_000_000L);
			fields.end();
			if (confirmed && price.isEmpty()) {
				throw fields.missing("price_micros");
			}
			String name = request.pathVariable("name");
			return confirmed ? this.tests
				.start(AdminRequests.caller(request), AdminRequests.actor(request), name, model, price.get())
				.flatMap(json -> ServerResponse.accepted().contentType(MediaType.APPLICATION_JSON).bodyValue(json))
					: this.tests.price(AdminRequests.caller(request), name, model).flatMap(Answers::ok);
		});
	}

	private static Mono<ServerResponse> answer(ObjectNode state) {
		return Answers.versioned(state, state.path("version").asLong());
	}

}
