package dev.heliostat.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.PostgresServer;
import dev.heliostat.testing.RedisServer;
import dev.heliostat.testing.Requests;
import dev.heliostat.testing.SharedModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two nodes with PostgreSQL and Redis, seen by clients and operators.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisNodesTest {

	private static final String KEYS = "/admin/v1/keys";

	private static final String BODY = Requests.of(SharedModel.SLUG, "A cat");

	private final SharedModel shared = new SharedModel();

	private final RedisServer redis = RedisServer.start();

	private final List<Gateway> nodes = new ArrayList<>();

	@BeforeAll
	void start() {
		List<String> node = new ArrayList<>(PostgresServer.freshDatabase());
		node.addAll(List.of("--heliostat.secret-key=a-secret-of-the-tests-that-is-long-enough-0001",
				"--heliostat.access.limits.keys.key_bootstrap_test.requests.per-hour=6",
				"--heliostat.access.limits.keys.key_bootstrap_live.at-once=100", "--heliostat.circuit.window=4",
				"--heliostat.circuit.minimum-calls=2", "--heliostat.circuit.open-for=10m",
				"--heliostat.redis.timeout=2s", this.redis.argument()));
		for (int i = 0; i < 2; i++) {
			this.nodes.add(Gateway.start(this.shared.arguments(List.of("", "", ""), node.toArray(String[]::new))));
		}
	}

	@AfterAll
	void stop() {
		this.nodes.forEach(Gateway::close);
		this.redis.close();
		this.shared.close();
	}

	private boolean shows(int node, String line) {
		return Pattern.compile(line).matcher(this.nodes.get(node).metrics()).find();
	}

	@Test
	void aLimitIsExactOverBothNodes() {
		for (int i = 0; i < 6; i++) {
			// One of them alone could take more than its half.
			Answer answer = this.nodes.get((i == 0) ? 1 : 0).generate(Gateway.TEST_KEY, BODY);
			assertThat(answer.status()).as(answer.text()).isEqualTo(200);
			assertThat(answer.header("x-ratelimit-limit-requests")).isEqualTo("6");
			assertThat(answer.header("x-ratelimit-remaining-requests")).isEqualTo(Integer.toString(5 - i));
			assertThat(answer.header("x-ratelimit-reset-requests")).matches("1h[0-9]+m[0-9.]+s");
		}
		for (Gateway node : this.nodes) {
			Answer refused = node.generate(Gateway.TEST_KEY, BODY);
			assertThat(refused.status()).isEqualTo(429);
			assertThat(refused.json().at("/error/message").asString())
				.contains("This key may ask for 6 requests an hour");
			assertThat(Integer.parseInt(refused.header("retry-after"))).isGreaterThan(60);
			assertThat(refused.header("x-ratelimit-remaining-requests")).isEqualTo("0");
		}
	}

	@Test
	void whatBreaksAtOneNodeRestsAtTheOtherToo() {
		assertThat(this.nodes.get(1).generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(200);
		this.shared.of("alpha").usual("status=503");
		for (int i = 0; i < 4; i++) {
			assertThat(this.nodes.get(0).generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(200);
		}
		await().until(() -> isIn(0, "open") && isIn(1, "open"));
		this.shared.of("alpha").usual("");
		assertThat(this.nodes.get(0)
			.generate(Gateway.LIVE_KEY, Requests.of("alpha/" + SharedModel.SLUG, "A cat"))
			.status()).isEqualTo(200);
		await().until(() -> isIn(0, "closed") && isIn(1, "closed"));
	}

	private boolean isIn(int node, String state) {
		return shows(node, "heliostat_circuit_state\\{[^}]*provider=\"alpha\"[^}]*state=\"" + state + "\"[^}]*} 1");
	}

	/** Without a hint it would be remembered for four seconds. */
	@Test
	void aRevokedKeyEndsAtTheOtherNodeAtOnce() {
		JsonNode made = this.nodes.get(0)
			.post(KEYS, Gateway.ADMIN_KEY, "{\"name\": \"of two nodes\", \"kind\": \"test\"}")
			.json();
		String secret = made.path("key").asString();
		assertThat(this.nodes.get(1).get("/v1/models", secret).status()).isEqualTo(200);
		this.nodes.get(0).post(KEYS + "/" + made.path("id").asString() + "/revoke", Gateway.ADMIN_KEY, "");
		await().atMost(Duration.ofMillis(3500))
			.until(() -> this.nodes.get(1).get("/v1/models", secret).status() == 401);
	}

	@Test
	void withoutRedisTheGatewayGoesOnAndSaysSo() {
		await().until(() -> shows(0, "heliostat_redis_up\\{?.*} 1.0") && shows(1, "heliostat_redis_up\\{?.*} 1.0"));
		this.redis.stop();
		for (int i = 0; i < 2; i++) {
			int node = i;
			assertThat(this.nodes.get(i).generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(200);
			await().until(() -> shows(node, "heliostat_redis_up\\{?.*} 0.0"));
			assertThat(shows(i, "heliostat_redis_fallbacks_total\\{?.*} [1-9]")).isTrue();
			Answer ready = this.nodes.get(i)
				.get(this.nodes.get(i).managementUrl() + "/actuator/health/readiness", Gateway.ADMIN_KEY);
			assertThat(ready.status()).isEqualTo(200);
		}
		this.redis.restart();
		await().until(() -> shows(0, "heliostat_redis_up\\{?.*} 1.0") && shows(1, "heliostat_redis_up\\{?.*} 1.0"));
		assertThat(this.nodes.get(0).generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(200);
	}

}
