package dev.heliostat.ledger;

import java.time.Duration;
import java.time.Instant;

import dev.heliostat.testing.Gateway;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A ledger full of generations of the last thirty days, for benchmarks.
 */
public final class LedgerRows {

	/** As many as a busy gateway has in a month. */
	public static final int MANY = 1_000_000;

	/**
	 * An application uses a few models, some of them most of the time; one generation in
	 * fifty fails. Made by the database itself, on which it runs the same everywhere.
	 */
	private static final String ROWS = """
			with recursive n(i) as (select cast(0 as bigint) union all select i + 1 from n where i + 1 < :rows),
			drawn as (select i, cast(:begin + i * :step as bigint) as at, (i * 7919 % 1000) * (i * 7919 % 1000) / 5000 as k,
			  (i * 104729 % 100) * (i * 104729 % 100) / 1700 as m, i * 15485863 % 10 as p, i * 32452843 % 50 as f from n),
			used as (select i, at, k, (k * 7 + m) % 60 as m, case when p = 0 then 1 else 0 end as p, f from drawn),
			named as (select i, at, k, m, f, case (m + p) % 6 when 0 then 'replicate' when 1 then 'openai' when 2 then 'fal'
			  when 3 then 'together' when 4 then 'fireworks' else 'bfl' end as p from used)
			insert into generation (id, request_id, key_id, project, capability, model, provider, count, status, created_at,
			  finished_at, attempts, quoted_micros, charged_micros, maybe_micros, images, megapixels, priced_by, error_code,
			  settled, owner, fingerprint, idempotency_key, retries, unheard, booked, result, client, gateway_millis)
			select :prefix || substr(cast(1000000000 + i as text), 2), 'req_' || i, 'key_' || k, 'project_' || (k / 5),
			  'GENERATE', 'model-' || m, p, 1, case when f = 0 then 'FAILED' else 'SUCCEEDED' end, at, at + 4200,
			  '[{"picture":0,"pictures":1,"provider":"' || p || '","offering":"' || p || '/model-' || m || '","executedModel":"'
			  || p || '/own/model-' || m || '","jobId":"job-' || i || '","startedAt":"2026-01-01T00:00:00Z","durationMillis":4000,'
			  || '"outcome":"served","billed":"YES","quote":{"micros":40000},"charge":{"micros":40000},"overQuote":false,'
			  || '"measured":{"inputTokens":20,"outputTokens":4000,"waitedMillis":900,"transferMillis":120,"sizes":["1024x1024"]}}]',
			  0, case when f = 0 then 0 else 40000 end, 0, case when f = 0 then 0 else 1 end, 1.048576, '{"quality":"high"}',
			  case when f = 0 then 'all_providers_failed' end, 1, 7, 'f' || (i * 7919 % 1000003), null, 0, 0, 0, :result,
			  '{"tags":["team=' || (k % 12) || '"],"metadata":{}}', 12
			from named""";

	private static final String ROLL_UP = """
			insert into %1$s (%2$s project, key_id, model, provider, hour, requests, failures, attempts, images, pixels,
			  input_tokens, output_tokens, settled_micros, maybe_micros)
			select %3$s project, key_id, model, provider, created_at / 3600000 * 3600000, count(*), count(error_code), count(*),
			  sum(images), sum(images) * 1048576, count(*) * 20, count(*) * 4000, sum(charged_micros), 0
			from generation group by %3$s project, key_id, model, provider, created_at / 3600000 * 3600000""";

	private LedgerRows() {
	}

	/** Fills the ledger of a fresh gateway, and closes the days that are over. */
	public static void fill(Gateway gateway, String engine, int rows, Instant now) {
		long begin = System.nanoTime();
		fill(gateway.bean(JdbcClient.class), rows, now);
		System.out.printf("%s: %d rows written in %d s%n", engine, rows, (System.nanoTime() - begin) / 1_000_000_000);
		begin = System.nanoTime();
		gateway.bean(LedgerKeeper.class).tidy(now).block();
		System.out.printf("%s: days closed in %d ms%n", engine, (System.nanoTime() - begin) / 1_000_000);
	}

	/** Ids begin with their time, which the database cannot write as the gateway does. */
	private static void fill(JdbcClient jdbc, int rows, Instant now) {
		long month = Duration.ofDays(30).toMillis();
		int pieces = 100;
		for (int piece = 0; piece < pieces; piece++) {
			Instant begin = now.minusMillis(month - month / pieces * piece);
			int tries = 5;
			while (tries > 0) {
				try {
					jdbc.sql(ROWS)
						.param("rows", rows / pieces)
						.param("begin", begin.toEpochMilli())
						.param("step", month / (double) rows)
						.param("prefix", GenerationRecord.firstId(begin))
						.param("result", "x".repeat(300))
						.update();
					tries = 0;
				}
				catch (UncategorizedSQLException ex) {
					// The disk of a busy machine.
					tries--;
				}
			}
		}
		jdbc.sql(ROLL_UP.formatted("spend_hour", "", "")).update();
		jdbc.sql(ROLL_UP.formatted("tag_hour", "tag,", "client,")).update();
		System.out.printf("%d rows of roll-ups by the hour%n",
				jdbc.sql("select count(*) from spend_hour").query(Long.class).single());
	}

}
