package dev.heliostat.console;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliostat.access.Caller;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Model;
import dev.heliostat.console.ArenaPairs.Entrant;
import dev.heliostat.console.Duel.Side;
import dev.heliostat.console.Duel.Vote;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.OwnGenerations;
import dev.heliostat.generation.Progress;
import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The arena: two hidden models make a picture of one prompt, somebody says which is
 * better, and then learns who they were.
 */
final class ArenaPages {

	private static final Duration SOON = Duration.ofMillis(1500);

	private static final int LONGEST = 4000;

	private static final String PROMPT = "A serene mountain landscape at sunset";

	private final ArenaPairs pairs;

	private final ArenaOffers offers;

	private final Recent<Ranked, ArenaRanking> rankings;

	private final ArenaStore store;

	private final Generations generations;

	private final OwnGenerations own;

	private final RunViews views;

	private final Catalogs catalogs;

	private final Pages pages;

	private final Clock clock;

	/** Shown above the pictures while somebody looks at them; written nowhere. */
	private final Cache<String, String> prompts = Caffeine.newBuilder()
		.maximumSize(2000)
		.expireAfterWrite(Duration.ofHours(1))
		.build();

	ArenaPages(ArenaPairs pairs, ArenaStore store, Generations generations, OwnGenerations own, RunViews views,
			Catalogs catalogs, Pages pages, Clock clock) {
		this.pairs = pairs;
		this.offers = new ArenaOffers(pairs, clock);
		this.rankings = new Recent<>(clock, 1000, Duration.ofMinutes(10));
		this.store = store;
		this.generations = generations;
		this.own = own;
		this.views = views;
		this.catalogs = catalogs;
		this.pages = pages;
		this.clock = clock;
	}

	/** The form, and who is ahead. */
	Mono<ServerResponse> page(ServerRequest request) {
		return page(request, request.queryParam("prompt").orElse(PROMPT), "");
	}

	private Mono<ServerResponse> page(ServerRequest request, String prompt, String problem) {
		Visitor visitor = Visitor.of(request);
		Optional<String> project = visitor.isMaker() ? Optional.of(PlaygroundRuns.caller(request).project())
				: Optional.empty();
		Mono<ArenaRanking> all = ranking(Optional.empty(), visitor.isTest());
		Mono<ArenaRanking> ours = project.isPresent() ? ranking(project, visitor.isTest()) : all;
		return Mono.zip(this.offers.of(request), all, ours).flatMap(parts -> {
			Map<String, Object> values = new HashMap<>();
			values.put("offers", parts.getT1());
			values.put("all", parts.getT2());
			values.put("ours", parts.getT3());
			values.put("ofProject", project.isPresent());
			values.put("prompt", prompt);
			values.put("problem", problem);
			values.put("longest", LONGEST);
			return this.pages.page(request, "arena", values);
		});
	}

	private record Ranked(Optional<String> project, boolean sandbox) {
	}

	private Mono<ArenaRanking> ranking(Optional<String> project, boolean sandbox) {
		return this.rankings.get(new Ranked(project, sandbox),
				() -> this.store.tallies(project, sandbox)
					.publishOn(this.pages.painters())
					.map(tallies -> ArenaRanking.of(tallies, this::name)));
	}

	/** Lets two models make a picture. */
	Mono<ServerResponse> start(ServerRequest request) {
		return Forms.read(request).flatMap(fields -> {
			String prompt = Forms.first(fields, "prompt").replace("\r\n", "\n").strip();
			if (prompt.isEmpty() || prompt.length() > LONGEST) {
				return page(request, prompt, "The prompt has " + prompt.length() + " characters (expected: 1 to "
						+ LONGEST + "). Nothing was made.");
			}
			long most = price(fields);
			return this.pairs.entrants(request, prompt, OptionalLong.of(most)).flatMap(entrants -> {
				List<Entrant> fitting = entrants.stream().filter(entrant -> entrant.micros() <= most).toList();
				if (fitting.size() < 2) {
					return page(request, prompt, "Fewer than two models make a picture for that price at the moment. "
							+ "Choose a higher one. Nothing was made.");
				}
				return begin(request, prompt, this.pairs.two(fitting));
			});
		});
	}

	private static long price(MultiValueMap<String, String> fields) {
		String text = Forms.first(fields, "most");
		if (!text.matches("[0-9]{1,15}")) {
			throw new GatewayError.InvalidValue("most", "most: choose what a picture may cost").asException();
		}
		return Long.parseLong(text);
	}

