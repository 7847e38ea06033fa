package dev.heliostat.e2e;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.heliostat.ledger.Ledger;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.GatewayProcess;
import dev.heliostat.testing.PostgresServer;
import dev.heliostat.testing.Requests;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process is killed while 200 generations run: whatever was submitted or answered is in
 * the store afterwards.
 */
@Tag("processes")
class CrashTest {

	private static final int GENERATIONS = 200;

	@Test
	void nothingSubmittedOrAnsweredIsLostOnSqlite() {
		killAndLook(List.of("--heliostat.data-dir=" + Gateway.temporary()));
	}

	@Test
	void nothingSubmittedOrAnsweredIsLostOnPostgres() {
		List<String> store = new ArrayList<>(PostgresServer.freshDatabase());
		store.add("--heliostat.data-dir=" + Gateway.temporary());
		killAndLook(store);
	}

	private static void killAndLook(List<String> store) {
		try (ReplicateSimulator replicate = new ReplicateSimulator(0)) {
			replicate.usual("latency=700");
			List<String> arguments = new ArrayList<>(store);
			arguments.add("--heliostat.providers.replicate.base-url=" + replicate.baseUrl());
			arguments.add("--heliostat.providers.replicate.api-key=" + ReplicateSimulator.TOKEN);
			Set<String> answered = new HashSet<>();
			try (GatewayProcess gateway = GatewayProcess.start(List.of("-Xmx512m"), arguments)) {
				List<CompletableFuture<HttpResponse<String>>> requests = new ArrayList<>();
				for (int i = 0; i < GENERATIONS; i++) {
					requests.add(gateway.generate(Requests.of(Requests.MODEL, "picture " + i)));
				}
				Awaitility.await()
					.atMost(Duration.ofSeconds(60))
					.until(() -> replicate.created() >= 100 && requests.stream().anyMatch(CompletableFuture::isDone));
				gateway.kill();
				for (CompletableFuture<HttpResponse<String>> request : requests) {
					request.handle((response, error) -> {
						if (error == null && response.statusCode() == 200) {
							answered.add(response.headers().firstValue("x-heliostat-generation").orElseThrow());
						}
						return null;
					}).join();
				}
			}
			int submitted = replicate.submissions().size();
			try (Gateway restarted = Gateway.start(arguments.toArray(String[]::new))) {
				JdbcClient jdbc = restarted.bean(JdbcClient.class);
				Set<String> kept = new HashSet<>(jdbc.sql("select id from generation").query(String.class).list());
				assertThat(answered).isNotEmpty().isSubsetOf(kept);
				assertThat(kept).hasSizeGreaterThanOrEqualTo(submitted);
				for (String id : answered) {
					assertThat(restarted.bean(Ledger.class).find(id).block().orElseThrow().charged().micros())
						.isEqualTo(40_000);
				}
			}
		}
	}

}
