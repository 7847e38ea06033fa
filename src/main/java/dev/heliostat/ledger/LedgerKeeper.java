package dev.heliostat.ledger;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Deletes what is older than its retention, a few rows at a time so that requests do not
 * wait for it, and adds up the days that are over.
 */
public final class LedgerKeeper implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(LedgerKeeper.class);

	private static final Duration EVERY = Duration.ofHours(1);

	private static final Duration PAUSE = Duration.ofMillis(50);

	private static final int TOGETHER = 250;

	/** Nothing is booked into a day any more that ended so long ago. */
	private static final long SURE = 2 * RollUps.DAY;

	private static final String COLUMNS = "requests, failures, attempts, images, pixels, input_tokens, output_tokens, "
			+ "settled_micros, maybe_micros";

	private static final String SUMS = "sum(requests), sum(failures), sum(attempts), sum(images), sum(pixels), "
			+ "sum(input_tokens), sum(output_tokens), sum(settled_micros), sum(maybe_micros)";

	private final StoreReads store;

	private final LedgerProperties properties;

	private final Clock clock;

	private final AtomicBoolean open = new AtomicBoolean();

	private final AtomicBoolean busy = new AtomicBoolean();

	private volatile Disposable work = Disposables.disposed();

	LedgerKeeper(StoreReads store, LedgerProperties properties, Clock clock) {
		this.store = store;
		this.properties = properties;
		this.clock = clock;
	}

	/** How long generations are kept. */
	public Duration retention() {
		return this.properties.retention();
	}

	/** How long roll-ups of usage are kept. */
	public Duration usageRetention() {
		return this.properties.usageRetention();
	}

	/**
	 * Does all that is due now, unless that is being done already: then empty at once.
	 */
	public Mono<Void> tidyNow() {
		return Mono.defer(() -> this.busy.compareAndSet(false, true)
				? tidy(this.clock.instant()).doFinally(end -> this.busy.set(false)) : Mono.empty());
	}

	/** Does all that is due at an instant. */
	Mono<Void> tidy(Instant now) {
		Instant generations = now.minus(this.properties.retention());
		long usage = now.minus(this.properties.usageRetention()).toEpochMilli();
		return close(now)
			.then(untilDone(jdbc -> jdbc.sql("""
					delete from generation where id in (
					  select id from generation where id < :firstId and created_at < :before and settled = 1
					  order by id limit :together)""")
				.param("firstId", GenerationRecord.firstId(generations))
				.param("before", generations.toEpochMilli())
				.param("together", TOGETHER)
				.update()))
			.then(forget("spend_hour", "hour, project, key_id, model, provider", "hour", usage))
			.then(forget("tag_hour", "hour, tag, project, key_id, model, provider", "hour", usage))
			.then(forget("usage_day", "day, tag, project, key_id, model, provider", "day", usage));
	}

	private Mono<Void> forget(String table, String key, String time, long before) {
		String sql = "delete from %1$s where (%2$s) in (select %2$s from %1$s where %3$s < :before order by %3$s limit :together)"
			.formatted(table, key, time);
		return untilDone(jdbc -> jdbc.sql(sql).param("before", before).param("together", TOGETHER).update());
	}

	private Mono<Void> untilDone(StoreReads.Query<Integer> some) {
		return this.store.query(some)
			.expand(done -> (done < TOGETHER) ? Mono.empty() : Mono.delay(PAUSE).then(this.store.query(some)))
			.then();
	}

	private Mono<Void> close(Instant now) {
		return this.store.query(LedgerKeeper::firstOpen)
			.flatMap(first -> first.map(Mono::just).orElse(Mono.empty()))
			.expand(day -> (day + RollUps.DAY + SURE > now.toEpochMilli()) ? Mono.empty()
					: this.store.transaction(template -> close(JdbcClient.create(template), day))
						.then(this.store.query(LedgerKeeper::firstOpen))
						.flatMap(next -> next.filter(other -> other > day).map(Mono::just).orElse(Mono.empty())))
			.then();
	}

	/** The first day that is not added up; empty while nothing was used. */
	private static Optional<Long> firstOpen(JdbcClient jdbc) {
		Optional<Long> known = jdbc.sql("select day from usage_closed").query(Long.class).optional();
		if (known.isPresent()) {
			return known;
		}
		long first = jdbc.sql("select coalesce(min(hour), 0) from spend_hour").query(Long.class).single();
		if (first == 0) {
			return Optional.empty();
		}
		jdbc.sql("insert into usage_closed (id, day) values (1, :day) on conflict (id) do nothing")
			.param("day", first / RollUps.DAY * RollUps.DAY)
			.update();
		return jdbc.sql("select day from usage_closed").query(Long.class).optional();
	}

	/** Adds up a day, unless another node does so. */
	private static boolean close(JdbcClient jdbc, long day) {
		int mine = jdbc.sql("update usage_closed set day = :next where day = :day")
			.param("next", day + RollUps.DAY)
			.param("day", day)
			.update();
		if (mine == 1) {
			for (String source : new String[] { "spend_hour", "tag_hour" }) {
				boolean tagged = source.equals("tag_hour");
				jdbc.sql("""
						insert into usage_day (day, tag, project, key_id, model, provider, %s)
						select :day, %s, project, key_id, model, provider, %s from %s
						where hour >= :day and hour < :next group by %s project, key_id, model, provider"""
					.formatted(COLUMNS, tagged ? "tag" : "''", SUMS, source, tagged ? "tag," : ""))
					.param("day", day)
					.param("next", day + RollUps.DAY)
					.update();
			}
		}
		return mine == 1;
	}

	@Override
	public void start() {
		this.open.set(true);
		this.work = Flux.interval(Duration.ofMinutes(1), EVERY)
			.onBackpressureDrop()
			.concatMap(tick -> tidy(this.clock.instant()).onErrorResume(failure -> {
				logger.warn("Old rows could not be deleted; trying again later: {}", failure.getMessage());
				return Mono.empty();
			}), 1)
			.subscribe();
	}

	@Override
	public void stop() {
		this.open.set(false);
		this.work.dispose();
	}

	@Override
	public boolean isRunning() {
		return this.open.get();
	}

	/** After the store's writer; stopped before it. */
	@Override
	public int getPhase() {
		return 500;
	}

}
