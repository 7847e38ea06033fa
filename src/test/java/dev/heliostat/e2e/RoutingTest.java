package dev.heliostat.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who serves a request, and why.
 */
class RoutingTest {

	private final Path config = Gateway.temporary();

	private ReplicateSimulator replicate;

	private OpenAiSimulator openAi;

	private Gateway gateway;

	@BeforeEach
	void start() {
		this.replicate = new ReplicateSimulator(0);
		this.openAi = new OpenAiSimulator(0);
		this.gateway = Gateway
			.start(Gateway.behind(this.replicate, this.openAi, "--heliostat.config-dir=" + this.config,
					"--heliostat.catalog.poll=100ms", "--heliostat.api.cors-origins=https://app.example.com"));
	}

	@AfterEach
	void stop() {
		this.gateway.close();
		this.replicate.close();
		this.openAi.close();
	}

	private static String request(String... more) {
		return Requests.of("gpt-image-2", "A cat", more);
	}

	private JsonNode plan(String body) {
		return this.gateway.post("/v1/images/generations?dryRun=true", Gateway.LIVE_KEY, body).json();
	}

	@Test
	void thePlanFollowsPriceOrTheWishesOfTheRequest() {
		String medium = "\"quality\": \"medium\", \"size\": \"1024x1024\"";
		// 47,000 micros at Replicate, 1767 tokens at 30 dollars a million and the
		// prompt's at OpenAI.
		assertThat(plan(request(medium, "\"provider\": {\"sort\": \"cheapest\"}")).path("provider").asString())
			.isEqualTo("replicate");
		assertThat(plan(request(medium, "\"provider\": {\"order\": [\"openai\"]}")).path("provider").asString())
			.isEqualTo("openai");
		assertThat(plan(request(medium, "\"provider\": {\"ignore\": [\"replicate\"]}")).path("provider").asString())
			.isEqualTo("openai");
		JsonNode only = plan(request(medium, "\"provider\": {\"only\": [\"openai\"]}"));
		assertThat(only.path("plan").path(1).path("excluded").asString()).contains("provider.only");
		assertThat(this.openAi.log()).isEmpty();
		assertThat(this.replicate.log()).isEmpty();
	}

	@Test
	void anOfferingThatKeepsFailingGoesLastAndComesBackWhenItServes() {
		String body = request("\"quality\": \"low\"", "\"provider\": {\"order\": [\"openai\", \"replicate\"]}");
		this.openAi.usual("status=503");
		for (int i = 0; i < 5; i++) {
			assertThat(this.gateway.generate(Gateway.LIVE_KEY, body).header("x-heliostat-attempts")).isEqualTo("2");
		}
		assertThat(this.gateway.metrics()).contains(
				"heliostat_circuit_state{application=\"heliostat\",model=\"gpt-image-2\",provider=\"openai\",state=\"open\"} 1.0");
		Answer after = this.gateway.generate(Gateway.LIVE_KEY, body);
		assertThat(after.header("x-heliostat-attempts")).isEqualTo("1");
		assertThat(after.header("x-heliostat-provider")).isEqualTo("replicate");

		this.openAi.usual("");
		String forced = Requests.of("openai/gpt-image-2", "A cat", "\"quality\": \"low\"");
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, forced).status()).isEqualTo(200);
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, body).header("x-heliostat-provider")).isEqualTo("openai");
	}

	@Test
	void fallbackModelsAreTriedWhenTheFirstFailsUnbilled() {
		this.replicate.usual("status=503");
		Answer answer = this.gateway.generate(Gateway.LIVE_KEY,
				Requests.of(Requests.MODEL, "A cat", "\"models\": [\"openai/gpt-image-2\"]"));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.header("x-heliostat-provider")).isEqualTo("openai");
	}

	@Test
	void aProviderAndAModelAreAddedByFilesAlone() throws IOException {
		Path catalog = Files.createDirectories(this.config.resolve("catalog/providers")).getParent();
		Files.createDirectories(catalog.resolve("models"));
		Files.writeString(catalog.resolve("models/mine.yaml"), """
				slug: house-model
				name: House Model
				creator: {slug: us, name: Us}
				family: ours
				description: Ours.
				modalities: {input: [text], output: [image]}
				offerings:
				  - provider: ours
				    model: gpt-house
				    pricing: {free: true, source: our own machines, effective-at: 2026-11-01}
				""");
		Files.writeString(catalog.resolve("providers/ours.yaml"), """
				name: ours
				label: Our own machines
				protocol: sync
				base-url: %s
				auth: {prefix: "Bearer ", variables: [OUR_KEY]}
				wire: {path: /images/generations, model: model, answer: {images: /data/*, base64: b64_json, url: url}}
				""".formatted(this.openAi.baseUrl()));
		Awaitility.await().until(() -> this.gateway.get("/v1/models/house-model", Gateway.LIVE_KEY).status() == 200);

		Answer unconfigured = this.gateway.generate(Gateway.LIVE_KEY, Requests.of("house-model", "A cat"));
		assertThat(unconfigured.text()).contains("Set OUR_KEY or heliostat.providers.ours.api-key.");

		Files.writeString(catalog.resolve("providers/ours.yaml"),
				"""
						name: ours
						label: Our own machines
						protocol: sync
						base-url: %s
						auth: {required: true, prefix: "Bearer ", variables: [PATH_OF_NOTHING, heliostat.providers.openai.api-key]}
						wire: {path: /images/generations, model: model, answer: {images: /data/*, base64: b64_json, url: url}}
						"""
					.formatted(this.openAi.baseUrl()));
		Awaitility.await()
			.until(() -> this.gateway.generate(Gateway.LIVE_KEY, Requests.of("house-model", "A cat")).status() == 200);
		assertThat(this.openAi.submissions().getLast().json().path("model").asString()).isEqualTo("gpt-house");
	}

	@Test
	void tracesGoOnUpstreamAndBrowsersOfListedOriginsMayCall() {
		Answer traced = this.gateway.send(this.gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
			.POST(java.net.http.HttpRequest.BodyPublishers.ofString(Requests.CARD)));
		assertThat(traced.status()).isEqualTo(200);
		assertThat(this.replicate.submissions().getLast().headers().get("traceparent"))
			.contains("0af7651916cd43dd8448eb211c80319c");

		Answer preflight = this.gateway.send(this.gateway.request("/openai/v1/images/generations", "")
			.header("origin", "https://app.example.com")
			.header("access-control-request-method", "POST")
			.header("access-control-request-headers", "authorization,content-type,x-stainless-lang")
			.method("OPTIONS", java.net.http.HttpRequest.BodyPublishers.noBody()));
		assertThat(preflight.status()).isEqualTo(200);
		assertThat(preflight.header("access-control-allow-origin")).isEqualTo("https://app.example.com");
		assertThat(preflight.header("access-control-allow-headers")).contains("x-stainless-lang");
		Answer stranger = this.gateway.send(this.gateway.request("/openai/v1/images/generations", "")
			.header("origin", "https://evil.example.com")
			.header("access-control-request-method", "POST")
			.method("OPTIONS", java.net.http.HttpRequest.BodyPublishers.noBody()));
		assertThat(stranger.header("access-control-allow-origin")).isEmpty();
	}

}
