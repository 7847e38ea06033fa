package dev.heliostat.console;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import dev.heliostat.access.Caller;
import dev.heliostat.console.Benchmark.Picture;
import dev.heliostat.console.Benchmark.State;
import dev.heliostat.console.BenchmarkPlan.Task;
import dev.heliostat.generation.Begun;
import dev.heliostat.generation.Generation;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.Kept;
import dev.heliostat.generation.OwnGenerations;
import dev.heliostat.generation.Progress;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs benchmarks: offerings beside each other, the pictures of each one after the other,
 * never beyond what was agreed to.
 */
final class BenchmarkRuns {

	private static final Logger logger = LoggerFactory.getLogger(BenchmarkRuns.class);

	private static final int AT_ONCE = 8;

	private final BenchmarkStore store;

	private final BenchmarkPlans plans;

	private final Generations generations;

	private final OwnGenerations own;

	private final OfferingMeasurements measurements;

	private final Pages pages;

	private final Clock clock;

	BenchmarkRuns(BenchmarkStore store, BenchmarkPlans plans, Generations generations, OwnGenerations own,
			OfferingMeasurements measurements, Pages pages, Clock clock) {
		this.store = store;
		this.plans = plans;
		this.generations = generations;
		this.own = own;
		this.measurements = measurements;
		this.pages = pages;
		this.clock = clock;
	}

	/** What was spent and what is under way, against what was agreed to. */
	private static final class Purse {

		private final long cap;

		private long held;

		Purse(long cap) {
			this.cap = cap;
		}

		synchronized boolean hold(long micros) {
			boolean fits = this.held + micros <= this.cap;
			this.held += fits ? micros : 0;
			return fits;
		}

		synchronized void settle(long quoted, long charged) {
			this.held += charged - quoted;
		}

	}

	/** How a run ends; empty while it goes on. */
	private record Ending(State state, String note) {

		static final Ending NONE = new Ending(State.DONE, "");

	}

	/** One run. */
	private record Run(String id, String model, Caller caller, Purse purse, AtomicReference<Ending> ending) {

		boolean isOver() {
			return this.ending.get() != Ending.NONE;
		}

		void end(State state, String note) {
			this.ending.compareAndSet(Ending.NONE, new Ending(state, note));
		}

	}

	/** Begins it in the background, unless it has begun already. */
	Mono<Void> start(Caller caller, Benchmark benchmark, BenchmarkPlan plan) {
		return this.store.create(benchmark).doOnNext(fresh -> {
			if (fresh) {
				go(new Run(benchmark.id(), benchmark.model(), caller, new Purse(benchmark.capMicros()),
						new AtomicReference<>(Ending.NONE)), plan);
			}
		}).then();
	}

	private void go(Run run, BenchmarkPlan plan) {
		Map<String, List<Task>> queues = new LinkedHashMap<>();
		plan.tasks().forEach(task -> queues.computeIfAbsent(task.offering(), absent -> new ArrayList<>()).add(task));
		Flux.fromIterable(queues.values())
			.flatMap(tasks -> Flux.fromIterable(tasks).concatMap(task -> turn(run, task), 1), AT_ONCE)
			.onErrorResume(failure -> {
				logger.error("The benchmark {} ended early", run.id(), failure);
				run.end(State.INTERRUPTED, "The gateway could not go on. The operator finds the reason in its log.");
				return Mono.empty();
			})
			.then(Mono.defer(() -> {
				this.measurements.forget(run.model());
				return this.store.end(run.id(), run.ending().get().state(), run.ending().get().note());
			}))
			.subscribe(null, failure -> logger.warn("The end of the benchmark {} could not be written: {}", run.id(),
					failure.getMessage()));
	}

	private Mono<Void> turn(Run run, Task task) {
		return Mono.defer(() -> run.isOver() ? Mono.empty() : this.store.touch(run.id()).flatMap(goesOn -> {
			if (!goesOn) {
				run.end(State.STOPPED, "");
				return Mono.empty();
			}
			return Mono.fromCallable(() -> this.plans.price(task.order()))
				.subscribeOn(this.pages.painters())
				.flatMap(quote -> picture(run, task, quote))
				.onErrorResume(GatewayException.class, failure -> refused(run, task, failure.error()));
		})).flatMap(picture -> this.store.add(run.id(), picture));
	}

	private Mono<Picture> picture(Run run, Task task, long quote) {
		if (!run.purse().hold(quote)) {
			run.end(State.CAPPED, "One more picture could have cost more than was agreed to.");
			return Mono.empty();
		}
		return this.generations.begin(task.order(), new Progress(), true)
			.flatMap(begun -> ended(run, begun))
			.map(kept -> {
				long charged = kept.record().charged().micros() + kept.record().maybeCharged().micros();
				run.purse().settle(quote, charged);
				return picture(task, kept, charged);
			})
			.doOnError(failure -> run.purse().settle(quote, 0));
	}

	private Mono<Kept> ended(Run run, Begun begun) {
		return begun.end()
			.doOnNext(Generation::release)
			.then()
			.onErrorResume(GatewayException.class, failure -> Mono.empty())
			.then(Mono.defer(() -> this.own.kept(run.caller(), begun.record().id(), Duration.ZERO)))
			.doOnNext(kept -> kept.generation().ifPresent(Generation::release));
	}

	private Picture picture(Task task, Kept kept, long charged) {
		GenerationRecord record = kept.record();
		Optional<AttemptRecord> executed = record.executed();
		Optional<AttemptRecord> served = executed
			.filter(attempt -> record.status() == GenerationRecord.Status.SUCCEEDED);
		return new Picture(task.number(), task.offering(), task.prompt(), task.size(), record.id(),
				served.isPresent() ? "served" : record.errorCode().orElse("failed"),
				executed.map(AttemptRecord::provider).orElse(""), charged,
				served.flatMap(AttemptRecord::durationMillis).orElse(-1L),
				served.map(OfferingMeasurements::firstByte).orElse(-1L), this.clock.instant());
	}

	/**
	 * What the caller may not do ends the run; anything else is the offering's result.
	 */
	private Mono<Picture> refused(Run run, Task task, GatewayError error) {
		if (error.status() == 401 || error.status() == 402 || error.status() == 403 || error.status() == 429) {
			run.end(State.REFUSED, error.message());
			return Mono.empty();
		}
		return Mono.just(new Picture(task.number(), task.offering(), task.prompt(), task.size(), "",
				"refused_" + error.status(), "", 0, -1, -1, this.clock.instant()));
	}

	Mono<Void> stop(String id) {
		return this.store.end(id, State.STOPPED, "");
	}

}
