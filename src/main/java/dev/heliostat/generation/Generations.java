package dev.heliostat.generation;

import java.time.Clock;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

import dev.heliostat.access.Permit;
import dev.heliostat.generation.Admission.Admitted;
import dev.heliostat.generation.Running.Waiting;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.routing.Plan;
import dev.heliostat.routing.Router;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

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

	private final Conclusion conclusion;

	private final Running running;

	private final Admission admission;

	private final Repetitions repetitions;

	private final Pending pending;

	private final Prompts prompts;

	private final Cancelled cancelled;

	private final WebhookMessages webhooks;

	private final Allowance allowance;

	private final LongSupplier owner;

	private final Clock clock;

	Generations(Router router, Outputs outputs, Pictures pictures, Ledger ledger, Conclusion conclusion,
			Running running, Admission admission, Repetitions repetitions, Pending pending, Prompts prompts,
			Cancelled cancelled, WebhookMessages webhooks, Allowance allowance, LongSupplier owner, Clock clock) {
		this.router = router;
		this.outputs = outputs;
		this.pictures = pictures;
		this.ledger = ledger;
		this.conclusion = conclusion;
		this.running = running;
		this.admission = admission;
		this.repetitions = repetitions;
		this.pending = pending;
		this.prompts = prompts;
		this.cancelled = cancelled;
		this.webhooks = webhooks;
		this.allowance = allowance;
		this.owner = owner;
		this.clock = clock;
	}

	/** Finds who would serve an order, in which order and at what price; runs nothing. */
	public Plan plan(Order order) {
		Plan plan = this.router.plan(order.request(), order.preferences(), order.caller());
		return this.allowance.priced(order, this.outputs.possible(plan));
	}

	/** The refusal that an order would meet now, because of a budget. */
	public Mono<Optional<GatewayError>> refusal(Order order, Plan plan) {
		return this.allowance.refusal(order, plan);
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
			CompletableFuture<Started> admitted = admit(order, false, false, Progress.unwatched(), context);
			if (admitted.state() == Future.State.SUCCESS) {
				return admitted.resultNow().waiting().end();
			}
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
			CompletableFuture<Started> admitted = admit(order, durable, true, progress, context);
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
				context -> Mono.fromFuture(admit(order, true, true, Progress.unwatched(), context), true).map(begun -> {
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
	 * @param durable whether it is written down before it is answered
	 * @param early whether the answer comes before the first submission, so that a
	 * refusal has to come before that
	 */
	private CompletableFuture<Started> admit(Order order, boolean durable, boolean early, Progress progress,
			ContextView context) {
		CompletableFuture<Started> begun = new CompletableFuture<>();
		Queue<Run> admitted = new ConcurrentLinkedQueue<>();
		this.allowance.permit(order).flatMap(permit -> this.admission.admit(order, ended -> {
			Run run = begin(order, ended);
			admitted.add(run);
			this.running.expect(run.id());
			return run;
		}).flatMap(what -> switch (what) {
			case Admitted.Fresh fresh -> {
				fresh.run().watchedBy(progress);
				this.prompts.keep(fresh.run().id(), order);
				yield written(fresh.run(), durable, early).map(record -> new Started(record,
						this.running.begin(fresh.run(), run(fresh.run(), durable, permit), context)));
			}
			case Admitted.Known known -> {
				permit.joined();
				yield Mono.just(new Started(known.record(), this.repetitions.of(known.record(), order)));
			}
		}).doOnError(failure -> permit.joined())).subscribe(started -> {
			admitted.forEach(run -> this.running.expected(run.id()));
			begun.complete(started);
		}, failure -> {
			order.request().release();
			admitted.forEach(run -> this.running.expected(run.id()));
			begun.completeExceptionally(failure);
		}, null, Context.of(context));
		return begun;
	}

	/**
	 * What was refused before it was submitted counts as no picture. Comes before the
	 * answer, so that whoever has read that finds the limits as they are.
	 */
	private static void giveBack(Permit permit, Run run) {
		if (run.attempts().isEmpty()) {
			permit.joined();
		}
		else {
			permit.ended();
		}
	}

	/** Fails where a budget would refuse it anyway. */
	private Mono<Void> affordable(Run run) {
		return this.allowance.refusal(run.order(), run.plan())
			.flatMap(refusal -> Mono.justOrEmpty(refusal))
			.flatMap(error -> this.conclusion.fail(run, error).then());
	}

	/** The record of a run that is to begin; written down first where that is asked. */
	private Mono<GenerationRecord> written(Run run, boolean durable, boolean early) {
		if (!early && !durable && run.order().webhook().isEmpty()) {
			return Mono.just(run.running());
		}
		return (early ? affordable(run) : Mono.<Void>empty()).then(Mono.defer(() -> written(run, durable)))
			.doOnError(failure -> this.conclusion.unbegun(run, failure));
	}

	private Mono<GenerationRecord> written(Run run, boolean durable) {
		GenerationRecord record = run.running();
		Mono<GenerationRecord> written = durable
				? this.pending.keep(run.id(), run.order()).then(this.ledger.save(record)).thenReturn(record)
				: Mono.just(record);
		return run.order().webhook().map(url -> this.webhooks.expect(record, url).then(written)).orElse(written);
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
			Run run = new Run(order, departure(order), this.clock, left.owner(), left, left.booked(),
					this.allowance.holding(order, left.attempts().size()));
			this.running.begin(run, run(run, true, Permit.FREE), Context.empty()).abandon();
		});
	}

	private Run begin(Order order, Optional<GenerationRecord> ended) {
		Plan plan = departure(order);
		this.outputs.admit(plan);
		return ended
			.map(record -> new Run(order, plan, this.clock, this.owner.getAsLong(), record, record.attempts().size(),
					this.allowance.holding(order, record.attempts().size())))
			.orElseGet(
					() -> new Run(order, plan, this.clock, this.owner.getAsLong(), this.allowance.holding(order, 0)));
	}

	/** The plan that an order runs by. */
	private Plan departure(Order order) {
		return this.router.depart(plan(order), order.preferences());
	}

	private Mono<Generation> run(Run run, boolean durable, Permit permit) {
		return this.pictures.make(run).then(Mono.defer(() -> this.conclusion.of(run))).doOnTerminate(() -> {
			giveBack(permit, run);
			this.cancelled.remove(run.id());
			run.order().request().release();
			if (durable) {
				forget(run.id());
			}
		});
	}

	/** Notes that an answer was not taken whole, so that its repetition comes first. */
	public void unheard(Generation generation) {
		this.running.unheard(generation.record().id());
	}

}
