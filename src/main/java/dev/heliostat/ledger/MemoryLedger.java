package dev.heliostat.ledger;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.GenerationRecord.Repeats;
import dev.heliostat.ledger.GenerationRecord.Status;
import reactor.core.publisher.Mono;

/**
 * A ledger that forgets everything with the process, and the oldest ends before: for
 * tests, and to measure what a durable one costs.
 */
final class MemoryLedger implements Ledger {

	private static final int MOST = 10_000;

	private final Map<String, Entry> entries = new ConcurrentHashMap<>();

	private final Map<String, String> claims = new ConcurrentHashMap<>();

	private final Queue<String> ended = new ConcurrentLinkedQueue<>();

	private final AtomicInteger endedCount = new AtomicInteger();

	private final MediaIndex media;

	MemoryLedger(MediaIndex media) {
		this.media = media;
	}

	private record Entry(GenerationRecord record, boolean settled) {
	}

	@Override
	public Mono<Void> save(GenerationRecord generation) {
		return Mono.defer(() -> put(generation, false) ? Mono.empty()
				: Mono.error(new GatewayError.StoreUnavailable("The generation has ended already.").asException()));
	}

	/** Budgets are in the store alone: nothing is held here. */
	@Override
	public Mono<Reservation> reserve(GenerationRecord generation) {
		return save(generation).thenReturn(Reservation.SILENT);
	}

	@Override
	public Mono<Void> settle(GenerationRecord generation, List<MediaRecord> media) {
		Mono<Void> settled = Mono.fromRunnable(() -> {
			if (put(generation, true)) {
				this.ended.add(generation.id());
				if (this.endedCount.incrementAndGet() > MOST) {
					Optional.ofNullable(this.ended.poll()).ifPresent(this::forget);
				}
			}
		});
		return media.isEmpty() ? settled : this.media.add(media).then(settled);
	}

	private void forget(String id) {
		this.endedCount.decrementAndGet();
		this.entries.computeIfPresent(id, (same, entry) -> {
			entry.record().repeats().key().ifPresent(key -> this.claims.remove(claim(entry.record().keyId(), key), id));
			return entry.settled() ? null : entry;
		});
	}

	private boolean put(GenerationRecord generation, boolean settles) {
		AtomicBoolean changed = new AtomicBoolean();
		this.entries.compute(generation.id(), (id, known) -> {
			if (known != null && (known.settled() || known.record().owner() != generation.owner())) {
				return known;
			}
			changed.set(true);
			// Only the store knows which retries took it over meanwhile.
			int retries = (known != null) ? known.record().repeats().retries() : generation.repeats().retries();
			return new Entry(
					(retries == generation.repeats().retries()) ? generation
							: repeated(generation, generation.repeats().key(), retries, generation.repeats().unheard()),
					settles);
		});
		return changed.get();
	}

	@Override
	public Mono<Boolean> claim(GenerationRecord generation) {
		return Mono.fromSupplier(() -> {
			String claim = claim(generation.keyId(), generation.repeats().key().orElse(generation.id()));
			return this.claims.putIfAbsent(claim, generation.id()) == null && put(generation, false);
		});
	}

	private static String claim(String keyId, String idempotencyKey) {
		return keyId + '\n' + idempotencyKey;
	}

	@Override
	public Mono<Optional<GenerationRecord>> find(String id) {
		return Mono.fromSupplier(() -> record(id));
	}

	private Optional<GenerationRecord> record(String id) {
		return Optional.ofNullable(this.entries.get(id)).map(Entry::record);
	}

	@Override
	public Mono<Optional<GenerationRecord>> findByKey(String keyId, String idempotencyKey) {
		return Mono.fromSupplier(
				() -> Optional.ofNullable(this.claims.get(claim(keyId, idempotencyKey))).flatMap(this::record));
	}

	@Override
	public Mono<Void> forgetResult(String id) {
		return Mono.fromRunnable(() -> change(id, entry -> {
			GenerationRecord record = entry.record();
			return (entry.settled() && record.status() == Status.SUCCEEDED)
					? new Entry(repeated(record, record.repeats(), Optional.empty()), true) : entry;
		}));
	}

	@Override
	public Mono<Void> forgetKey(String id) {
		return Mono.fromRunnable(() -> change(id, entry -> {
			GenerationRecord record = entry.record();
			record.repeats().key().ifPresent(key -> this.claims.remove(claim(record.keyId(), key)));
			return new Entry(repeated(record, Optional.empty(), record.repeats().retries(), record.repeats().unheard()),
					entry.settled());
		}));
	}

