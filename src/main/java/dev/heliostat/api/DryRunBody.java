package dev.heliostat.api;

import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;

import dev.heliostat.generation.Order;
import dev.heliostat.image.GatewayError;
import dev.heliostat.pricing.Quote;
import dev.heliostat.routing.Candidate;
import dev.heliostat.routing.Plan;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a request would cost, and who would serve it.
 */
final class DryRunBody {

	private DryRunBody() {
	}

	static ObjectNode of(Order order, Plan plan, Optional<GatewayError> refusal) {
		Candidate first = plan.first();
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		body.put("estimated", true);
		body.put("model", plan.model().slug());
		body.put("provider", first.offering().provider());
		if (first.quote().isPresent()) {
			body.put("total_cost_micros", first.quote().get().total().micros());
		}
		else {
			body.putNull("total_cost_micros");
		}
		body.put("currency", "USD");
		ArrayNode components = body.putArray("components");
		first.quote().ifPresent(quote -> quote.lines().forEach(line -> components.add(component(line))));
		ArrayNode candidates = body.putArray("plan");
		plan.candidates().forEach(candidate -> candidates.add(candidate(candidate)));
		plan.exclusions().forEach(exclusion -> {
			ObjectNode excluded = candidates.addObject();
			excluded.put("offering", exclusion.offering());
			excluded.put("excluded", exclusion.reason());
		});
		ArrayNode warnings = body.putArray("warnings");
		first.request().warnings().forEach(warnings::add);
		refusal.ifPresent(error -> {
			body.set("refusal", ErrorBody.json(error).path("error"));
			warnings.add("It would be refused: " + error.message());
		});
		if (order.isSandboxed()) {
			warnings.add("A test key was used: the sandbox would serve this at no cost.");
		}
		return body;
	}

	private static ObjectNode component(Quote.Line line) {
		ObjectNode component = JsonNodeFactory.instance.objectNode();
		component.put("type", line.type().name().toLowerCase(Locale.ROOT));
		component.put("metric", line.metric().name().toLowerCase(Locale.ROOT));
		component.put("quantity", line.quantity());
		component.put("billable_quantity", line.billableQuantity());
		component.put("unit_price", line.unitPrice());
		component.put("total_cost", line.cost().movePointRight(6).setScale(0, RoundingMode.CEILING).longValueExact());
		return component;
	}

	private static ObjectNode candidate(Candidate candidate) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("offering", candidate.offering().key());
		candidate.quote().ifPresent(quote -> json.put("cost_micros", quote.total().micros()));
		json.put("expected_seconds", candidate.expectedSeconds());
		json.put("success", candidate.success());
		json.put("score", candidate.score());
		json.put("standing", candidate.standing().name().toLowerCase(Locale.ROOT));
		return json;
	}

}
