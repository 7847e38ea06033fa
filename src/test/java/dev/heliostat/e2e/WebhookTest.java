package dev.heliostat.e2e;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.simulator.Simulator.Received;
import dev.heliostat.simulator.WebhookReceiver;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that name a URL are told of the end of their generation there, signed, until
 * they have it.
 */
class WebhookTest {

	private static ReplicateSimulator replicate;

	private static OpenAiSimulator openAi;

	private static WebhookReceiver receiver;

	private static Gateway gateway;

	private static int number;

	private final String path = "/hook/" + ++number;

	@BeforeAll
	static void start() {
		replicate = new ReplicateSimulator(0);
		openAi = new OpenAiSimulator(0);
		receiver = new WebhookReceiver();
		gateway = Gateway.start(Gateway.behind(replicate, openAi, "--heliostat.egress.allow=127.0.0.1/32",
				"--heliostat.webhooks.pause=100ms", "--heliostat.webhooks.tries=3"));
	}

	@AfterAll
	static void stop() {
		gateway.close();
		replicate.close();
		openAi.close();
		receiver.close();
	}

	@BeforeEach
	void clear() {
		replicate.clear();
		openAi.clear();
		receiver.clear();
	}

	private static Answer send(String url, String... headers) {
		var request = gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.POST(BodyPublishers
				.ofString(Requests.of(Requests.MODEL, "told of it " + number, "\"webhook_url\": \"" + url + "\"")));
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		return gateway.send(request);
	}

	private Answer begin() {
		return send(receiver.origin() + this.path, "prefer", "respond-async");
	}

