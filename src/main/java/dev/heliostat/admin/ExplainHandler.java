package dev.heliostat.admin;

import java.util.Locale;

import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.api.OrderReader;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.Order;
import dev.heliostat.provider.Preview;
import dev.heliostat.provider.Providers;
import dev.heliostat.routing.Candidate;
import dev.heliostat.routing.Plan;

/**
 * Says where a request would go and why, and what exactly would be sent; runs nothing.
 */
public final class ExplainHandler {

	private final OrderReader orders;

	private final Generations generations;

	private final Providers providers;

	ExplainHandler(OrderReader orders, Generations generations, Providers providers) {
		this.orders = orders;
		this.generations = generations;
		this.providers = providers;
	}

	Mono<ServerResponse> explain(ServerRequest request) {
		return this.orders.read(request)
			.flatMap(this::explanation)
			.flatMap(body -> ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(body));
	}

	/** Where an order would go, and why; releases its pictures. */
	public Mono<ObjectNode> explanation(Order order) {
		return Mono.fromSupplier(() -> body(order, this.generations.plan(order)))
			.doFinally(end -> order.request().release());
	}

	private ObjectNode body(Order order, Plan plan) {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		body.put("model", plan.model().slug());
		body.put("exploration", this.generations.exploration(order, plan));
		ArrayNode candidates = body.putArray("candidates");
		plan.candidates().forEach(candidate -> candidates.add(candidate(order, plan, candidate)));
		ArrayNode exclusions = body.putArray("exclusions");
		plan.exclusions()
			.forEach(exclusion -> exclusions.addObject()
				.put("offering", exclusion.offering())
				.put("reason", exclusion.reason()));
		return body;
	}

	private ObjectNode candidate(Order order, Plan plan, Candidate candidate) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("offering", candidate.offering().key());
		json.put("executed_model", candidate.offering().executedModel());
		candidate.quote()
			.ifPresentOrElse(quote -> json.put("price_micros", quote.total().micros()),
					() -> json.putNull("price_micros"));
		json.put("expected_seconds", candidate.expectedSeconds());
		json.put("success", candidate.success());
		json.put("score", candidate.score());
		json.put("size_class", candidate.size().name().toLowerCase(Locale.ROOT));
		json.put("confidence", candidate.confidence());
		json.put("circuit", candidate.circuit());
		json.put("standing", candidate.standing().name().toLowerCase(Locale.ROOT));
		int perCall = Math.max(1, candidate.request().perCall());
		json.put("submissions", Math.ceilDiv(order.request().count(), perCall));
		ArrayNode warnings = json.putArray("warnings");
		candidate.request().warnings().forEach(warnings::add);
		Preview preview = this.providers.preview(plan.catalog(), candidate.offering(), order.request().capability(),
				candidate.request().body());
		ObjectNode upstream = json.putObject("upstream");
		upstream.put("request", preview.method() + " " + preview.url());
		ObjectNode headers = upstream.putObject("headers");
		preview.headers().forEach(headers::put);
		upstream.put("encoding", preview.encoding());
		upstream.set("body", preview.body());
		return json;
	}

}
