package dev.heliostat.console;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.api.FormOrders;
import dev.heliostat.api.FormOrders.Sent;
import dev.heliostat.catalog.Model;
import dev.heliostat.generation.Generations;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.InputImage;
import dev.heliostat.image.Money;
import dev.heliostat.routing.Candidate;
import dev.heliostat.routing.Plan;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * What a form of the playground would cost: the dry run of each of its models.
 */
final class PlaygroundPrices {

	private static final ImageSize SQUARE = new ImageSize(1024, 1024);

	private final FormOrders forms;

	private final Generations generations;

	private final Pages pages;

	PlaygroundPrices(FormOrders forms, Generations generations, Pages pages) {
		this.forms = forms;
		this.generations = generations;
		this.pages = pages;
	}

	/**
	 * An estimate.
	 *
	 * @param total the sum, or what is known of it
	 * @param complete whether every part of it is known
	 * @param lines one for each model
	 */
	record Estimate(String total, boolean complete, List<Line> lines) {
	}

	/** What one model would cost, and who would serve it. */
	record Line(String model, String price, String provider, String seconds, List<String> warnings, String problem,
			long micros) {
	}

	Mono<Estimate> of(ServerRequest request, List<Model> models, Capability capability,
			MultiValueMap<String, String> entered) {
		return Flux.fromIterable(models)
			.concatMap(model -> line(request, model, capability, entered), 1)
			.collectList()
			.map(lines -> new Estimate(
					PriceWords.dollars(new Money(lines.stream().mapToLong(line -> Math.max(0, line.micros())).sum())),
					lines.stream().allMatch(line -> line.micros() >= 0), lines));
	}

	private Mono<Line> line(ServerRequest request, Model model, Capability capability,
			MultiValueMap<String, String> entered) {
		if (!model.capabilities().contains(capability)) {
			return Mono.just(problem(model, "does not do " + capability.phrase()));
		}
		Optional<GatewayException> refusal = Visitor.of(request).refusal(FormOrders.endpoint(capability));
		if (refusal.isPresent()) {
			return Mono.just(problem(model, refusal.get().error().message()));
		}
		Map<String, String> parameters = PlaygroundForm.parameters(model, capability, entered);
		parameters.putIfAbsent("prompt", "…");
		InputImage picture = UsualPrices.blank(ImageSize.parse(Forms.first(entered, "_image_size")).orElse(SQUARE));
		Sent sent = new Sent(entered, (capability == Capability.GENERATE) ? List.of() : List.of(picture),
				Optional.empty());
		return this.forms
			.order(PlaygroundRuns.caller(request), PlaygroundRuns.requestId(request), capability, parameters, sent,
					Optional.empty())
			.publishOn(this.pages.painters())
			.map(order -> line(model, this.generations.plan(order)))
			.onErrorResume(GatewayException.class, failure -> Mono.just(problem(model, failure.error().message())));
	}

	private static Line problem(Model model, String message) {
		return new Line(model.name(), "", "", "", List.of(), message, -1);
	}

	private static Line line(Model model, Plan plan) {
		Candidate first = plan.first();
		return new Line(model.name(), first.quote().map(quote -> PriceWords.dollars(quote.total())).orElse("not known"),
				first.provider().label(), OfferingCards.seconds(first.expectedSeconds()), first.request().warnings(),
				"", first.quote().map(quote -> quote.total().micros()).orElse(-1L));
	}

}
