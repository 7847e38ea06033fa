package dev.heliostat.console;

import java.util.LinkedHashMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.admin.ExplainHandler;
import dev.heliostat.api.FormOrders;
import dev.heliostat.api.FormOrders.Sent;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayException;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Where a request would go and why, on the desk.
 */
final class ExplainDesk {

	private final FormOrders orders;

	private final ExplainHandler api;

	private final Desk desk;

	ExplainDesk(FormOrders orders, ExplainHandler api, Desk desk) {
		this.orders = orders;
		this.api = api;
		this.desk = desk;
	}

	Mono<ServerResponse> page(ServerRequest request) {
		Map<String, String> entered = new HashMap<>(Map.of("model", request.queryParam("model").orElse(""), "prompt",
				"A lighthouse in fog", "size", request.queryParam("size").orElse(""), "n", "1", "more", ""));
		return page(request, 200, entered, Map.of(), "");
	}

	private Mono<ServerResponse> page(ServerRequest request, int status, Map<String, String> entered,
			Map<String, Object> result, String problem) {
		return this.desk.page(request, status, "desk-explain",
				Map.of("entered", entered, "result", result, "problem", problem));
	}

	Mono<ServerResponse> explain(ServerRequest request) {
		return Forms.read(request).flatMap(fields -> {
			Map<String, String> entered = new LinkedHashMap<>();
			for (String name : List.of("model", "prompt", "size", "n", "more")) {
				entered.put(name, Forms.first(fields, name));
			}
			return Mono.fromSupplier(() -> parameters(entered))
				.flatMap(parameters -> order(request, fields, parameters))
				.publishOn(this.desk.pages().painters())
				.flatMap(this.api::explanation)
				.flatMap(result -> page(request, 200, entered, Words.map(result), ""))
				.onErrorResume(GatewayException.class, failure -> page(request, failure.error().status(), entered,
						Map.of(), failure.error().message()));
		});
	}

	private Mono<dev.heliostat.generation.Order> order(ServerRequest request, MultiValueMap<String, String> fields,
			Map<String, String> parameters) {
		return this.orders.order(Desk.caller(request), PlaygroundRuns.requestId(request), Capability.GENERATE,
				parameters, new Sent(fields, List.of(), Optional.empty()), Optional.empty());
	}

	private static Map<String, String> parameters(Map<String, String> entered) {
		Map<String, String> parameters = new LinkedHashMap<>();
		for (String name : List.of("model", "prompt", "size", "n")) {
			String value = entered.getOrDefault(name, "").strip();
			if (!value.isEmpty()) {
				parameters.put(name, value);
			}
		}
		entered.getOrDefault("more", "").lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> {
			int equals = line.indexOf('=');
			if (equals < 1) {
				throw AccessForms.invalid("more", line, "name=value, one in each line");
			}
			parameters.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
		});
		return parameters;
	}

}
