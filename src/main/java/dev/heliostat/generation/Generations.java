package dev.heliostat.generation;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.catalog.Provider;
import dev.heliostat.generation.Admission.Admitted;
import dev.heliostat.generation.Delivery.Delivered;
import dev.heliostat.generation.Running.Waiting;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.routing.Plan;
import dev.heliostat.routing.Router;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;
import tools.jackson.databind.JsonNode;

/**
 * The product's one use case: a request becomes pictures. Read {@link #generate} from top
 * to bottom to understand the gateway.
 */
public final class Generations {

	private static final Logger logger = LoggerFactory.getLogger(Generations.class);

	private final Router router;

	private final Outputs outputs;

	private final Pictures pictures;

	private final Ledger ledger;

	private final Delivery delivery;

	private final Running running;

	private final Admission admission;

	private final Repetitions repetitions;

	private final Results results;

	private final Pending pending;

	private final Cancelled cancelled;

	private final WebhookMessages webhooks;

	private final LongSupplier owner;

	private final Clock clock;

	Generations(Router router, Outputs outputs, Pictures pictures, Ledger ledger, Delivery delivery, Running running,
			Admission admission, Repetitions repetitions, Results results, Pending pending, Cancelled cancelled,
			WebhookMessages webhooks, LongSupplier owner, Clock clock) {
		this.router = router;
		this.outputs = outputs;
		this.pictures = pictures;
		this.ledger = ledger;
		this.delivery = delivery;
		this.running = running;
		this.admission = admission;
		this.repetitions = repetitions;
		this.results = results;
		this.pending = pending;
		this.cancelled = cancelled;
		this.webhooks = webhooks;
		this.owner = owner;
		this.clock = clock;
	}

	/** Finds who would serve an order, in which order and at what price; runs nothing. */
	public Plan plan(Order order) {
		return this.outputs.possible(this.router.plan(order.request(), order.preferences(), order.caller()));
	}

	/** The chance that an order is sent elsewhere than its plan says, to learn. */
	public double exploration(Order order, Plan plan) {
		return this.router.exploration(plan, order.preferences());
	}

	/**
	 * Runs an order to its end, whether or not somebody still listens: a client that
	 * hangs up does not stop a job that may be billed. An order that repeats an earlier
	 * one gets that one's end, and nothing is paid twice. Releases the pictures that the
	 * order came with. Fails with a {@code GatewayException}.
	 */
	public Mono<Generation> generate(Order order) {
		return Mono.deferContextual(context -> {
			CompletableFuture<Started> admitted = admit(order, false, Progress.unwatched(), context);
			return Mono.fromFuture(admitted, true)
				.flatMap(known -> known.waiting().end())
				.doOnCancel(() -> admitted.thenAccept(known -> known.waiting().abandon()));
		});
	}

	/**
	 * The same for whoever wants to look on: gives the generation once it is admitted.
	 * @param progress told what happens, unless the order repeats an earlier one
	 * @param durable whether it outlives this process, as one that is started
	 */
	public Mono<Begun> begin(Order order, Progress progress, boolean durable) {
		return Mono.deferContextual(context -> {
			CompletableFuture<Started> admitted = admit(order, durable, progress, context);
			return Mono.fromFuture(admitted, true)
				.map(known -> new Begun(known.record(), known.waiting().end()))
				.doOnCancel(() -> admitted.thenAccept(known -> known.waiting().abandon()));
		});
	}

	/**
	 * Begins an order, or joins what it repeats, and gives the generation as it stands,
	 * once it is durable. It goes on by itself; its owner looks it up.
	 */
	public Mono<Kept> start(Order order) {
		return Mono.deferContextual(
				context -> Mono.fromFuture(admit(order, true, Progress.unwatched(), context), true).map(begun -> {
					begun.waiting().abandon();
					return new Kept(begun.record(), Optional.empty(), Optional.empty());
				}));
	}

	/**
	 * What a request became.
	 *
	 * @param record where that stood then
	 * @param waiting for its end
	 */
	private record Started(GenerationRecord record, Waiting waiting) {
	}

	/**
	 * Goes on when the client does not: what is written down is also begun. The trace
	 * goes with the work, though nothing else of the subscriber does.
	 */
	private CompletableFuture<Started> admit(Order order, boolean durable, Progress progress, ContextView context) {
		CompletableFuture<Started> begun = new CompletableFuture<>();
		this.admission.admit(order, ended -> begin(order, ended)).flatMap(admitted -> switch (admitted) {
			case Admitted.Fresh fresh -> {
				fresh.run().watchedBy(progress);
				yield written(fresh.run(), durable).map(record -> new Started(record,
						this.running.begin(fresh.run(), run(fresh.run(), durable).contextWrite(context))));
			}
			case Admitted.Known known ->
				Mono.just(new Started(known.record(), this.repetitions.of(known.record(), order)));
		})
			.doOnError(failure -> order.request().release())
			.contextWrite(context)
			.subscribe(begun::complete, begun::completeExceptionally);
		return begun;
	}

