package dev.heliostat.e2e;

import java.util.Base64;
import java.util.List;

import com.openai.client.OpenAIClient;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import com.openai.models.models.Model;
import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What an application sees that changes only its base URL: through the official SDK and a
 * real socket.
 */
class ClientExamplesTest {

	private static ReplicateSimulator replicate;

	private static OpenAiSimulator openAi;

	private static Gateway gateway;

	private static OpenAIClient sdk;

	@BeforeAll
	static void start() {
		replicate = new ReplicateSimulator(0);
		openAi = new OpenAiSimulator(0);
		gateway = Gateway.start(Gateway.behind(replicate, openAi));
		sdk = gateway.sdk(Gateway.LIVE_KEY);
	}

	@AfterAll
	static void stop() {
		gateway.close();
		replicate.close();
		openAi.close();
	}

	@BeforeEach
	void clear() {
		replicate.clear();
		openAi.clear();
	}

	private static ImageGenerateParams.Builder card() {
		return ImageGenerateParams.builder()
			.model(Requests.MODEL)
			.prompt("A serene mountain landscape at sunset")
			.size(ImageGenerateParams.Size._1024X1024);
	}

	@Test
	void theCardsRequestAnswersWithTheUrlOfARealPicture() {
		ImagesResponse response = sdk.images().generate(card().build());

		assertThat(response.created()).isPositive();
		String url = response.data().orElseThrow().getFirst().url().orElseThrow();
		Answer picture = gateway.get(url, "");
		assertThat(picture.status()).isEqualTo(200);
		assertThat(picture.header("content-type")).isEqualTo("image/webp");
		assertThat(picture.header("x-content-type-options")).isEqualTo("nosniff");
		assertThat(picture.response().body()).startsWith("RIFF".getBytes());
		assertThat(replicate.submissions()).hasSize(1);
		assertThat(replicate.submissions().getFirst().path())
			.isEqualTo("/v1/models/stability-ai/stable-diffusion-3.5-large-turbo/predictions");
		assertThat(replicate.submissions().getFirst().json().path("input").path("aspect_ratio").asString())
			.isEqualTo("1:1");
	}

	@Test
	void aPictureCostsWhatTheDryRunSaidAndTheMeterAgrees() {
		Answer estimate = gateway.post("/openai/v1/images/generations?dryRun=true", Gateway.LIVE_KEY, Requests.CARD);
		assertThat(estimate.json().path("estimated").asBoolean()).isTrue();
		assertThat(estimate.json().path("total_cost_micros").asLong()).isEqualTo(40_000);
		assertThat(estimate.json().path("components").path(0).path("unit_price").asDouble()).isEqualTo(0.04);
		assertThat(estimate.json().path("components").path(0).path("total_cost").asLong()).isEqualTo(40_000);
		assertThat(replicate.log()).isEmpty();
		double before = cost();

		Answer answer = gateway.generate(Gateway.LIVE_KEY, Requests.CARD);

		JsonNode metadata = answer.json().path("metadata");
		assertThat(metadata.path("cost").asDouble()).isEqualTo(0.04);
		assertThat(metadata.path("cost_micros").asLong()).isEqualTo(40_000);
		assertThat(metadata.path("executed_model").asString())
			.isEqualTo("replicate/stability-ai/stable-diffusion-3.5-large-turbo");
		assertThat(metadata.path("provider_name").asString()).isEqualTo("Replicate");
		assertThat(metadata.path("attempts").path(0).path("billed").asString()).isEqualTo("yes");
		assertThat(answer.header("x-heliostat-cost-micros")).isEqualTo("40000");
		assertThat(answer.header("x-heliostat-provider")).isEqualTo("replicate");
		assertThat(answer.header("x-heliostat-attempts")).isEqualTo("1");
		assertThat(answer.header("x-request-id")).startsWith("req_");
		assertThat(answer.header("openai-processing-ms")).isNotEmpty();
		assertThat(cost() - before).isCloseTo(0.04, org.assertj.core.data.Offset.offset(1e-9));
	}

	private static double cost() {
		return gateway.metrics()
			.lines()
			.filter(line -> line.startsWith("heliostat_cost_total{") && line.contains("state=\"settled\"")
					&& line.contains(Requests.MODEL))
			.mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.sum();
	}

