package dev.heliostat.console;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliostat.access.PublicUrl;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Model;
import dev.heliostat.console.GalleryView.Example;
import dev.heliostat.console.GalleryView.Picture;
import dev.heliostat.console.GalleryView.Shown;
import dev.heliostat.generation.Publication;
import dev.heliostat.generation.Publications;
import dev.heliostat.image.GatewayError;
import dev.heliostat.provider.sandbox.SandboxPreviews;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The galleries of models: what people publish there, and the catalog's prompts with
 * stand-ins that the sandbox draws, until there is a real picture.
 */
final class GalleryPages {

	private static final int PAGE = 24;

	private static final int FEW = 6;

	private final Publications publications;

	private final Catalogs catalogs;

	private final PublicUrl publicUrl;

	private final Pages pages;

	/** A few megabytes at most; drawn again when it is needed again. */
	private final Cache<String, byte[]> previews = Caffeine.newBuilder().maximumSize(256).build();

	GalleryPages(Publications publications, Catalogs catalogs, PublicUrl publicUrl, Pages pages) {
		this.publications = publications;
		this.catalogs = catalogs;
		this.publicUrl = publicUrl;
		this.pages = pages;
	}

	/** The gallery, page by page where that is its own page, or the youngest few. */
	Mono<GalleryView> view(ServerRequest request, Model model, boolean whole) {
		Optional<String> after = whole ? request.queryParam("after").filter(cursor -> !cursor.isEmpty())
				: Optional.empty();
		int most = whole ? PAGE : FEW;
		return this.publications.gallery(model.slug(), after, most + 1)
			.flatMap(found -> Flux.fromIterable(found.subList(0, Math.min(most, found.size())))
				.concatMap(each -> shown(request, each))
				.collectList()
				.zipWith(this.publications.hasReal(model.slug()))
				.map(both -> new GalleryView(both.getT1(), examples(model, !both.getT2()),
						(found.size() > most) ? both.getT1().getLast().id() : "", after.isEmpty())));
	}

	private Mono<Shown> shown(ServerRequest request, Publication publication) {
		boolean own = Visitor.of(request)
			.caller()
			.filter(caller -> caller.keyId().equals(publication.keyId()))
			.isPresent();
		return this.publications.addresses(publication)
			.map(addresses -> new Shown(publication.generation(), publication.prompt().orElse(""),
					publication.publishedAt().toString().substring(0, 10), publication.sandbox(), own,
					pictures(publication, addresses)));
	}

	private List<Picture> pictures(Publication publication, List<URI> addresses) {
		List<Picture> pictures = new ArrayList<>();
		for (int i = 0; i < addresses.size(); i++) {
			String url = addresses.get(i).toString();
			String origin = this.publicUrl.value();
			pictures.add(new Picture(url.startsWith(origin + "/") ? url.substring(origin.length()) : url,
					publication.pictures().get(i).width(), publication.pictures().get(i).height()));
		}
		return pictures;
	}

	private static List<String> prompts(Model model) {
		Set<String> prompts = new LinkedHashSet<>(model.gallery());
		model.examplePrompt().ifPresent(prompts::add);
		return List.copyOf(prompts);
	}

	private static List<Example> examples(Model model, boolean previews) {
		List<Example> examples = new ArrayList<>();
		for (String prompt : prompts(model)) {
			examples.add(new Example(prompt, previews ? ModelCards.path(model) + "/gallery/previews/" + examples.size()
					+ "?v=" + Integer.toHexString(prompt.hashCode()) : ""));
		}
		return examples;
	}

	/** A stand-in for the picture of one of the catalog's prompts. */
	Mono<ServerResponse> preview(ServerRequest request) {
		String index = request.pathVariable("index");
		Optional<Model> model = this.catalogs.current()
			.model(request.pathVariable("slug"))
			.filter(known -> Visitor.of(request).maySee(known.slug()));
		List<String> prompts = model.map(GalleryPages::prompts).orElse(List.of());
		if (!index.matches("[0-9]{1,3}") || Integer.parseInt(index) >= prompts.size()) {
			return Mono.error(new GatewayError.NotFound("There is no such preview. Reload the page that named it.")
				.asException());
		}
		String slug = model.orElseThrow().slug();
		String prompt = prompts.get(Integer.parseInt(index));
		return Mono
			.fromCallable(() -> this.previews.get(slug + "\n" + prompt, absent -> SandboxPreviews.draw(slug, prompt)))
			.subscribeOn(this.pages.painters())
			.flatMap(bytes -> ServerResponse.ok()
				.contentType(MediaType.parseMediaType(SandboxPreviews.TYPE.mime()))
				.header("cache-control", "private, max-age=86400")
				.header("x-content-type-options", "nosniff")
				.header("content-security-policy", "default-src 'none'; sandbox")
				.bodyValue(bytes));
	}

	/** Publishes a generation of one's own. */
	Mono<ServerResponse> publish(ServerRequest request) {
		String id = request.pathVariable("id");
		return Forms.read(request)
			.flatMap(fields -> this.publications.publish(PlaygroundRuns.caller(request), id,
					Optional.of(Forms.first(fields, "prompt").replace("\r\n", "\n"))))
			.flatMap(published -> to("/generations/" + id));
	}

	/** Takes it back, from its own page or from the gallery. */
	Mono<ServerResponse> withdraw(ServerRequest request) {
		String id = request.pathVariable("id");
		return Forms.read(request)
			.flatMap(fields -> this.publications.of(id)
				.flatMap(known -> this.publications.withdraw(PlaygroundRuns.caller(request), id)
					.thenReturn(Forms.first(fields, "from").equals("gallery") ? gallery(known) : "/generations/" + id)))
			.flatMap(GalleryPages::to);
	}

	/** Removes a picture for the operator. */
	Mono<ServerResponse> forbid(ServerRequest request) {
		return Forms.read(request)
			.flatMap(fields -> this.publications.forbid(Desk.actor(request), request.pathVariable("id")))
			.flatMap(removed -> to(gallery(Optional.of(removed))));
	}

	private String gallery(Optional<Publication> publication) {
		return publication.flatMap(known -> this.catalogs.current().model(known.model()))
			.map(model -> ModelCards.path(model) + "/gallery")
			.orElse("/models");
	}

	private static Mono<ServerResponse> to(String path) {
		return ServerResponse.status(HttpStatus.SEE_OTHER).header("location", path).build();
	}

}
