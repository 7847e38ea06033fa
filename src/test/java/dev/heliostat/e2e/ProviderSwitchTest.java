package dev.heliostat.e2e;

import java.net.http.HttpRequest;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Providers are switched off and on while running, and say how they are.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProviderSwitchTest {

	private static final String PATH = "/admin/v1/providers";

	private ReplicateSimulator replicate;

	private OpenAiSimulator openAi;

	private Gateway gateway;

	@BeforeAll
	void start() {
		this.replicate = new ReplicateSimulator(0);
		this.openAi = new OpenAiSimulator(0);
		this.gateway = Gateway.start(Gateway.behind(this.replicate, this.openAi));
	}

	@AfterAll
	void stop() {
		this.gateway.close();
		this.replicate.close();
		this.openAi.close();
	}

	private Answer put(String provider, String body, String... headers) {
		HttpRequest.Builder request = this.gateway.request(PATH + "/" + provider, Gateway.ADMIN_KEY)
			.header("content-type", "application/json")
			.PUT(HttpRequest.BodyPublishers.ofString(body));
		return this.gateway.send((headers.length > 0) ? request.headers(headers) : request);
	}

	@Test
	void aProviderThatIsOffServesNothingAndSaysSo() {
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, Requests.CARD).status()).isEqualTo(200);
		this.replicate.clear();
		Answer off = put("replicate", "{\"enabled\": false}", "if-match", "\"0\"");
		assertThat(off.status()).as(off.text()).isEqualTo(200);
		assertThat(off.header("etag")).isEqualTo("\"1\"");
		assertThat(off.json().path("enabled").asBoolean()).isFalse();
		assertThat(off.json().path("configured").asBoolean()).isTrue();
		assertThat(off.json().path("available").asBoolean()).isFalse();
		assertThat(off.json().path("credentials").asInt()).isEqualTo(1);
		assertThat(off.json().at("/health/0/circuit").asString()).isEqualTo("closed");
		assertThat(off.text()).doesNotContain(ReplicateSimulator.TOKEN);

		Answer refused = this.gateway.generate(Gateway.LIVE_KEY, Requests.CARD);
		assertThat(refused.status()).isEqualTo(503);
		assertThat(refused.text()).contains("switched off by an operator");
		assertThat(this.replicate.log()).isEmpty();
		assertThat(this.gateway.post("/admin/v1/explain", Gateway.ADMIN_KEY, Requests.CARD).text())
			.contains("switched off by an operator");

		assertThat(put("replicate", "{\"enabled\": true}", "if-match", "\"0\"").status()).isEqualTo(412);
		assertThat(put("replicate", "{\"enabled\": true}").json().path("available").asBoolean()).isTrue();
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, Requests.CARD).status()).isEqualTo(200);
		JsonNode log = this.gateway.get("/admin/v1/audit?target=replicate", Gateway.ADMIN_KEY).json();
		assertThat(log.at("/data/0/action").asString()).isEqualTo("provider.enable");
		assertThat(log.at("/data/1/after/enabled").asBoolean()).isFalse();
	}

	@Test
	void allAreListed() {
		JsonNode list = this.gateway.get(PATH, Gateway.ADMIN_KEY).json();
		assertThat(list.path("data").size()).isGreaterThan(20);
		list.path("data").forEach(provider -> {
			if (provider.path("name").asString().equals("stability")) {
				assertThat(provider.path("configured").asBoolean()).isFalse();
				assertThat(provider.path("reason").asString()).contains("STABILITY_API_KEY");
			}
		});
		JsonNode page = this.gateway.get(PATH + "?limit=1&after=openai", Gateway.ADMIN_KEY).json();
		assertThat(page.path("has_more").asBoolean()).isTrue();
		assertThat(page.path("first_id").asString()).isGreaterThan("openai");
	}

	@Test
	void whatIsNotUnderstoodIsRefused() {
		assertThat(put("nobody", "{\"enabled\": false}").status()).isEqualTo(404);
		assertThat(put("replicate", "{}").text()).contains("'enabled' is missing");
		assertThat(put("replicate", "{\"enabled\": \"no\"}").text()).contains("true or false");
		assertThat(put("replicate", "{\"enabled\": false, \"reason\": \"x\"}").text()).contains("unknown_parameter");
	}

}
