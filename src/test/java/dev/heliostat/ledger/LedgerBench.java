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

/**
 * How long reports take on a million generations of thirty days. Not a test, and run by
 * name only: {@code mvn test -Dtest=LedgerBench}; {@code -Dbench.rows=100000} for fewer.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class LedgerBench {

	private static final int ROWS = Integer.getInteger("bench.rows", LedgerRows.MANY);

	private final Instant now = Instant.now();

	@ParameterizedTest
	@ValueSource(strings = { "sqlite", "postgresql" })
	void reports(String engine) {
		List<String> arguments = engine.equals("sqlite") ? List.of() : PostgresServer.freshDatabase();
		try (Gateway gateway = Gateway.start(arguments.toArray(String[]::new))) {
			LedgerRows.fill(gateway, engine, ROWS, this.now);
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
