package dev.heliostat.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.Budget;
import dev.heliostat.access.BudgetTexts;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Budgets.Standing;
import dev.heliostat.access.Caller;
import dev.heliostat.ledger.Measure;
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
		standings.forEach(standing -> budgets.add(budget(standing)));
		return body;
	}

	private static ObjectNode budget(Standing standing) {
		Budget budget = standing.budget();
		Measure measure = budget.terms().measure();
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("id", budget.id());
		json.put("owner", budget.owner().kind().key());
		json.put("measure", measure.key());
		json.put("amount", budget.terms().amount());
		json.put("used", BudgetTexts.decimal(measure, standing.used()));
		json.put("reserved", BudgetTexts.decimal(measure, standing.reserved()));
		json.put("left", BudgetTexts.decimal(measure, standing.left()));
		json.put("window", budget.terms().window().key());
		json.put("time_zone", budget.terms().zone().getId());
		json.put("enforcement", budget.terms().hard() ? "hard" : "soft");
		json.put("resets_at", standing.resetsAt().map(Instant::toString).orElse(null));
		return json;
	}

}
