package dev.heliostat.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import dev.heliostat.testing.SharedModel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients see of limits.
 */
class CallerLimitsTest {

	private static final String BODY = Requests.of(SharedModel.SLUG, "A cat");

	private final SharedModel shared = new SharedModel();

	@AfterEach
	void stop() {
		this.shared.close();
	}

	private Gateway gateway(String... limits) {
		return Gateway.start(this.shared.arguments(List.of("", "", ""), limits));
	}

	@Test
	void aRequestBeyondALimitIsToldWhenToComeBack() {
		try (Gateway gateway = gateway("--heliostat.access.limits.each-key.requests.per-hour=5",
				"--heliostat.access.limits.keys.key_bootstrap_test.images.per-minute=3")) {
			for (int i = 4; i >= 0; i--) {
				Answer answer = gateway.generate(Gateway.LIVE_KEY, BODY);
				assertThat(answer.status()).isEqualTo(200);
				assertThat(answer.header("x-ratelimit-limit-requests")).isEqualTo("5");
				assertThat(answer.header("x-ratelimit-remaining-requests")).isEqualTo(Integer.toString(i));
				assertThat(answer.header("x-ratelimit-reset-requests")).matches("1h[0-9]+m[0-9.]+s");
			}
			Answer refused = gateway.generate(Gateway.LIVE_KEY, BODY);
			assertThat(refused.status()).isEqualTo(429);
			assertThat(refused.json().at("/error/code").asString()).isEqualTo("rate_limit_exceeded");
			assertThat(refused.json().at("/error/message").asString())
				.contains("This key may ask for 5 requests an hour");
			assertThat(Integer.parseInt(refused.header("retry-after"))).isGreaterThan(60);
			assertThat(refused.header("x-should-retry")).isEqualTo("false");
			assertThat(refused.header("x-ratelimit-remaining-requests")).isEqualTo("0");
			// The other key has limits of its own, which count pictures.
			String two = Requests.of(SharedModel.SLUG, "A cat", "\"n\": 2");
			Answer pictures = gateway.generate(Gateway.TEST_KEY, two);
			assertThat(pictures.status()).isEqualTo(200);
			assertThat(pictures.header("x-ratelimit-remaining-images")).isEqualTo("1");
			assertThat(gateway.generate(Gateway.TEST_KEY, two).status()).isEqualTo(429);
			Answer never = gateway.generate(Gateway.TEST_KEY, Requests.of(SharedModel.SLUG, "A cat", "\"n\": 4"));
			assertThat(never.status()).isEqualTo(400);
			assertThat(gateway.get("/v1/generations", Gateway.LIVE_KEY).json().path("data").size()).isEqualTo(5);
		}
	}

	@Test
	void whatABudgetRefusesCountsAsNoPicture() {
		try (Gateway gateway = gateway("--heliostat.access.limits.each-key.images.per-hour=4",
				"--heliostat.access.budgets[0].project=default", "--heliostat.access.budgets[0].images=3",
				"--heliostat.access.budgets[0].warn-at-percent=50")) {
			// Half of three is more than one.
			Answer first = gateway.generate(Gateway.LIVE_KEY, BODY);
			assertThat(first.header("x-heliostat-budget-warning")).isEmpty();
			for (int i = 0; i < 5; i++) {
				Answer refused = gateway.generate(Gateway.LIVE_KEY, Requests.of(SharedModel.SLUG, "A cat", "\"n\": 3"));
				assertThat(refused.status()).isEqualTo(402);
			}
			Answer second = gateway.generate(Gateway.LIVE_KEY, BODY);
			assertThat(second.status()).isEqualTo(200);
			assertThat(second.header("x-heliostat-budget-warning")).isNotEmpty();
			assertThat(second.header("x-ratelimit-remaining-images")).isEqualTo("2");
		}
	}

	@Test
	void whereWaitingIsConfiguredRequestsWaitForTheirTurn() {
		try (Gateway gateway = gateway("--heliostat.access.limits.each-project.at-once=2",
				"--heliostat.access.limits.wait=20s");
				ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
			this.shared.of("alpha").usual("latency=50");
			List<CompletableFuture<Answer>> answers = new ArrayList<>();
			for (int i = 0; i < 12; i++) {
				answers.add(CompletableFuture.supplyAsync(() -> gateway.generate(Gateway.LIVE_KEY, BODY), clients));
			}
			assertThat(answers).allMatch(answer -> answer.join().status() == 200);
		}
	}

}
