package dev.heliostat.admin;

import java.util.List;
import java.util.Optional;

import dev.heliostat.access.Budget;
import dev.heliostat.access.Budget.Owner;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Budgets.Standing;
import dev.heliostat.api.AdminRequests;
import dev.heliostat.api.JsonObjects;
import dev.heliostat.image.GatewayError;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lists, makes, changes and ends budgets.
 */
class BudgetsHandler {

	private final Budgets budgets;

	private final JsonObjects bodies;

	private final BudgetJson json;

	BudgetsHandler(Budgets budgets, JsonObjects bodies) {
		this.budgets = budgets;
		this.bodies = bodies;
		this.json = new BudgetJson(budgets);
	}

	/** All of them, or those of one key or project; with what is left of each. */
	Mono<ServerResponse> list(ServerRequest request) {
		Optional<String> key = request.queryParam("key");
		Optional<String> project = request.queryParam("project");
		return this.budgets.all()
			.map(all -> all.stream()
				.filter(budget -> key.isEmpty() || isOf(budget, key.get(), true))
				.filter(budget -> project.isEmpty() || isOf(budget, project.get(), false))
				.toList())
			.flatMap(found -> this.budgets.standings(found, Optional.empty()))
			.flatMap(standings -> ServerResponse.ok()
				.contentType(MediaType.APPLICATION_JSON)
				.bodyValue(page(standings)));
	}

	private static boolean isOf(Budget budget, String owner, boolean key) {
		return budget.owner().id().equals(owner) && (budget.owner().kind() == Owner.Kind.KEY) == key;
	}

	private static ObjectNode page(List<Standing> standings) {
		ObjectNode page = JsonNodeFactory.instance.objectNode().put("object", "list");
		ArrayNode data = page.putArray("data");
		standings.forEach(standing -> data.add(BudgetJson.write(standing)));
		return page.put("has_more", false);
	}

	Mono<ServerResponse> get(ServerRequest request) {
		return known(request).flatMap(budget -> answer(ServerResponse.ok(), budget));
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return this.bodies.read(request)
			.flatMap(body -> this.budgets.create(AdminRequests.actor(request), this.json.owner(body),
					BudgetJson.terms(body, BudgetJson.OWNER)))
			.flatMap(budget -> answer(
					ServerResponse.status(201).header(HttpHeaders.LOCATION, "/admin/v1/budgets/" + budget.id()),
					budget));
	}

	/** Changes what the body names, and leaves the rest. */
	Mono<ServerResponse> update(ServerRequest request) {
		return Mono.zip(known(request), this.bodies.read(request))
			.flatMap(both -> this.budgets.update(AdminRequests.actor(request), both.getT1(),
					BudgetJson.changed(both.getT1().terms(), both.getT2())))
			.flatMap(budget -> answer(ServerResponse.ok(), budget));
	}

	Mono<ServerResponse> delete(ServerRequest request) {
		return this.budgets.delete(AdminRequests.actor(request), request.pathVariable("id"))
			.then(ServerResponse.noContent().build());
	}

	private Mono<Budget> known(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.budgets.all()
			.map(all -> all.stream()
				.filter(budget -> budget.id().equals(id))
				.findFirst()
				.orElseThrow(() -> new GatewayError.NotFound(
						"No budget has the id '" + id + "'. GET /admin/v1/budgets lists them.")
					.asException()));
	}

	private Mono<ServerResponse> answer(ServerResponse.BodyBuilder answer, Budget budget) {
		return this.budgets.standings(List.of(budget), Optional.empty())
			.flatMap(standings -> answer.contentType(MediaType.APPLICATION_JSON)
				.bodyValue(BudgetJson.write(standings.getFirst())));
	}

}
