package dev.heliostat.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import dev.heliostat.testing.SharedModel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three providers of one model, and what becomes of requests while one of them, or all,
 * fail every call unbilled.
 */
class FailingProviderTest {

	private static final int MINIMUM_CALLS = 5;

	private static final String BODY = Requests.of(SharedModel.SLUG, "A cat");

	private final SharedModel shared = new SharedModel();

	private Gateway gateway;

	@BeforeEach
	void start() {
		this.gateway = Gateway
			.start(this.shared.arguments(List.of("", "", ""), "--heliostat.circuit.minimum-calls=" + MINIMUM_CALLS,
					"--heliostat.circuit.open-for=500ms", "--heliostat.routing.explore=0"));
	}

	@AfterEach
	void stop() {
		this.gateway.close();
		this.shared.close();
	}

	private JsonNode explained(String provider) {
		JsonNode candidates = this.gateway.post("/admin/v1/explain", Gateway.ADMIN_KEY, BODY).json().path("candidates");
		for (JsonNode candidate : candidates) {
			if (candidate.path("offering").asString().startsWith(provider)) {
				return candidate;
			}
		}
		throw new AssertionError(provider + " is no candidate: " + candidates);
	}

	private String first() {
		return this.gateway.post("/admin/v1/explain", Gateway.ADMIN_KEY, BODY)
			.json()
			.at("/candidates/0/offering")
			.asString();
	}

	private List<Answer> atOnce(int requests) {
		try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
			List<CompletableFuture<Answer>> answers = new ArrayList<>();
			for (int i = 0; i < requests; i++) {
				answers
					.add(CompletableFuture.supplyAsync(() -> this.gateway.generate(Gateway.LIVE_KEY, BODY), clients));
			}
			return answers.stream().map(CompletableFuture::join).toList();
		}
	}

	@Test
	void whileOneFailsEveryRequestIsServedAndHardlyAnyNoticesIt() {
		OpenAiSimulator bad = this.shared.of("alpha");
		bad.usual("status=503");
		int detours = 0;
		for (int i = 0; i < 100; i++) {
			Answer answer = this.gateway.generate(Gateway.LIVE_KEY, BODY);
			assertThat(answer.status()).as(answer.text()).isEqualTo(200);
			assertThat(answer.header("x-heliostat-provider")).isEqualTo("beta");
			detours += answer.header("x-heliostat-attempts").equals("2") ? 1 : 0;
		}
		// Until the circuit opens, and one probe whenever it has been open long enough:
		// the
		// median request goes straight to who serves it.
		assertThat(detours).isBetween(1, 49);
		assertThat(bad.submissions()).hasSize(detours);
	}

	@Test
	void whatFailsIsProbedByOneRequestAndBackAfterIt() {
		OpenAiSimulator bad = this.shared.of("alpha");
		bad.usual("status=503");
		Awaitility.await().until(() -> {
			assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(200);
			return explained("alpha").path("standing").asString().equals("open");
		});
		assertThat(explained("alpha").path("circuit").asString()).isEqualTo("open");
		assertThat(first()).isEqualTo("beta/shared-model");

		// Still failing: of many at once only one finds that out, and it is served too.
		awaitProbe();
		bad.clear();
		bad.usual("status=503, latency=200");
		List<Answer> answers = atOnce(20);
		assertThat(answers).allMatch(answer -> answer.status() == 200);
		assertThat(answers).filteredOn(answer -> answer.header("x-heliostat-attempts").equals("2")).hasSize(1);
		assertThat(bad.submissions()).hasSize(1);

		// Well again: one probe, and it is the first choice as before.
		bad.usual("");
		awaitProbe();
		assertThat(first()).isEqualTo("alpha/shared-model");
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).header("x-heliostat-provider")).isEqualTo("alpha");
		assertThat(explained("alpha").path("standing").asString()).isEqualTo("ready");
		assertThat(atOnce(10)).allMatch(answer -> answer.header("x-heliostat-provider").equals("alpha"));
	}

	private void awaitProbe() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(5))
			.until(() -> explained("alpha").path("standing").asString().equals("probe"));
	}

	@Test
	void whoAsksToBeLeftAloneIsLeftAlone() {
		OpenAiSimulator busy = this.shared.of("alpha");
		busy.usual("status=429, retry-after=30");
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).header("x-heliostat-attempts")).isEqualTo("2");
		assertThat(explained("alpha").path("standing").asString()).isEqualTo("resting");
		for (int i = 0; i < 5; i++) {
			assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).header("x-heliostat-attempts")).isEqualTo("1");
		}
		assertThat(busy.submissions()).hasSize(1);
	}

	@Test
	void whereAllFailOneAnswerListsThemAllAndSaysWhenToRetry() {
		this.shared.all().forEach(simulator -> simulator.usual("status=503"));
		for (int i = 0; i < 2 * MINIMUM_CALLS; i++) {
			this.shared.all().forEach(simulator -> simulator.usual("status=503"));
			Answer answer = this.gateway.generate(Gateway.LIVE_KEY, BODY);
			assertThat(answer.status()).isEqualTo(502);
			assertThat(answer.json().at("/error/code").asString()).isEqualTo("all_providers_failed");
			assertThat(answer.json().at("/error/message").asString()).contains("alpha capacity", "beta capacity",
					"gamma capacity");
			assertThat(answer.header("x-should-retry")).isEqualTo("true");
			assertThat(answer.header("retry-after")).isEqualTo("1");
		}
		this.shared.all().forEach(simulator -> simulator.usual("status=404"));
		Answer hopeless = this.gateway.generate(Gateway.LIVE_KEY, BODY);
		assertThat(hopeless.status()).isEqualTo(502);
		assertThat(hopeless.header("x-should-retry")).isEqualTo("false");
		this.shared.all().forEach(simulator -> simulator.usual("status=429, retry-after=90"));
		Answer later = this.gateway.generate(Gateway.LIVE_KEY, BODY);
		assertThat(later.status()).isEqualTo(502);
		assertThat(later.header("x-should-retry")).as("Node's SDK ignores such a wait and hammers").isEqualTo("false");
		assertThat(later.header("retry-after")).isEqualTo("90");
	}

}
