package dev.heliostat.e2e;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.PostgresServer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Keys on PostgreSQL with two nodes: what is changed at one is in force at the other
 * within five seconds: keys, budgets, providers.
 */
class TwoNodesKeysTest extends KeysContract {

	private static final Duration SOON = Duration.ofSeconds(5);

	@Override
	List<List<String>> arguments() {
		List<String> node = new ArrayList<>(PostgresServer.freshDatabase());
		node.add("--heliostat.secret-key=a-secret-of-the-tests-that-is-long-enough-0001");
		return List.of(node, node);
	}

	@Test
	void aRevokedKeyEndsAtTheOtherNodeToo() {
		Gateway other = this.nodes.getLast();
		JsonNode made = create("{\"name\": \"of two nodes\", \"kind\": \"test\"}");
		String secret = made.path("key").asString();
		assertThat(other.get("/v1/models", secret).status()).isEqualTo(200);
		post(KEYS + "/" + made.path("id").asString() + "/revoke", "");
		await().atMost(SOON).untilAsserted(() -> assertThat(other.get("/v1/models", secret).status()).isEqualTo(401));
	}

	@Test
	void aKeyThatWasNotKnownIsKnownSoon() {
		Gateway other = this.nodes.getLast();
		assertThat(other.get(KEYS, Gateway.ADMIN_KEY).status()).isEqualTo(200);
		String secret = create("{\"name\": \"fresh\", \"kind\": \"test\"}").path("key").asString();
		assertThat(other.get("/v1/models", secret).status()).isEqualTo(200);
	}

	@Test
	void aProviderThatIsSwitchedOffIsOffAtTheOtherNodeToo() {
		Gateway other = this.nodes.getLast();
		assertThat(other.generate(Gateway.TEST_KEY, Requests.CARD).status()).isEqualTo(200);
		turn(false);
		await().atMost(SOON).untilAsserted(() -> {
			Answer refused = other.generate(Gateway.TEST_KEY, Requests.CARD);
			assertThat(refused.status()).as(refused.text()).isEqualTo(503);
			assertThat(refused.text()).contains("switched off by an operator");
		});
		turn(true);
		await().atMost(SOON)
			.untilAsserted(() -> assertThat(other.generate(Gateway.TEST_KEY, Requests.CARD).status()).isEqualTo(200));
	}

	@Test
	void aChangedBudgetIsInForceAtTheOtherNodeToo() {
		Gateway other = this.nodes.getLast();
		JsonNode made = create(
				"{\"name\": \"budgeted\", \"kind\": \"test\", \"budget\": {\"images\": 1, \"window\": \"total\"}}");
		String secret = made.path("key").asString();
		JsonNode budget = this.gateway.get("/admin/v1/budgets?key=" + made.path("id").asString(), Gateway.ADMIN_KEY)
			.json()
			.at("/data/0");
		String path = "/admin/v1/budgets/" + budget.path("id").asString();
		// Its node asks what budgets there are every two seconds.
		await().atMost(SOON)
			.untilAsserted(
					() -> assertThat(other.get("/v1/balance", secret).text()).contains(budget.path("id").asString()));
		assertThat(other.generate(secret, Requests.CARD).status()).isEqualTo(200);
		assertThat(other.generate(secret, Requests.CARD).status()).isEqualTo(402);
		change(path, "{\"images\": 2}");
		await().atMost(SOON)
			.untilAsserted(() -> assertThat(other.generate(secret, Requests.CARD).status()).isEqualTo(200));
		change(path, "{\"images\": 100}");
		await().atMost(SOON)
			.untilAsserted(() -> assertThat(other.generate(secret, Requests.CARD).status()).isEqualTo(200));
		change(path, "{\"images\": 1}");
		await().atMost(SOON)
			.untilAsserted(() -> assertThat(other.generate(secret, Requests.CARD).status()).isEqualTo(402));
		this.gateway.send(this.gateway.request(path, Gateway.ADMIN_KEY).DELETE());
		await().atMost(SOON)
			.untilAsserted(() -> assertThat(other.generate(secret, Requests.CARD).status()).isEqualTo(200));
	}

	@Test
	void limitsThatAreGivenToAKeyAreInForceAtTheOtherNodeToo() {
		Gateway other = this.nodes.getLast();
		JsonNode made = create("{\"name\": \"limited later\", \"kind\": \"test\"}");
		String secret = made.path("key").asString();
		assertThat(other.generate(secret, Requests.CARD).header("x-ratelimit-limit-images")).isEmpty();
		change(KEYS + "/" + made.path("id").asString(), "{\"limits\": {\"images\": {\"per_hour\": 5000}}}");
		await().atMost(SOON)
			.untilAsserted(() -> assertThat(other.generate(secret, Requests.CARD).header("x-ratelimit-limit-images"))
				.isEqualTo("5000"));
	}

	private void change(String path, String body) {
		String tag = this.gateway.get(path, Gateway.ADMIN_KEY).header("etag");
		Answer changed = this.gateway.send(this.gateway.request(path, Gateway.ADMIN_KEY)
			.header("content-type", "application/json")
			.header("if-match", tag)
			.method("PATCH", HttpRequest.BodyPublishers.ofString(body)));
		assertThat(changed.status()).as(changed.text()).isEqualTo(200);
	}

	private void turn(boolean on) {
		assertThat(this.gateway
			.send(this.gateway.request("/admin/v1/providers/sandbox", Gateway.ADMIN_KEY)
				.header("content-type", "application/json")
				.PUT(HttpRequest.BodyPublishers.ofString("{\"enabled\": " + on + "}")))
			.status()).isEqualTo(200);
	}

}
