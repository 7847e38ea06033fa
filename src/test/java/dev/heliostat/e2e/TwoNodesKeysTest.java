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
 * within five seconds.
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

	private void turn(boolean on) {
		assertThat(this.gateway
			.send(this.gateway.request("/admin/v1/providers/sandbox", Gateway.ADMIN_KEY)
				.header("content-type", "application/json")
				.PUT(HttpRequest.BodyPublishers.ofString("{\"enabled\": " + on + "}")))
			.status()).isEqualTo(200);
	}

}