	@Test
	void curlsAcceptGetsJson() {
		Answer answer = gateway.send(gateway.request("/openai/v1/images/generations", Gateway.LIVE_KEY)
			.header("accept", "*/*")
			.header("content-type", "application/json")
			.POST(java.net.http.HttpRequest.BodyPublishers.ofString(Requests.CARD)));
		assertThat(answer.header("content-type")).startsWith("application/json");
		assertThat(answer.json().path("data").path(0).path("url").asString()).contains("/media/");
	}

	@Test
	void base64IsGivenByEveryOfferingThatIsAskedForIt() {
		ImagesResponse response = sdk.images()
			.generate(card().responseFormat(ImageGenerateParams.ResponseFormat.B64_JSON).build());

		byte[] picture = Base64.getDecoder().decode(response.data().orElseThrow().getFirst().b64Json().orElseThrow());
		assertThat(picture).startsWith("RIFF".getBytes());
		assertThat(response.data().orElseThrow().getFirst().url()).isEmpty();
	}

	@Test
	void severalPicturesAreMadeBySeveralSubmissionsWhereTheProviderMakesOne() {
		ImagesResponse response = sdk.images().generate(card().n(3).build());

		assertThat(response.data().orElseThrow()).hasSize(3)
			.extracting(image -> image.url().orElseThrow())
			.doesNotHaveDuplicates();
		assertThat(replicate.submissions()).hasSize(3);
		assertThat(replicate.submissions()).extracting(sent -> sent.json().path("input").path("seed").asInt())
			.doesNotHaveDuplicates();
	}

	@Test
	void severalPicturesAreMadeByOneSubmissionWhereTheProviderCan() {
		Answer answer = gateway.generate(Gateway.LIVE_KEY, Requests.of("flux.1-schnell", "Three cats", "\"n\": 3"));

		assertThat(answer.json().path("data").size()).isEqualTo(3);
		assertThat(answer.json().path("metadata").path("cost_micros").asLong()).isEqualTo(9_000);
		assertThat(replicate.submissions()).hasSize(1);
		assertThat(replicate.submissions().getFirst().json().path("input").path("num_outputs").asInt()).isEqualTo(3);
	}

	@Test
	void failedPicturesOfSeveralAreLeftOutWithAWarningAndCostNothing() {
		replicate.usual("failed=oom");
		Answer all = gateway.generate(Gateway.LIVE_KEY, Requests.of(Requests.MODEL, "x", "\"n\": 2"));
		assertThat(all.status()).isEqualTo(502);
		assertThat(all.json().path("error").path("code").asString()).isEqualTo("all_providers_failed");

		replicate.clear();
		Answer some = gateway.generate(Gateway.TEST_KEY,
				Requests.of(Requests.MODEL, "x [[sandbox: truncated]]", "\"n\": 2"));
		assertThat(some.status()).isEqualTo(502);
	}

	@Test
	void gptImagesAnswerBase64WithUsageAndAreNeverSentAResponseFormat() {
		Answer answer = gateway.generate(Gateway.LIVE_KEY,
				Requests.of("gpt-image-2", "A cat", "\"response_format\": \"b64_json\"", "\"user\": \"u1\"",
						"\"quality\": \"high\"", "\"size\": \"1024x1024\"", "\"provider\": {\"only\": [\"openai\"]}"));

		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		JsonNode body = answer.json();
		assertThat(Base64.getDecoder().decode(body.path("data").path(0).path("b64_json").asString())).startsWith(0x89,
				'P', 'N', 'G');
		assertThat(body.path("usage").path("output_tokens").asInt()).isEqualTo(4160);
		assertThat(body.path("quality").asString()).isEqualTo("high");
		assertThat(body.path("size").asString()).isEqualTo("1024x1024");
		// 50 text tokens at 5 and 4160 image tokens at 30 dollars for a million: 250 +
		// 124800 micros.
		assertThat(body.path("metadata").path("cost_micros").asLong()).isEqualTo(125_050);
		JsonNode sent = openAi.submissions().getFirst().json();
		assertThat(sent.has("response_format")).isFalse();
		assertThat(sent.path("model").asString()).isEqualTo("gpt-image-2");
	}

