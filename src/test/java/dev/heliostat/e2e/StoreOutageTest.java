package dev.heliostat.e2e;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The store cannot be written: nothing billable is begun, unless the operator prefers to
 * go on, and then nothing is forgotten.
 */
class StoreOutageTest {

	private final ReplicateSimulator replicate = new ReplicateSimulator(0);

	private final OpenAiSimulator openAi = new OpenAiSimulator(0);

	@AfterEach
	void stop() {
		this.replicate.close();
		this.openAi.close();
	}

	private static void take(Gateway gateway) {
		gateway.bean(JdbcClient.class).sql("alter table generation rename to generation_away").update();
	}

	private static void giveBack(Gateway gateway) {
		gateway.bean(JdbcClient.class).sql("alter table generation_away rename to generation").update();
	}

	private static Answer generate(Gateway gateway, String prompt, String... headers) {
		var request = gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.POST(BodyPublishers.ofString(Requests.of(Requests.MODEL, prompt)));
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		return gateway.send(request);
	}

	@Test
	void nothingBillableIsBegun() {
		try (Gateway gateway = Gateway.start(Gateway.behind(this.replicate, this.openAi))) {
			take(gateway);
			Answer refused = generate(gateway, "Not now");
			assertThat(refused.status()).isEqualTo(503);
			assertThat(refused.json().at("/error/code").asString()).isEqualTo("store_unavailable");
			assertThat(refused.json().at("/error/message").asString()).contains("nothing billable");
			assertThat(this.replicate.submissions()).isEmpty();
			giveBack(gateway);
			assertThat(generate(gateway, "Not now").status()).isEqualTo(200);
			assertThat(this.replicate.submissions()).hasSize(1);
		}
	}

	@Test
	void whoFailsOpenGoesOnAndForgetsNothing() {
		try (Gateway gateway = Gateway
			.start(Gateway.behind(this.replicate, this.openAi, "--heliostat.ledger.fail-open=true"))) {
			take(gateway);
			for (int i = 0; i < 3; i++) {
				assertThat(generate(gateway, "Now " + i).status()).isEqualTo(200);
			}
			assertThat(gateway.metrics()).containsPattern("heliostat_store_failopen_backlog\\S* 3");
			// A key promises that no other node runs it too, which nobody can promise
			// now.
			assertThat(generate(gateway, "Keyed", "Idempotency-Key", "k1").status()).isEqualTo(503);
			assertThat(this.replicate.submissions()).hasSize(3);
			giveBack(gateway);
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.until(() -> gateway.metrics()
					.contains("heliostat_store_failopen_backlog{application=\"heliostat\"} 0"));
			JsonNode usage = gateway.get("/admin/v1/usage", Gateway.ADMIN_KEY).json().at("/data/0");
			assertThat(usage.path("cost_micros").asLong()).isEqualTo(120_000);
			assertThat(usage.path("requests").asLong()).isEqualTo(3);
			assertThat(
					gateway.get("/admin/v1/generations?status=succeeded", Gateway.ADMIN_KEY).json().path("data").size())
				.isEqualTo(3);
			assertThat(generate(gateway, "Keyed", "Idempotency-Key", "k1").status()).isEqualTo(200);
		}
	}

}
