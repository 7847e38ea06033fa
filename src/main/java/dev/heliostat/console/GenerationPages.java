package dev.heliostat.console;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.api.FormOrders;
import dev.heliostat.generation.Kept;
import dev.heliostat.generation.OwnGenerations;
import dev.heliostat.generation.Publication;
import dev.heliostat.generation.Publications;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.PartialImage;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The visitor's own generations: a list by cursor, and each of them.
 */
final class GenerationPages {

	/** The part of the API that shows generations, as scopes of keys name it. */
	static final String ENDPOINT = "generations";

	private static final int PAGE = 25;

	private final OwnGenerations own;

	private final Publications publications;

	private final RunViews views;

	private final Looks looks;

	private final Pages pages;

	GenerationPages(OwnGenerations own, Publications publications, RunViews views, Looks looks, Pages pages) {
		this.own = own;
		this.publications = publications;
		this.views = views;
		this.looks = looks;
		this.pages = pages;
	}

	Mono<ServerResponse> list(ServerRequest request) {
		Optional<String> after = request.queryParam("after").filter(cursor -> !cursor.isEmpty());
		return this.own.list(PlaygroundRuns.caller(request), after, PAGE + 1).flatMap(found -> {
			List<RunView> runs = found.stream().map(this.views::of).limit(PAGE).toList();
			Map<String, Object> model = new HashMap<>();
			model.put("runs", runs);
			model.put("next", (found.size() > PAGE) ? runs.getLast().id() : "");
			model.put("first", after.isEmpty());
			return this.pages.page(request, "generations", model);
		});
	}

	Mono<ServerResponse> one(ServerRequest request) {
		return run(request).flatMap(run -> this.publications.of(run.id())
			.flatMap(known -> this.pages.page(request, "generation",
					Map.of("run", run, "shown", known.filter(Publication::isShown).isPresent(), "forbidden",
							known.filter(Publication::isForbidden).isPresent(), "shownPrompt",
							known.flatMap(Publication::prompt).orElse(""), "gallery",
							this.views.path(run.model()) + "/gallery", "longest", Publications.LONGEST_PROMPT))));
	}

	/** How far it is, for a page that is open. */
	Mono<ServerResponse> state(ServerRequest request) {
		return watchable(request).flatMap(run -> this.pages.part(request, 200, "runs", "state", Map.of("run", run)));
	}

	/** Whoever may make such pictures may also look on. */
	private Mono<RunView> watchable(ServerRequest request) {
		return this.own.shown(PlaygroundRuns.caller(request), request.pathVariable("id")).map(kept -> {
			Visitor visitor = Visitor.of(request);
			Optional<GatewayException> refusal = visitor.refusal(ENDPOINT)
				.filter(refused -> visitor.refusal(FormOrders.endpoint(kept.record().capability())).isPresent());
			if (refusal.isPresent()) {
				release(kept);
				throw refusal.get();
			}
			return this.views.of(kept);
		});
	}

	private Mono<RunView> run(ServerRequest request) {
		return this.own.shown(PlaygroundRuns.caller(request), request.pathVariable("id")).map(this.views::of);
	}

	Mono<ServerResponse> cancel(ServerRequest request) {
		return Forms.read(request)
			.then(this.own.cancel(PlaygroundRuns.caller(request), request.pathVariable("id")))
			.doOnNext(GenerationPages::release)
			.flatMap(kept -> ServerResponse.status(HttpStatus.SEE_OTHER)
				.header("location", "/generations/" + kept.record().id())
				.build());
	}

	private static void release(Kept kept) {
		kept.generation().ifPresent(made -> made.release());
	}

	/** The newest unfinished look at a picture. */
	Mono<ServerResponse> look(ServerRequest request) {
		String id = request.pathVariable("id");
		int picture = request.pathVariable("picture").matches("[0-9]")
				? Integer.parseInt(request.pathVariable("picture")) : -1;
		return this.own.check(PlaygroundRuns.caller(request), id)
			.then(Mono.defer(() -> Mono.justOrEmpty(this.looks.look(id, picture))))
			.switchIfEmpty(Mono.error(() -> new GatewayError.NotFound(
					"There is no look at this picture now: it is finished, or another node makes it.")
				.asException()))
			.flatMap(GenerationPages::picture);
	}

	private static Mono<ServerResponse> picture(PartialImage look) {
		return ServerResponse.ok()
			.contentType(MediaType.parseMediaType(look.type().mime()))
			.header("cache-control", "no-store")
			.header("x-content-type-options", "nosniff")
			.header("content-security-policy", "default-src 'none'; sandbox")
			.build((exchange, context) -> exchange.getResponse().writeWith(look.content().read()));
	}

}