	/** Both are asked for, or neither: a refusal that can be foreseen comes first. */
	private Mono<ServerResponse> begin(ServerRequest request, String prompt, List<Entrant> two) {
		Caller caller = PlaygroundRuns.caller(request);
		return Flux.fromIterable(two)
			.concatMap(entrant -> this.generations.refusal(entrant.order(), this.generations.plan(entrant.order())))
			.doOnNext(refusal -> refusal.ifPresent(error -> {
				throw error.asException();
			}))
			.then(Mono.defer(() -> both(caller, two)))
			.flatMap(sides -> {
				Duel duel = new Duel(
						"duel_" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong())
								+ HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()),
						caller.keyId(), caller.project(), this.clock.instant(), sides.getFirst(), sides.getLast(),
						Optional.empty(), Optional.empty(), Visitor.of(request).isTest());
				this.prompts.put(duel.id(), prompt);
				return this.store.create(duel).then(waited(caller, duel)).then(to("/arena/" + duel.id()));
			});
	}

	/** Where the second cannot begin after all, the first is not wanted either. */
	private Mono<List<Side>> both(Caller caller, List<Entrant> two) {
		List<Side> begun = new ArrayList<>();
		return Flux.fromIterable(two)
			.concatMap(entrant -> this.generations.begin(entrant.order(), new Progress(), true).doOnNext(made -> {
				begun.add(Side.begun(entrant.model().slug(), made.record().id()));
				made.end().subscribe(end -> end.release(), failure -> {
					// Its page says what happened.
				});
			}))
			.then(Mono.fromCallable(() -> begun))
			.onErrorResume(failure -> Flux.fromIterable(begun)
				.concatMap(side -> this.own.cancel(caller, side.generation()))
				.doOnNext(kept -> kept.generation().ifPresent(made -> made.release()))
				.then(Mono.error(failure)));
	}

	private Mono<Void> waited(Caller caller, Duel duel) {
		return Flux.just(duel.left(), duel.right())
			.concatMap(side -> this.own.kept(caller, side.generation(), SOON)
				.doOnNext(kept -> kept.generation().ifPresent(made -> made.release())))
			.then();
	}

	/** The two pictures, and after the vote who made them. */
	Mono<ServerResponse> duel(ServerRequest request) {
		return own(request)
			.flatMap(duel -> Mono.zip(run(request, duel.left()), run(request, duel.right())).flatMap(both -> {
				boolean over = both.getT1().over() && both.getT2().over();
				boolean votable = over && both.getT1().status().equals("succeeded")
						&& both.getT2().status().equals("succeeded");
				Map<String, Object> values = new HashMap<>();
				values.put("duel", duel);
				values.put("voted", duel.vote().map(Enum::name).orElse(""));
				values.put("over", over);
				values.put("votable", votable && duel.vote().isEmpty());
				values.put("revealed", duel.vote().isPresent() || (over && !votable));
				values.put("left", both.getT1());
				values.put("right", both.getT2());
				values.put("prompt", Optional.ofNullable(this.prompts.getIfPresent(duel.id())).orElse(""));
				return Pages.isPart(request) ? this.pages.part(request, 200, "duel", "state", values)
						: this.pages.page(request, "duel", values);
			}));
	}

	private Mono<RunView> run(ServerRequest request, Side side) {
		return this.own.shown(PlaygroundRuns.caller(request), side.generation()).map(this.views::of);
	}

	/** Takes a vote; the first one counts. */
	Mono<ServerResponse> vote(ServerRequest request) {
		Caller caller = PlaygroundRuns.caller(request);
		return Forms.read(request).flatMap(fields -> own(request).flatMap(duel -> {
			Vote vote = vote(Forms.first(fields, "vote"));
			return Mono.zip(judged(caller, duel.left()), judged(caller, duel.right()))
				.flatMap(both -> this.store.vote(duel.id(), vote, this.clock.instant(), both.getT1(), both.getT2()))
				.doOnSuccess(done -> this.rankings.forget())
				.then(to("/arena/" + duel.id()));
		}));
	}

	private static Vote vote(String text) {
		for (Vote vote : Vote.values()) {
			if (vote.name().equals(text)) {
				return vote;
			}
		}
		throw new GatewayError.InvalidValue("vote", "vote: '" + text + "' (expected: LEFT, RIGHT, TIE or BOTH_BAD)")
			.asException();
	}

	/** A side with what the ledger says of it. */
	private Mono<Side> judged(Caller caller, Side side) {
		return this.own.shown(caller, side.generation()).map(kept -> {
			kept.generation().ifPresent(made -> made.release());
			GenerationRecord record = kept.record();
			if (record.status() != GenerationRecord.Status.SUCCEEDED) {
				throw new GatewayError.Conflict(
						"Only two whole pictures can be compared. Wait for both, or begin another duel.")
					.asException();
			}
			return new Side(side.model(), side.generation(), record.executed().map(AttemptRecord::provider),
					record.charged().micros() + record.maybeCharged().micros(),
					record.finishedAt().map(end -> Duration.between(record.createdAt(), end).toMillis()).orElse(0L));
		});
	}

	/** The votes of the visitor's project, or of all for an operator. */
	Mono<ServerResponse> export(ServerRequest request) {
		Visitor visitor = Visitor.of(request);
		boolean csv = request.path().endsWith(".csv");
		Optional<String> project = visitor.isAdmin() ? Optional.empty() : visitor.caller().map(Caller::project);
		return this.store.voted(project, ArenaExport.MOST)
			.publishOn(this.pages.painters())
			.map(duels -> csv ? ArenaExport.csv(duels) : ArenaExport.lines(duels))
			.flatMap(text -> BenchmarkPages.attachment(csv ? "text/csv" : "application/x-ndjson",
					csv ? "votes.csv" : "votes.jsonl", text));
	}

	private Mono<Duel> own(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.store.find(id)
			.map(found -> found.filter(known -> known.keyId().equals(PlaygroundRuns.caller(request).keyId()))
				.orElseThrow(() -> new GatewayError.NotFound(
						"No duel of yours has the id '" + id + "'. Begin one in the arena.")
					.asException()));
	}

	private String name(String slug) {
		return this.catalogs.current().model(slug).map(Model::name).orElse(slug);
	}

	private static Mono<ServerResponse> to(String path) {
		return Mono.defer(() -> ServerResponse.status(HttpStatus.SEE_OTHER).header("location", path).build());
	}

}
