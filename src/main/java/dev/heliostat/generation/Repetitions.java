package dev.heliostat.generation;

import java.util.Optional;

import dev.heliostat.generation.Running.Waiting;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.Status;
import dev.heliostat.telemetry.GatewayMeters;
import reactor.core.publisher.Mono;

/**
 * Answers requests that repeat an earlier one: they join it while it runs, and get its
 * end again when it has ended.
 */
final class Repetitions {

	private final Running running;

	private final Awaited awaited;

	private final Results results;

	private final GatewayMeters meters;

	Repetitions(Running running, Awaited awaited, Results results, GatewayMeters meters) {
		this.running = running;
		this.awaited = awaited;
		this.results = results;
		this.meters = meters;
	}

	/** Whoever repeats a generation and waits for its end. */
	Waiting of(GenerationRecord known, Order order) {
		order.request().release();
		this.meters.duplicateSuppressed();
		Mono<Generation> end = ended(known).flatMap(record -> {
			if (record.repeats().unheard()) {
				this.meters.resultRescued();
			}
			return this.results.again(record, order.form());
		}).timeout(this.running.deadline(order), Mono.error(() -> this.running.late(known.id(), order)));
		return new Waiting() {

			@Override
			public Mono<Generation> end() {
				return end;
			}

			@Override
			public void abandon() {
				// What has been found waits for the next one.
			}

		};
	}

	/** The record of a generation at its end, wherever it runs. */
	Mono<GenerationRecord> ended(GenerationRecord known) {
		if (known.status() != Status.RUNNING && known.status() != Status.QUEUED) {
			return Mono.just(known);
		}
		Optional<Mono<GenerationRecord>> here = this.running.here(known.id());
		return here.map(end -> end.onErrorResume(failure -> this.awaited.ended(known.id())))
			.orElseGet(() -> this.awaited.ended(known.id()));
	}

}
