package dev.heliostat.e2e;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import dev.heliostat.simulator.ProviderSimulators;
import dev.heliostat.simulator.Simulator;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an operator is told of a request is what then happens to it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplainTest {

	private static final String PATH = "/admin/v1/explain";

	private final ProviderSimulators simulators = new ProviderSimulators();

	private Gateway gateway;

	@BeforeAll
	void start() {
		List<String> arguments = new ArrayList<>(this.simulators.arguments());
		arguments.add("--heliostat.config-dir=" + Quick.config());
		arguments.add("--heliostat.routing.explore=0");
		this.gateway = Gateway.start(arguments.toArray(String[]::new));
	}

	@AfterAll
	void stop() {
		this.gateway.close();
		this.simulators.close();
	}

	@BeforeEach
	void clear() {
		this.simulators.clear();
	}

	@ParameterizedTest(name = "{0} {1}")
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					flux.1-schnell                     | "size": "16:9", "seed": 7
					flux.1-dev                         | "n": 2, "seed": 7, "provider": {"sort": "fastest"}
					gemini-3.1-flash-image             | "resolution": "2K", "size": "3:2", "provider": {"only": ["gemini"]}, "seed": 7
					ideogram-v3                        | "rendering_speed": "TURBO", "seed": 7
					stable-diffusion-3.5-large-turbo   | "seed": 7, "provider": {"order": ["stability"]}
					stable-diffusion-3.5-large-turbo   | "seed": 7, "provider": {"order": ["replicate"]}
					flux.2-pro                         | "size": "2048x1024", "seed": 7, "provider": {"sort": "cheapest", "ignore": ["runware"]}
					""")
	void theExplainedPayloadIsWhatTheRequestThenSends(String model, String more) {
		String body = Requests.of(model, "A cat", more);
		Answer explained = this.gateway.post(PATH, Gateway.ADMIN_KEY, body);
		assertThat(explained.status()).as(explained.text()).isEqualTo(200);
		for (String provider : this.simulators.providers()) {
			assertThat(this.simulators.of(provider).submissions()).isEmpty();
		}
		JsonNode first = explained.json().path("candidates").path(0);

		Answer real = this.gateway.generate(Gateway.LIVE_KEY, body);
		assertThat(real.status()).as(real.text()).isEqualTo(200);
		String provider = real.header("x-heliostat-provider");
		assertThat(first.path("offering").asString()).isEqualTo(provider + "/" + model);
		List<Simulator.Received> sent = this.simulators.of(provider).submissions();
		assertThat(sent).hasSize(first.path("submissions").asInt());
		assertThat(first.path("upstream").path("request").asString())
			.isEqualTo("POST " + this.simulators.of(provider).origin() + sent.getFirst().path());
		if (first.path("upstream").path("encoding").asString().equals("json")) {
			// Pictures are made side by side: the first may arrive second.
			assertThat(sent).extracting(Simulator.Received::json).contains(first.path("upstream").path("body"));
		}
		else {
			sent.getFirst()
				.parts()
				.forEach(part -> assertThat(part.text())
					.isEqualTo(first.path("upstream").path("body").path(part.name()).asString()));
		}
		assertThat(first.path("upstream").toString()).doesNotContain("api-key").doesNotContain("Bearer");
	}

	@Test
	void everyExclusionHasItsReason() {
		JsonNode explained = this.gateway.post(PATH, Gateway.ADMIN_KEY, Requests.of("flux.1-schnell", "A cat",
				"\"n\": 5", "\"steps\": 9", "\"provider\": {\"ignore\": [\"fal\"], \"max_price\": 0.01}"))
			.json();
		assertThat(explained.path("exclusions").toString()).contains("provider.ignore names it")
			.contains("steps: 9 (expected:")
			.contains("The offering is undocumented.");
		assertThat(this.gateway.post(PATH, Gateway.ADMIN_KEY, Requests.of("stable-diffusion-xl-1.0", "A cat"))
			.json()
			.path("exclusions")
			.toString()).contains("Its price is unknown");
		assertThat(explained.path("candidates").path(0).path("circuit").asString()).isEqualTo("closed");
	}

	@Test
	void theExplainedOrderIsTheOrderOfTheAttempts() {
		String body = Requests.of("flux.1-dev", "A cat", "\"provider\": {\"sort\": \"cheapest\"}");
		List<String> explained = new ArrayList<>();
		this.gateway.post(PATH, Gateway.ADMIN_KEY, body)
			.json()
			.path("candidates")
			.forEach(candidate -> explained.add(candidate.path("offering").asString().split("/")[0]));
		assertThat(explained).hasSizeGreaterThan(3);
		this.simulators.providers().forEach(provider -> this.simulators.usual(provider, "status=429"));
		JsonNode attempts = this.gateway.generate(Gateway.LIVE_KEY, body).json().at("/metadata/attempts");
		List<String> asked = new ArrayList<>();
		attempts.forEach(attempt -> asked.add(attempt.path("provider").asString()));
		// The queue of fal takes everybody.
		assertThat(asked).hasSizeGreaterThan(3).endsWith("fal").isEqualTo(explained.subList(0, asked.size()));
	}

	@Test
	void anEditIsExplainedToo() {
		String picture = Base64.getEncoder().encodeToString(TestPictures.picture(64, 64, "png"));
		String body = Requests.of("gemini-3.1-flash-image", "At night",
				"\"provider\": {\"only\": [\"gemini\"]}, \"image\": \"data:image/png;base64," + picture + "\"");
		JsonNode first = this.gateway.post(PATH + "?capability=edit", Gateway.ADMIN_KEY, body)
			.json()
			.at("/candidates/0");
		assertThat(first.path("offering").asString()).isEqualTo("gemini/gemini-3.1-flash-image");

		assertThat(this.gateway.post("/v1/images/edits", Gateway.LIVE_KEY, body).status()).isEqualTo(200);
		Simulator.Received sent = this.simulators.of("gemini").submissions().getFirst();
		String explained = first.at("/upstream/body").toString();
		// Pictures are named in their places, not shown.
		assertThat(explained.replace("<image 1 as {type}>", "image/png").replaceAll("<[^>]*>", picture))
			.isEqualTo(sent.json().toString());
		assertThat(this.gateway.post(PATH + "?capability=sing", Gateway.ADMIN_KEY, body).text())
			.contains("expected: generate, edit or variation");
	}

	@Test
	void whatIsNotKnownIsNotCheap() {
		JsonNode explained = this.gateway
			.post(PATH, Gateway.ADMIN_KEY,
					Requests.of("stable-diffusion-xl-1.0", "A cat",
							"\"provider\": {\"allow_unknown_price\": true, \"only\": [\"huggingface\", \"together\"]}"))
			.json();
		assertThat(explained.path("candidates").path(0).path("offering").asString())
			.isEqualTo("together/stable-diffusion-xl-1.0");
		assertThat(explained.path("candidates").path(1).path("price_micros").isNull()).isTrue();
	}

	@Test
	void onlyOperatorsAreTold() {
		assertThat(this.gateway.post(PATH, Gateway.LIVE_KEY, Requests.of("flux.1-schnell", "A cat")).status())
			.isEqualTo(403);
		assertThat(this.gateway.post(PATH, Gateway.ADMIN_KEY, "{\"model\": \"flux.1-schnell\"}").text())
			.contains("'prompt' is missing");
		assertThat(this.gateway.post(PATH, Gateway.ADMIN_KEY, Requests.of("flux.1-schnel", "A cat")).text())
			.contains("model_not_found");
	}

}
