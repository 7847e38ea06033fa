package dev.heliostat.generation;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.Repeats;
import dev.heliostat.ledger.Ledger;
import reactor.core.publisher.Mono;

/**
 * Decides whether a request is a new generation or the repetition of an earlier one: by
 * its idempotency key, or by the retry count that SDKs send.
 */
final class Admission {

	private final Ledger ledger;

	private final Ends ends;

	private final GenerationProperties properties;

	private final Clock clock;

	Admission(Ledger ledger, Ends ends, GenerationProperties properties, Clock clock) {
		this.ledger = ledger;
		this.ends = ends;
		this.properties = properties;
		this.clock = clock;
	}

	/** What a request turned out to be. */
	sealed interface Admitted {

		/** A generation that has to run. */
		record Fresh(Run run) implements Admitted {
		}

		/** A generation that runs elsewhere or has ended. */
		record Known(GenerationRecord record) implements Admitted {
		}

	}

	/**
	 * Admits an order.
	 * @param begin plans a run: a new one, or one that goes on under an ended record
	 */
	Mono<Admitted> admit(Order order, Function<Optional<GenerationRecord>, Run> begin) {
		Repeats repeats = order.repeats();
		if (repeats.key().isPresent()) {
			return byKey(order, repeats.key().get(), begin);
		}
		if (repeats.retries() > 0) {
			Instant notBefore = this.clock.instant().minus(this.properties.retryWindow());
			return this.ledger.takeOver(order.caller().keyId(), repeats.fingerprint(), repeats.retries(), notBefore)
				.flatMap(known -> known.map(record -> known(record, begin)).orElseGet(() -> fresh(begin)));
		}
		return fresh(begin);
	}

	private static Mono<Admitted> fresh(Function<Optional<GenerationRecord>, Run> begin) {
		return Mono.fromSupplier(() -> new Admitted.Fresh(begin.apply(Optional.empty())));
	}

	private Mono<Admitted> byKey(Order order, String key, Function<Optional<GenerationRecord>, Run> begin) {
		return this.ledger.findByKey(order.caller().keyId(), key).flatMap(found -> {
			if (found.isEmpty()) {
				return claim(order, key, begin);
			}
			GenerationRecord known = found.get();
			if (known.createdAt().isBefore(this.clock.instant().minus(this.properties.idempotencyRetention()))) {
				return this.ledger.forgetKey(known.id()).then(Mono.defer(() -> claim(order, key, begin)));
			}
			if (!known.repeats().fingerprint().equals(order.repeats().fingerprint())) {
				return Mono
					.error(new GatewayError.IdempotencyMismatch("This Idempotency-Key was used with another body for "
							+ known.id() + ". Use a new key, or send exactly the same body.")
						.asException());
			}
			return known(known, begin);
		});
	}

	/** Whoever writes the key first runs; the others find his record. */
	private Mono<Admitted> claim(Order order, String key, Function<Optional<GenerationRecord>, Run> begin) {
		return Mono.defer(() -> {
			Run run = begin.apply(Optional.empty());
			return this.ledger.claim(run.running())
				.flatMap(claimed -> claimed ? Mono.just(new Admitted.Fresh(run)) : byKey(order, key, begin))
				// The claim was written when its commit was not confirmed.
				.map(admitted -> (admitted instanceof Admitted.Known known && known.record().id().equals(run.id()))
						? new Admitted.Fresh(run) : admitted);
		});
	}

	private Mono<Admitted> known(GenerationRecord record, Function<Optional<GenerationRecord>, Run> begin) {
		if (!record.isFree() || this.ends.isHeld(record.id())) {
			return Mono.just(new Admitted.Known(record));
		}
		return Mono.defer(() -> {
			Run run = begin.apply(Optional.of(record));
			return this.ledger.reopen(record, run.owner())
				.flatMap(reopened -> reopened ? Mono.just(new Admitted.Fresh(run))
						: this.ledger.find(record.id()).map(again -> new Admitted.Known(again.orElseThrow())));
		});
	}

}