	@Test
	void gptImagesAnswerBase64ByDefaultAndAUrlWhenAskedForOne() {
		String only = "\"provider\": {\"only\": [\"openai\"]}";
		Answer usual = gateway.generate(Gateway.LIVE_KEY, Requests.of("gpt-image-2", "A cat", only));
		assertThat(usual.json().path("data").path(0).has("b64_json")).isTrue();

		Answer url = gateway.generate(Gateway.LIVE_KEY,
				Requests.of("gpt-image-2", "A cat", only, "\"response_format\": \"url\""));
		String address = url.json().path("data").path(0).path("url").asString();
		assertThat(gateway.get(address, "").header("content-type")).isEqualTo("image/png");
	}

	@Test
	void revisedPromptsArePassedOn() {
		Answer answer = gateway.generate(Gateway.LIVE_KEY,
				Requests.of("gpt-image-2", "A cat [[fake: url]]", "\"provider\": {\"only\": [\"openai\"]}"));
		assertThat(answer.json().path("data").path(0).path("revised_prompt").asString())
			.isEqualTo("A more detailed prompt");
	}

	@Test
	void modelsAreListedAndFoundBySlugAliasAndOffering() {
		List<Model> models = sdk.models().list().data();
		assertThat(models).extracting(Model::id).contains(Requests.MODEL, "gpt-image-2").doesNotContain("dall-e-3");

		assertThat(sdk.models().retrieve("replicate/" + Requests.MODEL).id()).isEqualTo("replicate/" + Requests.MODEL);
		assertThat(gateway.get("/v1/models/replicate/" + Requests.MODEL, Gateway.LIVE_KEY).status()).isEqualTo(200);
		assertThat(sdk.models().retrieve("sd3.5-large-turbo").ownedBy()).isEqualTo("stability-ai");
		assertThatThrownBy(() -> sdk.models().retrieve("openai/" + Requests.MODEL))
			.isInstanceOf(NotFoundException.class);
	}

	@Test
	void aModelShowsTheSchemaOfItsParameters() {
		JsonNode model = gateway.get("/openai/v1/models/" + Requests.MODEL + "?schema=true", Gateway.LIVE_KEY).json();
		JsonNode steps = model.path("schema").path("properties").path("steps");
		assertThat(steps.path("maximum").asInt()).isEqualTo(100);
		assertThat(steps.path("default").asInt()).isEqualTo(4);
		assertThat(model.path("offerings")
			.path(0)
			.path("pricing")
			.path("components")
			.path(0)
			.path("unit_price")
			.asDouble()).isEqualTo(0.04);
	}

	@Test
	void aStreamEndsWithOneCompletedEvent() {
		Answer answer = gateway.generate(Gateway.LIVE_KEY,
				Requests.of("gpt-image-2", "A cat", "\"stream\": true", "\"provider\": {\"only\": [\"openai\"]}"));
		assertThat(answer.header("content-type")).startsWith("text/event-stream");
		assertThat(answer.text()).contains("event: image_generation.completed\ndata: {\"b64_json\":\"iVBOR")
			.contains("\"cost_micros\"")
			.doesNotContain("id:")
			.endsWith("\n\n");
	}

	@Test
	void aFailedStreamEndsWithOneNestedError() {
		Answer answer = gateway.generate(Gateway.LIVE_KEY,
				Requests.of(Requests.MODEL, "x [[fake: failed=nsfw]]", "\"stream\": true"));
		assertThat(answer.text()).contains("event: error\ndata: {\"error\":{\"message\"")
			.contains("moderation_blocked");
	}

	@Test
	void nullIsTheSameAsNothing() {
		Answer answer = gateway.generate(Gateway.LIVE_KEY,
				Requests.of(Requests.MODEL, "x", "\"n\": null", "\"size\": null", "\"quality\": null",
						"\"response_format\": null", "\"provider\": null", "\"seed\": null"));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.json().path("metadata").path("warnings").isEmpty()).isTrue();
	}

	@Test
	void aRefusedPromptIsTheCallersFaultAndCostsNothing() {
		assertThatThrownBy(() -> sdk.images().generate(card().prompt("x [[fake: failed=nsfw]]").build()))
			.isInstanceOf(BadRequestException.class)
			.hasMessageContaining("refused the content");
	}

}
