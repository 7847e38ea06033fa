package dev.heliostat.e2e;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

import dev.heliostat.simulator.FireworksSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.simulator.TogetherSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The store goes away while a picture is made: what is known of it is written when the
 * store is back, by the node itself, and nothing stays reserved.
 */
class LostStoreTest {

	private static final String TWO = Requests.of("flux.1-schnell", "A cat",
			"\"provider\": {\"order\": [\"together\", \"fireworks\"]}");

	private static final Duration SOON = Duration.ofSeconds(20);

	private final TogetherSimulator together = new TogetherSimulator(0);

	private final FireworksSimulator fireworks = new FireworksSimulator(0);

	private final ReplicateSimulator replicate = new ReplicateSimulator(0);

	private Gateway gateway;

	@BeforeEach
	void start() {
		start("--heliostat.access.budgets[0].project=default", "--heliostat.access.budgets[0].usd-micros=1000000",
				"--heliostat.access.budgets[0].window=total");
	}

	private void start(String... more) {
		List<String> arguments = new ArrayList<>(
				List.of("--heliostat.providers.together.base-url=" + this.together.baseUrl(),
						"--heliostat.providers.together.api-key=" + this.together.credential(),
						"--heliostat.providers.fireworks.base-url=" + this.fireworks.baseUrl(),
						"--heliostat.providers.fireworks.api-key=" + this.fireworks.credential(),
						"--heliostat.providers.replicate.base-url=" + this.replicate.baseUrl(),
						"--heliostat.providers.replicate.api-key=" + ReplicateSimulator.TOKEN,
						"--heliostat.generation.lease=2s"));
		arguments.addAll(List.of(more));
		this.gateway = Gateway.start(arguments.toArray(String[]::new));
	}

	@AfterEach
	void stop() {
		this.gateway.close();
		this.together.close();
		this.fireworks.close();
		this.replicate.close();
	}

	private void take() {
		this.gateway.bean(JdbcClient.class).sql("alter table generation rename to generation_away").update();
	}

	private void giveBack() {
		this.gateway.bean(JdbcClient.class).sql("alter table generation_away rename to generation").update();
	}

	private Answer generate(String body) {
		return this.gateway.send(this.gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.header("idempotency-key", "k1")
			.POST(BodyPublishers.ofString(body)));
	}

	private CompletableFuture<Answer> begin(String body) {
		return CompletableFuture.supplyAsync(() -> generate(body), Thread::startVirtualThread);
	}

	private JsonNode budget() {
		return this.gateway.get("/v1/balance", Gateway.LIVE_KEY).json().at("/budgets/0");
	}

	private JsonNode newest() {
		return this.gateway.get("/v1/generations", Gateway.LIVE_KEY).json().at("/data/0");
	}

	@Test
	void aFailoverThatCannotBeWrittenDownEndsTheGenerationUnbilled() {
		this.together.usual("latency=1000, status=503");
		CompletableFuture<Answer> first = begin(TWO);
		await().atMost(SOON).until(() -> budget().path("reserved").asLong() > 0);
		take();
		Answer refused = first.join();
		assertThat(refused.status()).as(refused.text()).isEqualTo(503);
		assertThat(refused.json().at("/error/code").asString()).isEqualTo("store_unavailable");
		assertThat(refused.header("x-should-retry")).isEqualTo("true");
		assertThat(this.fireworks.submissions()).isEmpty();
		giveBack();
		await().atMost(SOON).untilAsserted(() -> {
			assertThat(newest().path("status").asString()).isEqualTo("failed");
			assertThat(budget().path("reserved").asLong()).isZero();
			assertThat(budget().path("used").asLong()).isZero();
		});
		// Certainly unbilled, so the key runs it anew.
		this.together.usual("");
		Answer served = generate(TWO);
		assertThat(served.status()).as(served.text()).isEqualTo(200);
	}

	@Test
	void anEndThatCouldNotBeWrittenIsWrittenLaterAsItWas() {
		this.together.usual("latency=1000");
		CompletableFuture<Answer> first = begin(TWO);
		await().atMost(SOON).until(() -> budget().path("reserved").asLong() > 0);
		take();
		Answer served = first.join();
		assertThat(served.status()).as(served.text()).isEqualTo(200);
		giveBack();
		await().atMost(SOON).untilAsserted(() -> {
			assertThat(newest().path("status").asString()).isEqualTo("succeeded");
			assertThat(budget().path("reserved").asLong()).isZero();
			assertThat(budget().path("used").asLong()).isEqualTo(served.json().at("/metadata/cost_micros").asLong());
		});
		assertThat(generate(TWO).json().at("/metadata/id").asString())
			.isEqualTo(served.json().at("/metadata/id").asString());
		assertThat(this.together.submissions()).hasSize(1);
	}

	@Test
	void aJobWhoseIdCannotBeWrittenDownIsFollowedAllTheSame() {
		this.replicate.usual("latency=1500");
		CompletableFuture<Answer> first = begin(Requests.CARD);
		await().atMost(SOON).until(() -> this.replicate.created() > 0);
		take();
		await().atMost(SOON).until(() -> this.replicate.followed() > 0);
		giveBack();
		Answer served = first.join();
		assertThat(served.status()).as(served.text()).isEqualTo(200);
		assertThat(served.json().at("/metadata/cost_micros").asLong()).isEqualTo(40_000);
		await().atMost(SOON).until(() -> budget().path("used").asLong() == 40_000);
	}

	@Test
	void whatNobodyWorksOnIsBroughtToItsEndByItsOwnNode() {
		assertThat(generate(TWO).status()).isEqualTo(200);
		// As if the write of its end and its memory had been lost.
		JdbcClient jdbc = this.gateway.bean(JdbcClient.class);
		jdbc.sql("update generation set settled = 0, status = 'RUNNING', result = null").update();
		await().atMost(SOON)
			.until(() -> jdbc.sql("select count(*) from generation where settled = 0").query(Long.class).single() == 0);
		assertThat(this.together.submissions()).hasSize(1);
	}

}
