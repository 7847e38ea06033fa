package dev.heliostat.api;

import java.util.List;
import java.util.Optional;

import dev.heliostat.access.BudgetJson;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Budgets.Standing;
import dev.heliostat.access.Caller;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is left of a caller's budgets.
 */
class BalanceHandler {

	private final Budgets budgets;

	BalanceHandler(Budgets budgets) {
		this.budgets = budgets;
	}

	/** Those of an end user as well, where the query names one. */
	Mono<ServerResponse> get(ServerRequest request) {
		Caller caller = RequestAttributes.caller(request);
		Optional<String> endUser = request.queryParam("user")
			.filter(user -> !user.isBlank())
			.map(user -> this.budgets.endUser(caller.project(), user));
		return this.budgets.standings(this.budgets.of(caller, endUser), endUser)
			.flatMap(standings -> ServerResponse.ok()
				.contentType(MediaType.APPLICATION_JSON)
				.header("cache-control", "no-store")
				.bodyValue(body(standings)));
	}

	private static ObjectNode body(List<Standing> standings) {
		ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "balance");
		ArrayNode budgets = body.putArray("budgets");
		standings.forEach(standing -> budgets.add(BudgetJson.forCaller(standing)));
		return body;
	}

}
