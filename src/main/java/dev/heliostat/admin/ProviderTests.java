package dev.heliostat.admin;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.access.Actor;
import dev.heliostat.access.AuditLog;
import dev.heliostat.access.Caller;
import dev.heliostat.api.FormOrders;
import dev.heliostat.api.FormOrders.Sent;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Offering;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.Order;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.pricing.Quote;
import dev.heliostat.routing.Candidate;
import dev.heliostat.routing.Plan;
import org.springframework.util.LinkedMultiValueMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One picture at one provider, to see whether it works: its price is said first, and it
 * runs only for that price or less.
 */
public final class ProviderTests {

	private static final String PROMPT = "A heliostat in morning light, on white, simple drawing";

	private final Catalogs catalogs;

	private final FormOrders orders;

	private final Generations generations;

	private final AuditLog audit;

	ProviderTests(Catalogs catalogs, FormOrders orders, Generations generations, AuditLog audit) {
		this.catalogs = catalogs;
		this.orders = orders;
		this.generations = generations;
		this.audit = audit;
	}

	private record Priced(Order order, Candidate first, long micros) {
	}

	/** What a test would cost; runs nothing. The cheapest model where none is named. */
	public Mono<ObjectNode> price(Caller caller, String provider, Optional<String> model) {
		return priced(caller, provider, model).map(found -> json(provider, found, false));
	}

	/**
	 * Begins a test that costs no more than was said, and gives the generation's id. Its
	 * owner is the operator's key.
	 * @param micros the price that was agreed to
	 */
	public Mono<ObjectNode> start(Caller caller, Actor actor, String provider, Optional<String> model, long micros) {
		return priced(caller, provider, model).flatMap(found -> {
			if (found.micros() > micros) {
				return Mono.error(
						new GatewayError.Conflict("The test costs up to " + found.micros() + " micros of USD now, and "
								+ micros + " were agreed to. Nothing was sent. Ask for its price again.")
							.asException());
			}
			ObjectNode json = json(provider, found, true);
			return this.audit.change(actor, (jdbc, entries) -> {
				entries.add("provider.test", provider, Optional.empty(), json);
				return json;
			}).then(this.generations.start(found.order())).map(kept -> json.put("generation", kept.record().id()));
		});
	}

	private Mono<Priced> priced(Caller caller, String provider, Optional<String> model) {
		if (this.catalogs.current().provider(provider).isEmpty()) {
			return Mono.error(new GatewayError.NotFound(
					"No provider has the name '" + provider + "'. GET /admin/v1/providers lists them.")
				.asException());
		}
		List<String> models = model.map(List::of).orElseGet(() -> models(provider));
		if (models.isEmpty()) {
			return Mono.error(new GatewayError.InvalidValue("name",
					"name: " + provider + " (expected: a provider with an offering that makes pictures of texts)")
				.asException());
		}
		// What one model lacks, such as a price, another one may have.
		return Flux.fromIterable(models)
			.concatMap(slug -> priced(caller, provider + "/" + slug).onErrorResume(GatewayException.class,
					failure -> (models.size() == 1) ? Mono.error(failure) : Mono.empty()))
			.collectSortedList(Comparator.comparingLong(Priced::micros))
			.flatMap(found -> found.isEmpty() ? priced(caller, provider + "/" + models.getFirst())
					: Mono.just(found.getFirst()));
	}

	private List<String> models(String provider) {
		return this.catalogs.current()
			.models()
			.stream()
			.flatMap(known -> known.offerings().stream())
			.filter(offering -> offering.provider().equals(provider) && offering.status().inService()
					&& offering.capabilities().contains(Capability.GENERATE))
			.map(Offering::modelSlug)
			.toList();
	}

	private Mono<Priced> priced(Caller caller, String model) {
		Sent sent = new Sent(new LinkedMultiValueMap<>(), List.of(), Optional.empty());
		return this.orders
			.order(caller, "", Capability.GENERATE, Map.of("model", model, "prompt", PROMPT), sent, Optional.empty())
			.map(order -> {
				Plan plan = this.generations.plan(order);
				Quote quote = plan.first()
					.quote()
					.orElseThrow(() -> new GatewayError.InvalidValue("model",
							"model: the price of " + model + " is not known (expected: one with a known price)")
						.asException());
				return new Priced(order, plan.first(), quote.total().micros());
			});
	}

	private static ObjectNode json(String provider, Priced found, boolean confirmed) {
		return JsonNodeFactory.instance.objectNode()
			.put("object", "provider_test")
			.put("provider", provider)
			.put("offering", found.first().offering().key())
			.put("price_micros", found.micros())
			.put("expected_seconds", found.first().expectedSeconds())
			.put("confirmed", confirmed);
	}

}
