package dev.heliostat.e2e;

import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.GatewayProcess;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process is killed while it holds money: what it held is settled once, by the process
 * that comes after it.
 */
@Tag("processes")
class BudgetRecoveryTest {

	private static JsonNode budget(GatewayProcess gateway) {
		return JsonMapper.builder().build().readTree(gateway.get("/v1/balance").join().body()).at("/budgets/0");
	}

	@Test
	void whatAKilledProcessHeldIsSettledOnce() {
		try (ReplicateSimulator replicate = new ReplicateSimulator(0)) {
			replicate.usual("latency=1500");
			List<String> arguments = List.of("--heliostat.data-dir=" + Gateway.temporary(),
					"--heliostat.providers.replicate.base-url=" + replicate.baseUrl(),
					"--heliostat.providers.replicate.api-key=" + ReplicateSimulator.TOKEN,
					"--heliostat.generation.lease=2s", "--heliostat.access.budgets[0].project=default",
					"--heliostat.access.budgets[0].usd-micros=120000", "--heliostat.access.budgets[0].window=total");
			try (GatewayProcess first = GatewayProcess.start(List.of(), arguments)) {
				first.generate(Requests.of(Requests.MODEL, "One"), "Idempotency-Key", "k1");
				first.generate(Requests.of(Requests.MODEL, "Two"), "Idempotency-Key", "k2");
				Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> replicate.followed() >= 2);
				assertThat(budget(first).path("reserved").asLong()).isEqualTo(80_000);
				first.kill();
			}
			try (GatewayProcess second = GatewayProcess.start(List.of(), arguments)) {
				assertThat(second.generate(Requests.of(Requests.MODEL, "One"), "Idempotency-Key", "k1")
					.join()
					.statusCode()).isEqualTo(200);
				assertThat(second.generate(Requests.of(Requests.MODEL, "Two"), "Idempotency-Key", "k2")
					.join()
					.statusCode()).isEqualTo(200);
				assertThat(budget(second).path("reserved").asLong()).isZero();
				assertThat(budget(second).path("used").asLong()).isEqualTo(80_000);
				assertThat(second.generate(Requests.of(Requests.MODEL, "Three")).join().statusCode()).isEqualTo(200);
				assertThat(second.generate(Requests.of(Requests.MODEL, "Four")).join().statusCode()).isEqualTo(402);
			}
			assertThat(replicate.submissions()).hasSize(3);
		}
	}

}