	@Override
	public Mono<Void> unheard(String id) {
		return Mono.fromRunnable(() -> change(id, entry -> {
			Repeats repeats = entry.record().repeats();
			return new Entry(repeated(entry.record(), repeats.key(), repeats.retries(), true), entry.settled());
		}));
	}

	private void change(String id, Function<Entry, Entry> change) {
		this.entries.computeIfPresent(id, (same, entry) -> change.apply(entry));
	}

	@Override
	public Mono<Optional<GenerationRecord>> takeOver(String keyId, String fingerprint, int retry, Instant notBefore) {
		return synchronously(() -> {
			Optional<Entry> found = this.entries.values()
				.stream()
				.filter(entry -> entry.record().keyId().equals(keyId))
				.filter(entry -> entry.record().repeats().fingerprint().equals(fingerprint))
				.filter(entry -> entry.record().repeats().key().isEmpty() && entry.record().repeats().retries() < retry
						&& !entry.record().createdAt().isBefore(notBefore))
				.min(Comparator.comparing((Entry entry) -> !(entry.record().repeats().unheard() || !entry.settled()))
					.thenComparing(entry -> entry.record().createdAt())
					.thenComparing(entry -> entry.record().id()));
			found.ifPresent(taken -> change(taken.record().id(),
					entry -> new Entry(
							repeated(entry.record(), Optional.empty(), retry, entry.record().repeats().unheard()),
							entry.settled())));
			return found.flatMap(taken -> record(taken.record().id()));
		});
	}

	@Override
	public Mono<Boolean> reopen(GenerationRecord ended, long owner) {
		return synchronously(() -> {
			Optional<Entry> known = Optional.ofNullable(this.entries.get(ended.id()))
				.filter(entry -> entry.settled() && entry.record().isFree()
						&& entry.record().finishedAt().equals(ended.finishedAt()));
			known.ifPresent(entry -> {
				GenerationRecord record = entry.record();
				this.entries.put(ended.id(),
						new Entry(new GenerationRecord(record.id(), record.requestId(), record.keyId(),
								record.project(), record.capability(), record.model(), record.count(), Status.RUNNING,
								record.createdAt(), Optional.empty(), record.attempts(), record.quoted(),
								record.images(), record.megapixels(), record.pricedBy(), Optional.empty(),
								new Repeats(record.repeats().fingerprint(), record.repeats().key(),
										record.repeats().retries(), false),
								owner, record.attempts().size(), Optional.empty(), record.hold(), record.client(), 0),
								false));
			});
			return known.isPresent();
		});
	}

	private <T> Mono<T> synchronously(Supplier<T> change) {
		return Mono.fromSupplier(() -> {
			synchronized (this) {
				return change.get();
			}
		});
	}

	@Override
	public Mono<Boolean> isKnownJob(String jobId, Instant since) {
		return Mono.fromSupplier(() -> this.entries.values()
			.stream()
			.flatMap(entry -> entry.record().attempts().stream())
			.anyMatch(attempt -> attempt.jobId().equals(Optional.of(jobId))));
	}

	@Override
	public Mono<List<GenerationRecord>> ended(Collection<String> ids) {
		return Mono.fromSupplier(() -> ids.stream()
			.flatMap(id -> Stream.ofNullable(this.entries.get(id)))
			.filter(Entry::settled)
			.map(Entry::record)
			.toList());
	}

	@Override
	public Mono<List<GenerationRecord>> list(String keyId, Optional<String> after, int limit) {
		return Mono.fromSupplier(() -> this.entries.values()
			.stream()
			.map(Entry::record)
			.filter(record -> record.keyId().equals(keyId))
			.filter(record -> after.isEmpty() || record.id().compareTo(after.get()) < 0)
			.sorted(Comparator.comparing(GenerationRecord::id).reversed())
			.limit(limit)
			.toList());
	}

	private static GenerationRecord repeated(GenerationRecord record, Optional<String> key, int retries,
			boolean unheard) {
		Repeats repeats = new Repeats(record.repeats().fingerprint(), key, retries, unheard);
		return repeats.equals(record.repeats()) ? record : repeated(record, repeats, record.result());
	}

	private static GenerationRecord repeated(GenerationRecord record, Repeats repeats, Optional<String> result) {
		return new GenerationRecord(record.id(), record.requestId(), record.keyId(), record.project(),
				record.capability(), record.model(), record.count(), record.status(), record.createdAt(),
				record.finishedAt(), record.attempts(), record.quoted(), record.images(), record.megapixels(),
				record.pricedBy(), record.errorCode(), repeats, record.owner(), record.booked(), result, record.hold(),
				record.client(), record.gatewayMillis());
	}

}
