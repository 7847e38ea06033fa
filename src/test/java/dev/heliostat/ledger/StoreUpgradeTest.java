package dev.heliostat.ledger;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.PostgresServer;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store of the first version is used by this one, while a process of the first version
 * still writes to it.
 */
class StoreUpgradeTest {

	/** A database that a gateway is to find, and how it is told to. */
	record Store(DriverManagerDataSource database, List<String> arguments) {
	}

	static Stream<Store> stores() {
		Path data = Gateway.temporary();
		List<String> postgres = PostgresServer.freshDatabase();
		return Stream.of(
				new Store(new DriverManagerDataSource("jdbc:sqlite:" + data.resolve("heliostat.db")),
						List.of("--heliostat.data-dir=" + data)),
				new Store(new DriverManagerDataSource(value(postgres, 0), value(postgres, 1), value(postgres, 2)),
						postgres));
	}

	private static String value(List<String> arguments, int index) {
		return arguments.get(index).substring(arguments.get(index).indexOf('=') + 1);
	}

	/** As the first version wrote it: what is absent is null, and nothing is measured. */
	private static void insert(JdbcClient jdbc, String id, long createdAt) {
		jdbc.sql(
				"""
						insert into generation (id, request_id, key_id, project, capability, model, provider, count, status,
						  created_at, finished_at, attempts, quoted_micros, charged_micros, maybe_micros, images, megapixels,
						  priced_by, error_code, settled, owner, fingerprint, idempotency_key, retries, unheard, booked, result)
						values (?, 'req_1', 'key_1', 'default', 'GENERATE', 'm', 'replicate', 1, 'SUCCEEDED', ?, ?, ?, 0, 40000, 0,
						  1, 1.05, '{"quality":"high"}', null, 1, 7, '', null, 0, 0, 0, null)""")
			.params(id, createdAt, createdAt + 3000, """
					[{"picture":0,"pictures":1,"provider":"replicate","offering":"replicate/m",
					"executedModel":"replicate/o/m","jobId":"job-1","startedAt":"2026-01-01T00:00:00Z",
					"durationMillis":2000,"outcome":"served","failure":null,"billed":"YES","quote":{"micros":40000},
					"charge":{"micros":40000},"overQuote":false,"work":null,"trace":null,"output":null}]""")
			.update();
		jdbc.sql(
				"""
						insert into spend_hour (project, key_id, model, provider, hour, attempts, images, settled_micros, maybe_micros)
						values ('default', 'key_1', 'm', 'replicate', ?, 1, 1, 40000, 0)
						on conflict (project, key_id, model, provider, hour) do update set
						  attempts = spend_hour.attempts + excluded.attempts, images = spend_hour.images + excluded.images,
						  settled_micros = spend_hour.settled_micros + excluded.settled_micros,
						  maybe_micros = spend_hour.maybe_micros + excluded.maybe_micros""")
			.param(createdAt / RollUps.HOUR * RollUps.HOUR)
			.update();
	}

	@ParameterizedTest
	@MethodSource("stores")
	void rowsOfTheFirstVersionAreReadAndCounted(Store store) {
		Flyway.configure().dataSource(store.database()).target("1").load().migrate();
		JdbcClient old = JdbcClient.create(store.database());
		long now = System.currentTimeMillis();
		String before = "gen_" + Long.toString(now - 1000, 36) + "00000000000000000000";
		insert(old, before, now - 1000);
		try (Gateway gateway = Gateway.start(store.arguments().toArray(String[]::new))) {
			String later = "gen_" + Long.toString(now, 36) + "00000000000000000001";
			insert(old, later, now);
			for (String id : List.of(before, later)) {
				JsonNode row = gateway.get("/admin/v1/generations/" + id, Gateway.ADMIN_KEY).json();
				assertThat(row.path("cost_micros").asLong()).isEqualTo(40_000);
				assertThat(row.at("/timings/provider_ms").asLong()).isEqualTo(2000);
				assertThat(row.at("/attempts/0/job_id").asString()).isEqualTo("job-1");
				assertThat(row.path("tags").isEmpty()).isTrue();
			}
			JsonNode usage = gateway.get("/admin/v1/usage?group_by=model", Gateway.ADMIN_KEY).json().at("/data/0");
			assertThat(usage.path("cost_micros").asLong()).isEqualTo(80_000);
			assertThat(usage.path("attempts").asLong()).isEqualTo(2);
			assertThat(gateway.get("/admin/v1/generations", Gateway.ADMIN_KEY).json().path("data").size()).isEqualTo(2);
		}
	}

}