	/** The record of a run that is to begin; written down first where that is asked. */
	private Mono<GenerationRecord> written(Run run, boolean durable) {
		GenerationRecord record = run.running();
		Mono<GenerationRecord> written = durable
				? this.pending.keep(run.id(), run.order()).then(this.ledger.save(record)).thenReturn(record)
				: Mono.just(record);
		return run.order().webhook().map(url -> this.webhooks.expect(record, url).then(written)).orElse(written);
	}

	private Mono<Generation> run(Run run, boolean durable) {
		return durable ? run(run).doFinally(end -> forget(run.id())) : run(run);
	}

	private void forget(String id) {
		this.pending.forget(id)
			.subscribe(null, failure -> logger.warn("The order of {} could not be deleted; trying again later: {}", id,
					failure.getMessage()));
	}

	/**
	 * Runs an order that another process left behind before it submitted anything, under
	 * its record.
	 */
	Mono<Void> takeUp(GenerationRecord left, Order order) {
		return Mono.fromRunnable(() -> {
			Run run = new Run(order, departure(order), this.clock, left.owner(), left, left.booked());
			this.running.begin(run, run(run, true)).abandon();
		});
	}

	private Run begin(Order order, Optional<GenerationRecord> ended) {
		Plan plan = departure(order);
		this.outputs.admit(plan);
		return ended
			.map(record -> new Run(order, plan, this.clock, this.owner.getAsLong(), record, record.attempts().size()))
			.orElseGet(() -> new Run(order, plan, this.clock, this.owner.getAsLong()));
	}

	/** The plan that an order runs by. */
	private Plan departure(Order order) {
		return this.router.depart(plan(order), order.preferences());
	}

	private Mono<Generation> run(Run run) {
		return this.pictures.make(run)
			.then(Mono.defer(() -> run.images().isEmpty() ? fail(run, verdict(run)) : deliver(run)))
			.doFinally(end -> {
				this.cancelled.remove(run.id());
				run.order().request().release();
			});
	}

	private GatewayError verdict(Run run) {
		return this.cancelled.has(run.id()) ? Cancelled.error(run.id()) : Verdict.of(run);
	}

	private Mono<Generation> fail(Run run, GatewayError error) {
		String result = this.results.seal(Result.of(error, form(run)));
		return settle(run.finished(Optional.of(error), Optional.of(result))).then(Mono.error(error.asException()));
	}

	/**
	 * Converts and stores the pictures and books what they cost together with where they
	 * are.
	 */
	private Mono<Generation> deliver(Run run) {
		return this.delivery.deliver(run.images(), form(run)).flatMap(delivered -> {
			Generation made = made(run, delivered);
			GenerationRecord record = run.finished(Optional.empty(),
					Optional.of(this.results.seal(Result.of(made, form(run)))));
			return settle(record).thenReturn(made.with(record));
		}).onErrorResume(failure -> !(failure instanceof GatewayException), failure -> {
			logger.error("The pictures of {} could not be delivered", run.id(), failure);
			return fail(run,
					new GatewayError.Internal("The picture was made, but could not be stored. The operator finds "
							+ "the reason in the log under " + run.id() + ".", true));
		});
	}

	private static AnswerForm form(Run run) {
		return run.order().form().orElse(run.plan().model().answer());
	}

	private Mono<Void> settle(GenerationRecord record) {
		return this.ledger.settle(record).onErrorResume(failure -> {
			logger.error("The end of {} could not be written; its last record stands", record.id(), failure);
			return Mono.empty();
		});
	}

	private static Generation made(Run run, Delivered delivered) {
		AttemptRecord first = run.attempts()
			.stream()
			.filter(attempt -> attempt.outcome().filter("served"::equals).isPresent())
			.findFirst()
			.orElseThrow();
		Provider provider = run.plan().catalog().provider(first.provider()).orElseThrow();
		return new Generation(run.running(), provider.name(), provider.label(), first.executedModel(),
				delivered.images(), Usage.sum(run.outcomes()), fact(run, "quality"),
				fact(run, "background").map(said -> delivered.opaque() ? "opaque" : said),
				warnings(run, first, delivered));
	}

	/** Notes that an answer was not taken whole, so that its repetition comes first. */
	public void unheard(Generation generation) {
		this.running.unheard(generation.record().id());
	}

	/** What the offering that served changed, not the one that was tried first. */
	private static List<String> warnings(Run run, AttemptRecord served, Delivered delivered) {
		List<String> warnings = new ArrayList<>();
		run.plan()
			.candidates()
			.stream()
			.filter(candidate -> candidate.offering().key().equals(served.offering()))
			.findFirst()
			.ifPresent(candidate -> warnings.addAll(candidate.request().warnings()));
		warnings.addAll(delivered.warnings());
		warnings.addAll(Verdict.missing(run, delivered.images().size()));
		return warnings;
	}

	private static Optional<String> fact(Run run, String name) {
		for (AttemptOutcome outcome : run.outcomes()) {
			if (outcome instanceof AttemptOutcome.Served served) {
				return Optional.ofNullable(served.result().facts().get(name)).map(JsonNode::asString);
			}
		}
		return Optional.empty();
	}

}
