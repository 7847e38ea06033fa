package dev.heliostat.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import dev.heliostat.ledger.UsageReports.Group;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.PostgresServer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How long reports take on a million generations of thirty days. Not a test, and run by
 * name only: {@code mvn test -Dtest=LedgerBench}; {@code -Dbench.rows=100000} for fewer.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class LedgerBench {

	private static final int ROWS = Integer.getInteger("bench.rows", 1_000_000);

	private final Instant now = Instant.now();

	/**
	 * An application uses a few models, some of them most of the time; one generation in
	 * fifty fails. Made by the database itself, on which it runs the same everywhere.
	 */
	private static final String ROWS_SQL = """
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

	/** Ids begin with their time, which the database cannot write as the gateway does. */
	private void fill(JdbcClient jdbc) {
		long month = Duration.ofDays(30).toMillis();
		int pieces = 100;
		for (int piece = 0; piece < pieces; piece++) {
			Instant begin = this.now.minusMillis(month - month / pieces * piece);
			int tries = 5;
			while (tries > 0) {
				try {
					jdbc.sql(ROWS_SQL)
						.param("rows", ROWS / pieces)
						.param("begin", begin.toEpochMilli())
						.param("step", month / (double) ROWS)
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

	@ParameterizedTest
	@ValueSource(strings = { "sqlite", "postgresql" })
	void reports(String engine) {
		List<String> arguments = engine.equals("sqlite") ? List.of() : PostgresServer.freshDatabase();
		try (Gateway gateway = Gateway.start(arguments.toArray(String[]::new))) {
			long begin = System.nanoTime();
			fill(gateway.bean(JdbcClient.class));
			System.out.printf("%s: %d rows written in %d s%n", engine, ROWS,
					(System.nanoTime() - begin) / 1_000_000_000);
			begin = System.nanoTime();
			gateway.bean(LedgerKeeper.class).tidy(this.now).block();
			System.out.printf("%s: days closed in %d ms%n", engine, (System.nanoTime() - begin) / 1_000_000);
			usage(gateway, engine);
			pages(gateway, engine);
		}
	}

	private void usage(Gateway gateway, String engine) {
		Map<Long, String> slowest = new TreeMap<>();
		Set<String> groupings = new HashSet<>();
		for (int mask = 0; mask < 64; mask++) {
			List<String> groups = new ArrayList<>();
			for (Group group : Group.values()) {
				if ((mask >> group.ordinal() & 1) == 1) {
					groups.add(group.key());
				}
			}
			groupings.add(String.join(",", groups));
		}
		String from = this.now.minus(Duration.ofDays(30)).toString();
		for (String grouping : groupings) {
			slowest.put(median(gateway, "/admin/v1/usage?group_by=" + grouping + "&from=" + from), grouping);
		}
		slowest.forEach((time, grouping) -> {
			if (time > 250_000_000) {
				System.out.printf("%s: above 250 ms: %.1f ms (%s)%n", engine, time / 1e6, grouping);
			}
		});
		List<Long> times = new ArrayList<>(slowest.keySet());
		System.out.printf("%s: usage of 30 days by %d groupings: median %.1f ms, slowest %.1f ms (%s)%n", engine,
				groupings.size(), times.get(times.size() / 2) / 1e6, times.getLast() / 1e6,
				slowest.get(times.getLast()));
	}

	private void pages(Gateway gateway, String engine) {
		String old = this.now.minus(Duration.ofDays(20)).toString();
		for (String filter : List.of("", "project=project_3", "key=key_17", "model=model-7", "provider=fal",
				"status=failed", "status=succeeded", "model=model-7&provider=openai", "status=failed&model=model-7",
				"project=project_39&status=failed", "to=" + old, "status=failed&to=" + old, "status=cancelled",
				"model=none", "project=project_1&model=none", "provider=fal&model=none", "status=running")) {
			System.out.printf("%s: first page of generations %-40s %6.1f ms%n", engine, filter,
					median(gateway, "/admin/v1/generations?" + filter) / 1e6);
		}
	}

	/** Of five, after one that warms up. */
	private static long median(Gateway gateway, String path) {
		long[] times = new long[5];
		for (int i = -1; i < times.length; i++) {
			long begin = System.nanoTime();
			Gateway.Answer answer = gateway.get(path, Gateway.ADMIN_KEY);
			if (answer.status() != 200) {
				throw new IllegalStateException(answer.text());
			}
			if (i >= 0) {
				times[i] = System.nanoTime() - begin;
			}
		}
		Arrays.sort(times);
		return times[2];
	}

}
