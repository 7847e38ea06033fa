package dev.heliostat.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.GenerationWrite.Kind;
import dev.heliostat.nodes.Hint;
import dev.heliostat.nodes.Hints;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The ledger on SQLite or PostgreSQL.
 */
final class SqlLedger implements Ledger {

	/** How much older a generation can be whose job is listed beside that of another. */
	private static final Duration SAME_TIME = Duration.ofHours(2);

	private final LedgerWrites writer;

	private final StoreReads reads;

	private final Hints hints;

	SqlLedger(LedgerWrites writer, StoreReads reads, Hints hints) {
		this.hints = hints;
		this.writer = writer;
		this.reads = reads;
	}

	@Override
	public Mono<Void> save(GenerationRecord generation) {
		return write(new GenerationWrite(generation, Kind.SAVE)).flatMap(SqlLedger::effective).then();
	}

	@Override
	public Mono<Reservation> reserve(GenerationRecord generation) {
		return write(new GenerationWrite(generation, Kind.RESERVE))
			.flatMap(written -> (written.reservation() instanceof Reservation.Refused) ? Mono.just(written)
					: effective(written))
			.map(Written::reservation);
	}

	private static Mono<Written> effective(Written written) {
		return written.effective() ? Mono.just(written) : Mono.error(new GatewayError.StoreUnavailable(
				"This node lost its hold on the generation, which another one has taken over. Repeat the request.")
			.asException());
	}

	@Override
	public Mono<Void> settle(GenerationRecord generation, List<MediaRecord> media) {
		return write(new GenerationWrite(generation, Kind.SETTLE, media))
			.doOnNext(written -> this.hints.tell(Hint.ENDED, generation.id()))
			.then();
	}

	@Override
	public Mono<Boolean> claim(GenerationRecord generation) {
		return write(new GenerationWrite(generation, Kind.CLAIM)).map(Written::effective);
	}

	/**
	 * Queues on subscription. What follows runs on the event loop that asked, which has
	 * to do it in the end, and never on the writer's thread.
	 */
	private Mono<Written> write(GenerationWrite write) {
		return Mono.defer(() -> {
			EventExecutor asked = ThreadExecutorMap.currentExecutor();
			return Mono.fromFuture(this.writer.submit(write), true)
				.publishOn((asked != null) ? Schedulers.fromExecutor(asked) : Schedulers.parallel());
		});
	}

	@Override
	public Mono<Optional<GenerationRecord>> find(String id) {
		return this.reads.query(jdbc -> find(jdbc, id));
	}

	private static Optional<GenerationRecord> find(JdbcClient jdbc, String id) {
		return jdbc.sql("select * from generation where id = :id")
			.param("id", id)
			.query((row, number) -> GenerationStatement.read(row))
			.optional();
	}

	@Override
	public Mono<Optional<GenerationRecord>> findByKey(String keyId, String idempotencyKey) {
		return this.reads
			.query(jdbc -> jdbc.sql("select * from generation where key_id = :key and idempotency_key = :idempotency")
				.param("key", keyId)
				.param("idempotency", idempotencyKey)
				.query((row, number) -> GenerationStatement.read(row))
				.optional());
	}

	@Override
	public Mono<Boolean> isKnownJob(String jobId, Instant since) {
		return this.reads.query(jdbc -> jdbc.sql("""
				select count(*) from generation where created_at >= :since and attempts like :job escape '!'""")
			.param("since", since.minus(SAME_TIME).toEpochMilli())
			.param("job", "%" + jobId.replaceAll("[!%_]", "!$0") + "%")
			.query(Long.class)
			.single() > 0);
	}

	@Override
	public Mono<Void> forgetResult(String id) {
		return update("update generation set result = null where id = :id and settled = 1 and status = 'SUCCEEDED'", id)
			.then();
	}

	@Override
	public Mono<Void> forgetKey(String id) {
		return update("update generation set idempotency_key = null where id = :id", id).then();
	}

	@Override
	public Mono<Void> unheard(String id) {
		return update("update generation set unheard = 1 where id = :id", id).then();
	}

	private Mono<Integer> update(String sql, String id) {
		return this.reads.query(jdbc -> jdbc.sql(sql).param("id", id).update());
	}

	@Override
	public Mono<Optional<GenerationRecord>> takeOver(String keyId, String fingerprint, int retry, Instant notBefore) {
		return this.reads.query(jdbc -> {
			while (true) {
				Optional<String> candidate = jdbc.sql("""
						select id from generation
						where key_id = :key and fingerprint = :fingerprint and created_at >= :since
						  and idempotency_key is null and retries < :retry
						order by case when unheard = 1 or settled = 0 then 0 else 1 end, created_at, id limit 1""")
					.param("key", keyId)
					.param("fingerprint", fingerprint)
					.param("since", notBefore.toEpochMilli())
					.param("retry", retry)
					.query(String.class)
					.optional();
				if (candidate.isEmpty()) {
					return Optional.empty();
				}
				int taken = jdbc.sql("update generation set retries = :retry where id = :id and retries < :retry")
					.param("retry", retry)
					.param("id", candidate.get())
					.update();
				if (taken == 1) {
					return find(jdbc, candidate.get());
				}
			}
		});
	}

	@Override
	public Mono<Boolean> reopen(GenerationRecord ended, long owner) {
		return this.reads.query(jdbc -> jdbc.sql("""
				update generation set settled = 0, status = 'RUNNING', finished_at = null, error_code = null,
				  result = null, unheard = 0, owner = :owner, booked = :attempts
				where id = :id and settled = 1 and status in ('FAILED', 'CANCELLED')
				  and finished_at = :finished and charged_micros = 0 and maybe_micros = 0""")
			.param("owner", owner)
			.param("attempts", ended.attempts().size())
			.param("id", ended.id())
			.param("finished", ended.finishedAt().map(Instant::toEpochMilli).orElse(0L))
			.update() == 1);
	}

	@Override
	public Mono<List<GenerationRecord>> ended(Collection<String> ids) {
		return this.reads.query(jdbc -> jdbc.sql("select * from generation where id in (:ids) and settled = 1")
			.param("ids", ids)
			.query((row, number) -> GenerationStatement.read(row))
			.list());
	}

	@Override
	public Mono<List<GenerationRecord>> list(String keyId, Optional<String> after, int limit) {
		return this.reads.query(jdbc -> jdbc.sql("""
				select * from generation where key_id = :key
				  and (:after = '' or (created_at, id) < (select created_at, id from generation where id = :after))
				order by created_at desc, id desc limit :limit""")
			.param("key", keyId)
			.param("after", after.orElse(""))
			.param("limit", limit)
			.query((row, number) -> GenerationStatement.read(row))
			.list());
	}

}
