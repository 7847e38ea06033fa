package dev.heliostat.admin;

import java.net.URI;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.Budget;
import dev.heliostat.access.Budget.Owner;
import dev.heliostat.access.BudgetJson;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Version;
import dev.heliostat.api.AdminRequests;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Budgets over HTTP, each with what is left of it.
 */
class BudgetsHandler {

	private final Budgets budgets;

	private final AccessChanges changes;

	private final AdminRequests requests;

	BudgetsHandler(Budgets budgets, AccessChanges changes, AdminRequests requests) {
		this.changes = changes;
		this.budgets = budgets;
		this.requests = requests;
	}

	/** All of them, or those of one key or project, the oldest first. */
	Mono<ServerResponse> list(ServerRequest request) {
		int limit = AdminRequests.limit(request);
		Optional<String> key = request.queryParam("key");
		Optional<String> project = request.queryParam("project");
		Optional<String> after = request.queryParam("after");
		return this.budgets.all()
			.map(all -> all.stream()
				.dropWhile(budget -> after.isPresent() && !budget.id().equals(after.get()))
				.skip(after.isPresent() ? 1 : 0)
				.filter(budget -> key.isEmpty() || isOf(budget, key.get(), true))
				.filter(budget -> project.isEmpty() || isOf(budget, project.get(), false))
				.limit(limit + 1L)
				.toList())
			.flatMap(found -> this.budgets.standings(found, Optional.empty()))
			.flatMap(found -> Answers
				.ok(AdminRequests.page(found, limit, standing -> standing.budget().id(), BudgetJson::of)));
	}

	private static boolean isOf(Budget budget, String owner, boolean key) {
		return budget.owner().id().equals(owner) && (budget.owner().kind() == Owner.Kind.KEY) == key;
	}

	Mono<ServerResponse> get(ServerRequest request) {
		return this.budgets.get(request.pathVariable("id")).flatMap(budget -> answer(ServerResponse.ok(), budget));
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return this.requests.body(request)
			.flatMap(body -> this.changes.createBudget(asked(request, Version.ANY, body), body))
			.flatMap(made -> answer(ServerResponse.created(URI.create("/admin/v1/budgets/" + made.id())), made));
	}

	private Asked asked(ServerRequest request, Version version, ObjectNode body) {
		return new Asked(AdminRequests.caller(request), AdminRequests.actor(request), version,
				this.requests.repetition(request, body));
	}

	/** Changes what the body names, and leaves the rest. */
	Mono<ServerResponse> update(ServerRequest request) {
		return this.requests.body(request)
			.flatMap(body -> this.changes.updateBudget(asked(request, AdminRequests.version(request), body),
					request.pathVariable("id"), body))
			.flatMap(budget -> answer(ServerResponse.ok(), budget));
	}

	Mono<ServerResponse> delete(ServerRequest request) {
		ObjectNode nothing = JsonNodeFactory.instance.objectNode();
		return this.changes
			.deleteBudget(asked(request, AdminRequests.version(request), nothing), request.pathVariable("id"))
			.then(ServerResponse.noContent().build());
	}

	private Mono<ServerResponse> answer(ServerResponse.BodyBuilder answer, Budget budget) {
		return this.budgets.standings(List.of(budget), Optional.empty())
			.flatMap(standings -> Answers.versioned(answer, BudgetJson.of(standings.getFirst()), budget.version()));
	}

}
