package dev.heliostat.console;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Model;
import dev.heliostat.image.GatewayError;
import dev.heliostat.provider.ParameterSchema;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * A model's page, the pages of its parts, and the same as Markdown for assistants.
 */
final class ModelPages {

	/** The parts by their address, with their titles. */
	private static final Map<String, String> PARTS = new java.util.LinkedHashMap<>();

	static {
		PARTS.put("", "Overview");
		PARTS.put("about", "About");
		PARTS.put("providers", "Providers");
		PARTS.put("api", "API");
		PARTS.put("benchmarks", "Benchmarks");
		PARTS.put("use-cases", "Use cases");
		PARTS.put("gallery", "Gallery");
	}

	private static final String MARKDOWN = ".md";

	private final Catalogs catalogs;

	private final ModelCards cards;

	private final GalleryPages gallery;

	private final BenchmarkPages benchmarks;

	private final Pages pages;

	ModelPages(Catalogs catalogs, ModelCards cards, GalleryPages gallery, BenchmarkPages benchmarks, Pages pages) {
		this.catalogs = catalogs;
		this.cards = cards;
		this.gallery = gallery;
		this.benchmarks = benchmarks;
		this.pages = pages;
	}

	/** The page, or the Markdown where the address ends so. */
	Mono<ServerResponse> overview(ServerRequest request) {
		String slug = request.pathVariable("slug");
		return (slug.endsWith(MARKDOWN) && this.catalogs.current().model(slug).isEmpty()) ? markdown(request)
				: page(request, slug, "");
	}

	Mono<ServerResponse> part(ServerRequest request) {
		String part = request.pathVariable("part");
		if (part.isEmpty() || !PARTS.containsKey(part)) {
			return Mono.error(new GatewayError.NotFound("A model's page has no part of that name. It has "
					+ String.join(", ", PARTS.keySet().stream().skip(1).toList()) + ".")
				.asException());
		}
		return page(request, request.pathVariable("slug"), part);
	}

	private Mono<ServerResponse> page(ServerRequest request, String slug, String part) {
		Catalog catalog = this.catalogs.current();
		Model model = find(request, catalog, slug);
		if (!slug.equals(model.slug()) || !request.pathVariable("creator").equals(model.creator().slug())) {
			return ServerResponse.status(HttpStatus.PERMANENT_REDIRECT)
				.header(HttpHeaders.LOCATION, ModelCards.path(model) + (part.isEmpty() ? "" : "/" + part))
				.build();
		}
		Mono<BenchmarkPages.Part> bench = part.equals("benchmarks") ? this.benchmarks.part(request, model)
				: Mono.just(BenchmarkPages.Part.NONE);
		return Mono.zip(gallery(request, model, part), bench)
			.flatMap(both -> Mono
				.fromCallable(() -> Map.of("card", this.cards.of(catalog, model), "part", part, "parts", PARTS,
						"partTitle", Optional.ofNullable(PARTS.get(part)).orElse(""), "schema",
						ParameterSchema.of(model).toPrettyString(), "gallery", both.getT1(), "bench", both.getT2()))
				.subscribeOn(this.pages.painters()))
			.flatMap(values -> this.pages.page(request, "model", values));
	}

	private Mono<GalleryView> gallery(ServerRequest request, Model model, String part) {
		return switch (part) {
			case "gallery" -> this.gallery.view(request, model, true);
			case "", "use-cases" -> this.gallery.view(request, model, false);
			default -> Mono.just(GalleryView.NONE);
		};
	}

	private Mono<ServerResponse> markdown(ServerRequest request) {
		String name = request.pathVariable("slug");
		Catalog catalog = this.catalogs.current();
		Model model = find(request, catalog, name.substring(0, name.length() - MARKDOWN.length()));
		return Mono.fromCallable(() -> ModelMarkdown.of(this.cards.of(catalog, model)))
			.subscribeOn(this.pages.painters())
			.flatMap(text -> this.pages.text("text/markdown", text));
	}

	/** By slug or alias, whoever is named as its creator. */
	private static Model find(ServerRequest request, Catalog catalog, String slug) {
		return catalog.model(slug)
			.filter(model -> Visitor.of(request).maySee(model.slug()))
			.orElseThrow(() -> new GatewayError.ModelNotFound("There is no model '" + shown(slug) + "' here."
					+ catalog.nearest(slug.toLowerCase(Locale.ROOT))
						.filter(near -> Visitor.of(request).maySee(near))
						.map(near -> " Did you mean '" + near + "'?")
						.orElse(" The list of models has them all."))
				.asException());
	}

	private static String shown(String slug) {
		return (slug.length() <= 100) ? slug : slug.substring(0, 100) + "…";
	}

	/** An index of all models for people's assistants. */
	Mono<ServerResponse> index(ServerRequest request) {
		return Mono.fromCallable(() -> {
			List<Model> models = this.catalogs.current()
				.models()
				.stream()
				.filter(model -> model.status().inService() && Visitor.of(request).maySee(model.slug()))
				.toList();
			return ModelMarkdown.index(models, this.cards.origin());
		}).subscribeOn(this.pages.painters()).flatMap(text -> this.pages.text("text/plain", text));
	}

}
