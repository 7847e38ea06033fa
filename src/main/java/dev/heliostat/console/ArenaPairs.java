package dev.heliostat.console;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

import dev.heliostat.api.FormOrders;
import dev.heliostat.api.FormOrders.Sent;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Model;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.Order;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.Money;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Chooses who meets in the arena: models that the visitor may use, that are ready, and
 * that cost no more than the visitor is willing to pay for a picture.
 */
final class ArenaPairs {

	private static final Sent NOTHING = new Sent(new LinkedMultiValueMap<>(), List.of(), Optional.empty());

	/** Else the sandbox would write the model's name into the picture. */
	private static final String BLIND = "unnamed";

	/** Both make the same shape, where they can. */
	private static final String SIZE = "1024x1024";

	private final FormOrders forms;

	private final Generations generations;

	private final Catalogs catalogs;

	private final Pages pages;

	private final RandomGenerator random;

	ArenaPairs(FormOrders forms, Generations generations, Catalogs catalogs, Pages pages, RandomGenerator random) {
		this.forms = forms;
		this.generations = generations;
		this.catalogs = catalogs;
		this.pages = pages;
		this.random = random;
	}

	/** A model that could take part. */
	record Entrant(Model model, Order order, long micros) {
	}

	/**
	 * Everybody who could take part, the cheapest first.
	 * @param most the most that a picture may cost, also where another provider takes
	 * over; in micros
	 */
	Mono<List<Entrant>> entrants(ServerRequest request, String prompt, OptionalLong most) {
		Visitor visitor = Visitor.of(request);
		return Flux.fromIterable(this.catalogs.current().models())
			.filter(model -> model.status().inService() && model.capabilities().contains(Capability.GENERATE)
					&& visitor.maySee(model.slug()))
			.concatMap(model -> asked(request, model, prompt, most))
			.collectList()
			// Once for all: a change of threads for each model takes longer than its
			// plan.
			.publishOn(this.pages.painters())
			.map(all -> all.stream()
				.flatMap(asked -> entrant(asked).stream())
				.sorted(Comparator.comparingLong(Entrant::micros).thenComparing(each -> each.model().slug()))
				.toList());
	}

	private record Asked(Model model, Order order) {
	}

	private Mono<Asked> asked(ServerRequest request, Model model, String prompt, OptionalLong most) {
		Map<String, String> parameters = new LinkedHashMap<>(Map.of("model", model.slug(), "prompt", prompt));
		if (!Shape.of(List.of(model), Capability.GENERATE).isEmpty()) {
			parameters.put("size", SIZE);
		}
		most.ifPresent(micros -> parameters.put("provider[max_price]", new Money(micros).usd().toPlainString()));
		return this.forms
			.order(PlaygroundRuns.caller(request), PlaygroundRuns.requestId(request), Capability.GENERATE, parameters,
					NOTHING, Optional.empty())
			.map(order -> new Asked(model, order.withSandbox(BLIND)))
			.onErrorResume(GatewayException.class, failure -> Mono.empty());
	}

	/** Empty where nobody serves it, or nobody knows what it costs. */
	private Optional<Entrant> entrant(Asked asked) {
		try {
			return this.generations.plan(asked.order())
				.first()
				.quote()
				.map(quote -> new Entrant(asked.model(), asked.order(), quote.total().micros()));
		}
		catch (GatewayException nobody) {
			return Optional.empty();
		}
	}

	/** Two of them, in no order. */
	List<Entrant> two(List<Entrant> entrants) {
		List<Entrant> mixed = new ArrayList<>(entrants);
		Collections.shuffle(mixed, this.random);
		return mixed.subList(0, 2);
	}

}
