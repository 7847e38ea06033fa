package dev.heliostat.e2e;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import dev.heliostat.testing.SharedModel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the operator and the request choose among equals: priorities, weights, limits,
 * scopes, and a share of requests that explores.
 */
class StrategiesTest {

	private static final String BODY = Requests.of(SharedModel.SLUG, "A cat");

	private final SharedModel shared = new SharedModel();

	private Gateway gateway;

	private void start(List<String> offerings, String... more) {
		this.gateway = Gateway.start(this.shared.arguments(offerings, more));
	}

	@AfterEach
	void stop() {
		this.gateway.close();
		this.shared.close();
	}

	private JsonNode explain(String body) {
		return this.gateway.post("/admin/v1/explain", Gateway.ADMIN_KEY, body).json();
	}

	private String provider(String body) {
		Answer answer = this.gateway.generate(Gateway.LIVE_KEY, body);
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		return answer.header("x-heliostat-provider");
	}

	@Test
	void prioritiesComeFirstAndWeightsShareWhatIsLeft() {
		start(List.of("priority: 2", "weight: 3", "weight: 1"), "--heliostat.routing.strategy=priority");
		Map<String, Integer> served = new HashMap<>();
		for (int i = 0; i < 8; i++) {
			String told = explain(BODY).at("/candidates/0/offering").asString();
			String provider = provider(BODY);
			assertThat(told).as("what was explained is what happens").isEqualTo(provider + "/shared-model");
			served.merge(provider, 1, Integer::sum);
		}
		assertThat(served).isEqualTo(Map.of("beta", 6, "gamma", 2));
		this.shared.of("beta").usual("status=503");
		this.shared.of("gamma").usual("status=503");
		assertThat(provider(BODY)).isEqualTo("alpha");
	}

	@Test
	void aShareOfRequestsExploresWhatIsHardlyDearer() {
		start(List.of("", "", ""), "--heliostat.routing.explore=1");
		String balanced = Requests.of(SharedModel.SLUG, "A cat", "\"provider\": {\"ignore\": [\"alpha\"]}");
		assertThat(explain(balanced).path("exploration").asDouble()).isEqualTo(1);
		assertThat(provider(balanced)).as("gamma costs half as much again as beta").isEqualTo("gamma");
		assertThat(explain(BODY).path("exploration").asDouble()).as("beta costs twice as much").isZero();
		assertThat(provider(BODY)).isEqualTo("alpha");
		String ordered = Requests.of(SharedModel.SLUG, "A cat", "\"provider\": {\"order\": [\"beta\", \"gamma\"]}");
		assertThat(explain(ordered).path("exploration").asDouble()).isZero();
		assertThat(provider(ordered)).isEqualTo("beta");
	}

	@Test
	void whatKeysAndProjectsMayUse() {
		start(List.of("", "", ""), "--heliostat.access.projects.default.providers.deny=alpha",
				"--heliostat.access.keys.key_bootstrap_live.models.allow=shared-*,gpt-image-2",
				"--heliostat.access.keys.key_bootstrap_live.models.deny=gpt-image-2");
		assertThat(provider(BODY)).isEqualTo("beta");
		assertThat(explain(BODY).path("exclusions").toString()).contains("This key may not use the provider.");
		Answer other = this.gateway.generate(Gateway.LIVE_KEY, Requests.CARD);
		assertThat(other.status()).isEqualTo(403);
		assertThat(other.json().at("/error/code").asString()).isEqualTo("key_not_allowed");
		assertThat(other.text()).contains("This key may not use the model");
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, Requests.of("gpt-image-2", "A cat")).status())
			.isEqualTo(403);
		Answer forced = this.gateway.generate(Gateway.LIVE_KEY, Requests.of("alpha/shared-model", "A cat"));
		assertThat(forced.status()).isEqualTo(503);
		assertThat(forced.text()).contains("This key may not use the provider.");
		Answer fallback = this.gateway.generate(Gateway.LIVE_KEY,
				Requests.of(SharedModel.SLUG, "A cat", "\"models\": [\"flux.1-schnell\"]"));
		assertThat(fallback.status()).as("a fallback is no way around it").isEqualTo(403);
		JsonNode models = this.gateway.get("/v1/models", Gateway.LIVE_KEY).json().path("data");
		assertThat(models).hasSize(1);
		assertThat(this.gateway.get("/v1/models", Gateway.TEST_KEY).json().path("data").size()).isGreaterThan(50);
	}

	@Test
	void picturesAndMegapixelsOfACredentialAreCountedToo() {
		start(List.of("", "", ""), "--heliostat.providers.alpha.images-per-minute=3",
				"--heliostat.providers.beta.megapixels-per-minute=2");
		String two = Requests.of(SharedModel.SLUG, "A cat", "\"n\": 2", "\"size\": \"1024x1024\"");
		String one = Requests.of(SharedModel.SLUG, "A cat", "\"size\": \"1024x1024\"");
		assertThat(provider(two)).isEqualTo("alpha");
		assertThat(provider(one)).as("three pictures").isEqualTo("alpha");
		assertThat(provider(one)).as("no fourth one").isEqualTo("beta");
		assertThat(provider(one)).as("two megapixels are less than two pictures").isEqualTo("gamma");
		Answer full = this.gateway.generate(Gateway.LIVE_KEY, Requests.of("beta/" + SharedModel.SLUG, "A cat"));
		assertThat(full.status()).as(full.text()).isEqualTo(429);
		assertThat(full.text()).contains("as many megapixels as it permits");
		assertThat(Integer.parseInt(full.header("retry-after"))).isBetween(1, 60);
		assertThat(this.shared.of("beta").submissions()).hasSize(1);
	}

	@Test
	void whatACredentialMayNotDoIsDoneElsewhere() {
		start(List.of("", "", ""), "--heliostat.providers.alpha.at-once=1", "--heliostat.providers.beta.per-minute=2");
		this.shared.of("alpha").usual("latency=2000");
		CompletableFuture<Answer> slow = CompletableFuture
			.supplyAsync(() -> this.gateway.generate(Gateway.LIVE_KEY, BODY));
		Awaitility.await().until(() -> !this.shared.of("alpha").submissions().isEmpty());
		Answer second = this.gateway.generate(Gateway.LIVE_KEY, BODY);
		assertThat(second.header("x-heliostat-provider")).isEqualTo("beta");
		assertThat(second.json().at("/metadata/attempts/0/failure").asString()).isEqualTo("saturated");
		assertThat(provider(BODY)).isEqualTo("beta");
		assertThat(provider(BODY)).as("two a minute").isEqualTo("gamma");
		Answer full = this.gateway.generate(Gateway.LIVE_KEY, Requests.of("beta/shared-model", "A cat"));
		assertThat(full.status()).isEqualTo(429);
		assertThat(Integer.parseInt(full.header("retry-after"))).isBetween(1, 60);
		assertThat(full.text()).contains("the gateway's own limit");
		assertThat(slow.join().header("x-heliostat-provider")).isEqualTo("alpha");
		assertThat(this.shared.of("beta").submissions()).hasSize(2);
		assertThat(explain(BODY).path("candidates").toString()).as("no circuit counts it").doesNotContain("open");
		this.shared.of("alpha").usual("");
		assertThat(provider(BODY)).isEqualTo("alpha");
	}

}
