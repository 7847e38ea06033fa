package dev.heliostat.console;

import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import dev.heliostat.api.FormOrders;
import dev.heliostat.api.FormOrders.Sent;
import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Model;
import dev.heliostat.image.Capability;
import dev.heliostat.provider.Providers;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Where models are tried out: a form of their parameters, its price before it is sent,
 * and what each of them makes of it.
 */
final class Playground {

	/** What is made so soon is shown at once. */
	private static final Duration SOON = Duration.ofMillis(1500);

	private static final String PROMPT = "A serene mountain landscape at sunset";

	private final Catalogs catalogs;

	private final Providers providers;

	private final FormOrders forms;

	private final PlaygroundRuns runs;

	private final PlaygroundPrices prices;

	private final Pages pages;

	Playground(Catalogs catalogs, Providers providers, FormOrders forms, PlaygroundRuns runs, PlaygroundPrices prices,
			Pages pages) {
		this.catalogs = catalogs;
		this.providers = providers;
		this.forms = forms;
		this.runs = runs;
		this.prices = prices;
		this.pages = pages;
	}

	/** The page, filled in by the address. */
	Mono<ServerResponse> page(ServerRequest request) {
		return Mono.fromCallable(() -> model(request, request.queryParams(), List.of()))
			.subscribeOn(this.pages.painters())
			.flatMap(model -> this.pages.page(request, "playground", model));
	}

	/** The same form for other models, or for another mode; keeps what was entered. */
	Mono<ServerResponse> form(ServerRequest request) {
		return sent(request).doOnNext(Sent::release)
			.flatMap(sent -> Mono.fromCallable(() -> model(request, sent.fields(), List.of()))
				.subscribeOn(this.pages.painters()))
			.flatMap(model -> Pages.isPart(request) ? this.pages.part(request, 200, "playground", "controls", model)
					: this.pages.page(request, "playground", model));
	}

	/** What the form would cost as it is filled in. */
	Mono<ServerResponse> price(ServerRequest request) {
		return sent(request).doOnNext(Sent::release).flatMap(sent -> {
			List<Model> models = models(request, sent.fields());
			return this.prices.of(request, models, ChosenModels.capability(models, sent.fields()), sent.fields())
				.flatMap(estimate -> this.pages.part(request, 200, "playground", "estimate",
						Map.of("estimate", estimate)));
		});
	}

	/** Makes pictures. */
	Mono<ServerResponse> run(ServerRequest request) {
		return sent(request).flatMap(sent -> Mono.defer(() -> {
			List<Model> models = models(request, sent.fields());
			Capability capability = ChosenModels.capability(models, sent.fields());
			return Flux.fromIterable(models)
				.concatMap(model -> this.runs.begin(request, model, capability, sent), 1)
				.collectList();
		}).doFinally(end -> sent.release()).flatMap(cards -> this.runs.awaited(request, cards, SOON)).flatMap(cards -> {
			if (!Pages.isPart(request)) {
				return Mono.fromCallable(() -> model(request, sent.fields(), cards))
					.subscribeOn(this.pages.painters())
					.flatMap(model -> this.pages.page(request, "playground", model));
			}
			return this.pages.part(request, 200, "playground", "made", Map.of("cards", cards, "once", once()));
		}));
	}

	private Mono<Sent> sent(ServerRequest request) {
		return this.forms.read(request).doOnNext(sent -> {
			try {
				Forms.check(request, Visitor.of(request).token(), Forms.first(sent.fields(), Forms.TOKEN));
			}
			catch (RuntimeException ex) {
				sent.release();
				throw ex;
			}
		});
	}

	private List<Model> models(ServerRequest request, MultiValueMap<String, String> fields) {
		return ChosenModels.of(this.catalogs.current(), Visitor.of(request), this.providers, fields);
	}

	private Map<String, Object> model(ServerRequest request, MultiValueMap<String, String> fields,
			List<RunCard> cards) {
		Catalog catalog = this.catalogs.current();
		List<Model> models = models(request, fields);
		Map<String, Object> model = new HashMap<>();
		model.put("cards", cards);
		model.put("once", once());
		model.put("options", ChosenModels.options(catalog, Visitor.of(request)));
		model.put("empty", models.isEmpty());
		if (!models.isEmpty()) {
			Capability capability = ChosenModels.capability(models, fields);
			PlaygroundForm form = PlaygroundForm.of(models, capability, fields);
			model.put("form", form);
			model.put("prompt", (form.prompt().isEmpty() && cards.isEmpty() && capability == Capability.GENERATE)
					? models.getFirst().examplePrompt().orElse(PROMPT) : form.prompt());
		}
		return model;
	}

	/** Sent twice, a form makes its pictures once. */
	private static String once() {
		return "console-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong())
				+ HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
	}

}
