package dev.heliostat.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.heliostat.image.Billed;
import dev.heliostat.image.Capability;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Repeats;
import dev.heliostat.ledger.GenerationRecord.Status;
import dev.heliostat.ledger.UsageReports.Group;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.PostgresServer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.StringNode;

/**
 * How long reports take on a million generations of thirty days. Not a test, and run by
 * name only: {@code mvn test -Dtest=LedgerBench}; {@code -Dbench.rows=100000} for fewer.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class LedgerBench {

	private static final int ROWS = Integer.getInteger("bench.rows", 1_000_000);

	private static final int KEYS = 200;

	private static final int MODELS = 60;

	private static final List<String> PROVIDERS = List.of("replicate", "openai", "fal", "together", "fireworks", "bfl");

	private final Random random = new Random(7);

	private final Instant now = Instant.now();

	/** An application uses a few models, some of them most of the time. */
	private GenerationRecord record(int number) {
		long age = (long) ((ROWS - number) * (Duration.ofDays(30).toMillis() / (double) ROWS));
		Instant at = this.now.minusMillis(age);
		int key = (int) (KEYS * Math.pow(this.random.nextDouble(), 2));
		int model = (key * 7 + (int) (6 * Math.pow(this.random.nextDouble(), 2))) % MODELS;
		String provider = PROVIDERS.get((model + (this.random.nextInt(10) == 0 ? 1 : 0)) % PROVIDERS.size());
		boolean failed = this.random.nextInt(50) == 0;
		AttemptRecord attempt = new AttemptRecord(0, 1, provider, provider + "/model-" + model,
				provider + "/own/model-" + model, Optional.of("job-" + number), at, Optional.of(4000L),
				Optional.of(failed ? "failed" : "served"), failed ? Optional.of("upstream_error") : Optional.empty(),
				Optional.of(failed ? Billed.NO : Billed.YES), new Money(40_000), new Money(failed ? 0 : 40_000), false,
				Optional.empty(), Optional.empty(), Optional.empty(), failed ? Optional.empty()
						: Optional.of(new Measured(Optional.empty(), 20, 4000, 900, 120, List.of("1024x1024"))));
		return new GenerationRecord(GenerationRecord.firstId(at) + "%020x".formatted(number), "req_" + number,
				"key_" + key, "project_" + key / 5, Capability.GENERATE, "model-" + model, 1,
				failed ? Status.FAILED : Status.SUCCEEDED, at, Optional.of(at.plusMillis(4200)), List.of(attempt),
				Money.ZERO, failed ? 0 : 1, failed ? 0 : 1.048576, Map.of("quality", StringNode.valueOf("high")),
				failed ? Optional.of("all_providers_failed") : Optional.empty(),
				new Repeats(Long.toHexString(this.random.nextLong()), Optional.empty(), 0, false), 7, 0,
				Optional.of("x".repeat(300)), Optional.empty(),
				new ClientNotes(Optional.empty(), Optional.empty(), List.of("team=" + key % 12), Map.of()), 12);
	}

	private void fill(DataSource source) throws SQLException {
		Map<RollUps.Key, UsageFigures> sums = new TreeMap<>();
		try (Connection connection = source.getConnection()) {
			connection.setAutoCommit(false);
			List<GenerationWrite> some = new ArrayList<>();
			for (int i = 0; i < ROWS; i++) {
				some.add(new GenerationWrite(record(i), GenerationWrite.Kind.SETTLE));
				if (some.size() == 5000 || i == ROWS - 1) {
					GenerationStatement.write(connection, some);
					some.forEach(write -> RollUps.addUp(write.generation(),
							write.generation().createdAt().toEpochMilli(), sums));
					some.clear();
					connection.commit();
				}
			}
			RollUps.add(connection, sums);
			connection.commit();
		}
		System.out.printf("%d rows of roll-ups by the hour%n", sums.size());
	}

	@ParameterizedTest
	@ValueSource(strings = { "sqlite", "postgresql" })
	void reports(String engine) throws SQLException {
		List<String> arguments = engine.equals("sqlite") ? List.of() : PostgresServer.freshDatabase();
		try (Gateway gateway = Gateway.start(arguments.toArray(String[]::new))) {
			long begin = System.nanoTime();
			fill(gateway.bean(DataSource.class));
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
