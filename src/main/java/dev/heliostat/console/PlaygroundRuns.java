package dev.heliostat.console;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.access.Caller;
import dev.heliostat.access.PublicUrl;
import dev.heliostat.api.FormOrders;
import dev.heliostat.api.FormOrders.Sent;
import dev.heliostat.catalog.Model;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.Kept;
import dev.heliostat.generation.Order;
import dev.heliostat.generation.OwnGenerations;
import dev.heliostat.generation.Progress;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.ImageRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Begins what a form of the playground asks for, as generations of the visitor's own.
 */
final class PlaygroundRuns {

	private final FormOrders forms;

	private final Generations generations;

	private final OwnGenerations own;

	private final Looks looks;

	private final RunViews views;

	private final PublicUrl publicUrl;

	PlaygroundRuns(FormOrders forms, Generations generations, OwnGenerations own, Looks looks, RunViews views,
			PublicUrl publicUrl) {
		this.forms = forms;
		this.generations = generations;
		this.own = own;
		this.looks = looks;
		this.views = views;
		this.publicUrl = publicUrl;
	}

	/**
	 * Begins one model's part. What is wrong with it does not keep the others from
	 * theirs.
	 */
	Mono<RunCard> begin(ServerRequest request, Model model, Capability capability, Sent sent) {
		if (!model.capabilities().contains(capability)) {
			return Mono.just(RunCard.failed(model.slug(), model.name(),
					model.name() + " does not do " + capability.phrase() + ". Choose another model, or another mode."));
		}
		Optional<GatewayException> refusal = Visitor.of(request).refusal(FormOrders.endpoint(capability));
		if (refusal.isPresent()) {
			return Mono.just(RunCard.failed(model.slug(), model.name(), refusal.get().error().message()));
		}
		Caller caller = caller(request);
		Map<String, String> parameters = PlaygroundForm.parameters(model, capability, sent.fields());
		Optional<String> once = Optional.of(Forms.first(sent.fields(), "_once"))
			.filter(text -> !text.isEmpty() && text.length() < 100)
			.map(text -> text + "/" + model.slug());
		seed(model, capability, parameters, once.hashCode());
		return this.forms.copy(sent)
			.flatMap(copy -> this.forms.order(caller, requestId(request), capability, parameters, copy, once))
			.flatMap(order -> begin(order).map(kept -> new RunCard(model.slug(), model.name(), this.views.of(kept), "",
					parameters.getOrDefault("seed", ""), code(kept.record().id(), order))))
			.onErrorResume(GatewayException.class,
					failure -> Mono.just(RunCard.failed(model.slug(), model.name(), failure.error().message())));
	}

	private Mono<Kept> begin(Order order) {
		Progress progress = new Progress();
		return this.generations.begin(order, progress, true).map(begun -> {
			this.looks.watch(begun, progress);
			return new Kept(begun.record(), Optional.empty(), Optional.empty());
		});
	}

	/** The cards after waiting a little for their ends. */
	Mono<List<RunCard>> awaited(ServerRequest request, List<RunCard> cards, Duration wait) {
		Caller caller = caller(request);
		return Flux.fromIterable(cards)
			.flatMapSequential(card -> card.begun()
				.map(run -> this.own.kept(caller, run.id(), wait)
					.doOnNext(kept -> kept.generation().ifPresent(made -> made.release()))
					.then(this.own.shown(caller, run.id()))
					.map(kept -> new RunCard(card.slug(), card.name(), this.views.of(kept), "", card.seed(),
							card.code())))
				.orElse(Mono.just(card)))
			.collectList();
	}

	/**
	 * Chosen here, so that it can be shown and sent again; the same for the same form.
	 */
	private static void seed(Model model, Capability capability, Map<String, String> parameters, int choice) {
		ObjectNode declared = PlaygroundForm.properties(model, capability).get("seed");
		if (declared != null && !parameters.containsKey("seed")) {
			int least = Math.max(1, declared.path("minimum").asInt(1));
			int most = (int) Math.min(Integer.MAX_VALUE - 10L,
					declared.path("maximum").asLong(Integer.MAX_VALUE - 10L));
			if (most > least) {
				parameters.put("seed", Integer.toString(least + Math.floorMod(choice, most - least)));
			}
		}
	}

	private List<CodeExample> code(String id, Order order) {
		ImageRequest asked = order.request();
		ObjectNode body = JsonNodeFactory.instance.objectNode().put("model", asked.model());
		if (!asked.prompt().isEmpty()) {
			body.put("prompt", asked.prompt());
		}
		if (asked.count() > 1) {
			body.put("n", asked.count());
		}
		for (Map.Entry<String, JsonNode> parameter : asked.parameters()
			.entrySet()
			.stream()
			.sorted(Map.Entry.comparingByKey())
			.toList()) {
			body.set(parameter.getKey(), parameter.getValue());
		}
		return RunCode.of(id, body, asked.capability(), asked.mask().isPresent(),
				this.publicUrl.value() + "/openai/v1");
	}

	static Caller caller(ServerRequest request) {
		return Visitor.of(request).caller().orElseThrow();
	}

	static String requestId(ServerRequest request) {
		return Optional.ofNullable(request.exchange().getResponse().getHeaders().getFirst("x-request-id")).orElse("");
	}

}