	private List<Received> messages(int many) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> receiver.messages(this.path).size() >= many);
		return receiver.messages(this.path);
	}

	private static String secret() {
		return gateway.get("/v1/webhooks/secret", Gateway.LIVE_KEY).json().at("/key").asString();
	}

	/** As the specification of Standard Webhooks has it, without a library. */
	private static String signature(String secret, Received message) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
			String signed = message.headers().get("webhook-id") + "." + message.headers().get("webhook-timestamp") + "."
					+ message.body();
			return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static JsonNode deliveries(String id) {
		return gateway.get("/v1/generations/" + id + "/deliveries", Gateway.LIVE_KEY).json().at("/data");
	}

	@Test
	void theEndIsToldWithASignature() {
		String id = begin().json().at("/id").asString();
		Received message = messages(1).getFirst();
		assertThat(message.headers()).containsEntry("webhook-signature", signature(secret(), message));
		assertThat(message.headers().get("webhook-id")).startsWith("msg_");
		assertThat(Long.parseLong(message.headers().get("webhook-timestamp")))
			.isBetween(Instant.now().getEpochSecond() - 60, Instant.now().getEpochSecond() + 1);
		JsonNode said = message.json();
		assertThat(said.at("/type").asString()).isEqualTo("generation.succeeded");
		assertThat(said.at("/data/id").asString()).isEqualTo(id);
		assertThat(said.at("/data/metadata/cost_micros").asLong()).isEqualTo(40_000);
		String url = said.at("/data/result/data/0/url").asString();
		assertThat(gateway.get(url, "").response().body()).hasSizeGreaterThan(100);
		Awaitility.await().until(() -> deliveries(id).size() == 1);
		assertThat(deliveries(id).at("/0/outcome").asString()).isEqualTo("delivered");
		assertThat(gateway.metrics()).containsPattern("heliostat_webhooks_total\\{[^}]*outcome=\"delivered\"")
			.as("hosts that clients name are no labels")
			.doesNotContainPattern("http_client_requests_seconds_count\\{[^}]*status=\"204\"");
	}

	@Test
	void anOperatorSendsItAgain() {
		String id = begin().json().at("/id").asString();
		messages(1);
		Awaitility.await().until(() -> deliveries(id).size() == 1);
		JsonNode message = gateway.get("/admin/v1/webhooks/" + id, Gateway.ADMIN_KEY).json();
		assertThat(message.at("/state").asString()).isEqualTo("delivered");
		assertThat(gateway.post("/admin/v1/webhooks/" + id + "/redeliver", Gateway.ADMIN_KEY, "{}").status())
			.isEqualTo(202);
		List<Received> both = messages(2);
		assertThat(both.get(1).headers().get("webhook-id")).isEqualTo(both.get(0).headers().get("webhook-id"));
		Awaitility.await().until(() -> deliveries(id).size() == 2);
		assertThat(gateway.get("/admin/v1/webhooks?limit=1", Gateway.ADMIN_KEY).json().at("/data").size()).isEqualTo(1);
	}

	@Test
	void whoWaitsForTheAnswerIsToldToo() {
		Answer answer = send(receiver.origin() + this.path);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(messages(1).getFirst().json().at("/data/id").asString())
			.isEqualTo(answer.json().at("/metadata/id").asString());
	}

	@Test
	void aFailureIsToldAsWell() {
		replicate.usual("failed");
		begin();
		JsonNode said = messages(1).getFirst().json();
		assertThat(said.at("/type").asString()).isEqualTo("generation.failed");
		assertThat(said.at("/data/error/code").asString()).isEqualTo("all_providers_failed");
	}

	@Test
	void aReceiverThatFailsIsToldAgain() {
		receiver.answer(500, 302);
		String id = begin().json().at("/id").asString();
		List<Received> messages = messages(3);
		assertThat(messages).extracting(message -> message.headers().get("webhook-id"))
			.containsOnly(messages.getFirst().headers().get("webhook-id"));
		assertThat(messages).extracting(Received::body).containsOnly(messages.getFirst().body());
		assertThat(receiver.messages("/elsewhere")).as("redirects are not followed").isEmpty();
		Awaitility.await().until(() -> deliveries(id).size() == 3);
		assertThat(deliveries(id)).extracting(each -> each.at("/status").asInt()).containsExactly(500, 302, 204);
	}

	@Test
	void aReceiverThatAlwaysFailsIsGivenUp() {
		receiver.answer(500, 500, 500, 500, 500);
		String id = begin().json().at("/id").asString();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> deliveries(id).size() == 3);
		String next = begin().json().at("/id").asString();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> deliveries(next).size() >= 2);
		assertThat(deliveries(id).size()).isEqualTo(3);
	}

	@Test
	void aReceiverThatIsGoneIsNotToldAgain() {
		receiver.answer(410);
		String id = begin().json().at("/id").asString();
		Awaitility.await().until(() -> deliveries(id).size() == 1);
		send(receiver.origin() + "/other", "prefer", "respond-async");
		Awaitility.await().until(() -> receiver.messages("/other").size() == 1);
		assertThat(deliveries(id).at("/0/outcome").asString()).isEqualTo("answered 410");
		assertThat(receiver.messages(this.path)).hasSize(1);
	}

	@Test
	void duringARotationBothSecretsSign() {
		String before = secret();
		Answer rotated = gateway.post("/v1/webhooks/secret", Gateway.LIVE_KEY, "");
		String after = rotated.json().at("/key").asString();
		assertThat(rotated.status()).as(rotated.text()).isEqualTo(200);
		assertThat(after).startsWith("whsec_").isNotEqualTo(before).isEqualTo(secret());
		assertThat(rotated.json().at("/previous/0").asString()).isEqualTo(before);
		begin();
		Received message = messages(1).getFirst();
		assertThat(message.headers().get("webhook-signature").split(" ")).contains(signature(before, message),
				signature(after, message));
	}

	@Test
	void anotherKeyDoesNotSeeTheDeliveries() {
		String id = begin().json().at("/id").asString();
		assertThat(gateway.get("/v1/generations/" + id + "/deliveries", Gateway.TEST_KEY).status()).isEqualTo(404);
	}

}
