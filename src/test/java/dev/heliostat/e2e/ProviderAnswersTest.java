package dev.heliostat.e2e;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

import dev.heliostat.simulator.ProviderSimulators;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of each provider's own ways to refuse, to fail, and to say what it
 * charged.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProviderAnswersTest {

	private final ProviderSimulators simulators = new ProviderSimulators();

	private Gateway gateway;

	@BeforeAll
	void start() {
		List<String> arguments = new ArrayList<>(this.simulators.arguments());
		arguments.add("--heliostat.routing.allow-unknown-price=true");
		arguments.add("--heliostat.config-dir=" + Quick.config());
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

	private Answer generate(String model, String knobs, String... more) {
		return this.gateway.generate(Gateway.LIVE_KEY,
				Requests.of(model, "A cat" + (knobs.isEmpty() ? "" : " [[fake: " + knobs + "]]"), more));
	}

	@ParameterizedTest(name = "form {0}: {1} {2}")
	@CsvSource(textBlock = """
			1, openai/gpt-image-2,                moderated,              input,   no
			1, azure/gpt-image-2,                 moderated=http,         unknown, no
			1, azure/gpt-image-2,                 moderated=content_filter, unknown, no
			1, azure/gpt-image-2,                 moderated=policy,       unknown, no
			1, azure/gpt-image-2,                 moderated=innererror,   unknown, no
			1, xai/grok-imagine-image,            moderated=http,         unknown, no
			1, bedrock/nova-canvas,               moderated=http,         unknown, no
			1, vertex/imagen-4.0-generate-001,    moderated=http,         unknown, no
			1, recraft/recraft-v4,                moderated,              unknown, no
			1, byteplus/seedream-4,               moderated=http,         unknown, no
			2, stability/stable-image-core,       moderated=http,         unknown, no
			2, openrouter/gpt-image-2,            moderated=http,         input,   no
			3, fal/flux.1-schnell,                moderated=http,         unknown, maybe
			3, ideogram/ideogram-v3,              moderated=http,         unknown, no
			3, together/flux.1-schnell,           moderated,              unknown, no
			4, bfl/flux.2-pro,                    moderated=request,      unknown, no
			4, bfl/flux.2-pro,                    moderated=content,      unknown, no
			4, deepinfra/flux.1-schnell,          moderated=status,       input,   no
			4, replicate/flux.1-schnell,          failed=nsfw,            unknown, no
			4, replicate/flux.1-schnell,          failed=E005,            unknown, no
			4, fireworks/flux.1-kontext-pro,      moderated=content,      unknown, no
			4, runway/runway-gen4-image,          moderated=status,       unknown, maybe
			5, ideogram/ideogram-v3,              moderated=flag,         output,  maybe
			5, xai/grok-imagine-image,            moderated=flag,         output,  maybe
			5, runware/flux.1-schnell,            moderated=flag,         output,  maybe
			5, fal/flux.1-schnell,                moderated=flag,         output,  maybe
			5, wavespeed/photon,                  moderated=flag,         output,  maybe
			5, deepinfra/flux.1-schnell,          moderated=flag,         output,  maybe
			5, leonardo/elsewhere,                moderated=flag,         output,  maybe
			5, alibaba/qwen-image,                moderated=item,         output,  no
			5, byteplus/seedream-4,               moderated=item,         unknown, no
			6, gemini/gemini-2.5-flash-image,     moderated=prompt,       input,   no
			6, gemini/gemini-2.5-flash-image,     moderated=finish,       output,  maybe
			6, gemini/gemini-2.5-flash-image,     moderated=text,         output,  maybe
			6, vertex/gemini-2.5-flash-image,     moderated=IMAGE_PROHIBITED_CONTENT, output, maybe
			6, vertex/imagen-4.0-generate-001,    moderated=rai,          output,  no
			6, vertex/imagen-4.0-generate-001,    moderated=absent,       unknown, no
			6, openrouter/gpt-5-image,            moderated=text,         unknown, maybe
			7, stability/stable-image-core,       moderated=flag,         output,  maybe
			7, fireworks/flux.1-schnell,          moderated=header,       output,  maybe
			8, bedrock/stable-diffusion-3.5-large, moderated=prompt,      input,   no
			8, bedrock/stable-diffusion-3.5-large, moderated=output,      output,  maybe
			""")
	void everyWayToRefuseIsModerationBlocked(String form, String model, String knobs, String stage, String billed) {
		Answer answer = generate(model, knobs);
		assertThat(answer.status()).as(form + ": " + answer.text()).isEqualTo(400);
		JsonNode error = answer.json().path("error");
		assertThat(error.path("code").asString()).isEqualTo("moderation_blocked");
		assertThat(error.path("type").asString()).isEqualTo("image_generation_user_error");
		assertThat(error.path("moderation_details").path("moderation_stage").asString()).as(answer.text())
			.isEqualTo(stage);
		assertThat(error.path("message").asString()).doesNotContain("127.0.0.1").doesNotContain("localhost");
		assertThat(booked()).isEqualTo(billed.toUpperCase(java.util.Locale.ROOT));
	}

	/** How the last attempt was written down. */
	private String booked() {
		return this.gateway.bean(JdbcClient.class)
			.sql("select attempts from generation order by created_at desc, id desc limit 1")
			.query(String.class)
			.single()
			.replaceAll("(?s).*\"billed\":\"(\\w+)\".*", "$1");
	}

	@ParameterizedTest(name = "{0} {1} -> {2}")
	@CsvSource(textBlock = """
			together/flux.1-schnell,         status=401,          auth
			together/flux.1-schnell,         status=402,          quota
			together/flux.1-schnell,         status=404,          model not found
			together/flux.1-schnell,         status=503,          capacity
			fal/flux.1-schnell,              status=403-balance,  quota
			fal/flux.1-schnell,              status=500,          upstream error
			fal/flux.1-schnell,              status=503,          capacity
			fal/flux.1-schnell,              status=504,          timeout
			bfl/flux.2-pro,                  status=402,          quota
			gemini/gemini-2.5-flash-image,   status=400-key,      auth
			gemini/gemini-2.5-flash-image,   status=429-day,      quota
			gemini/gemini-2.5-flash-image,   status=503,          capacity
			azure/gpt-image-2,               status=404,          model not found
			azure/gpt-image-2,               status=429-quota,    quota
			bedrock/nova-canvas,             status=403,          auth
			bedrock/nova-canvas,             status=404,          model not found
			bedrock/nova-canvas,             status=429-ready,    capacity
			runware/flux.1-schnell,          status=400-model,    model not found
			runware/flux.1-schnell,          status=402,          quota
			runware/flux.1-schnell,          status=401,          auth
			stability/stable-image-core,     status=402,          quota
			huggingface/stable-diffusion-xl-1.0, status=503,      capacity
			luma/photon,                     status=400-credits,  quota
			alibaba/qwen-image,              status=400-arrearage, quota
			openrouter/gpt-image-2,          status=502,          upstream error
			openrouter/gpt-image-2,          status=200-error,    upstream error
			recraft/recraft-v4,              status=500,          upstream error
			automatic1111/stable-diffusion-xl-1.0, status=500-oom, upstream error
			comfyui/stable-diffusion-xl-1.0, execution-error,     upstream error
			""")
	void everyFailureThatIsCertainlyUnbilledIsNamedByItsClass(String model, String knobs, String kind) {
		Answer answer = generate(model, knobs);
		assertThat(answer.status()).as(answer.text()).isEqualTo(502);
		assertThat(answer.json().path("error").path("code").asString()).isEqualTo("all_providers_failed");
		assertThat(answer.json().path("error").path("message").asString())
			.contains(model.substring(0, model.indexOf('/')) + " " + kind);
	}

	@ParameterizedTest(name = "{0} {1}")
	@CsvSource(textBlock = """
			together/flux.1-schnell,       status=500
			gemini/gemini-2.5-flash-image, status=500
			xai/grok-imagine-image,        status=500
			runware/flux.1-schnell,        status=500-timeout
			bedrock/nova-canvas,           status=424
			bedrock/nova-canvas,           status=408
			together/flux.1-schnell,       lost
			stability/stable-image-core,   lost
			deepinfra/flux.1-schnell,      cut
			fal/flux.1-schnell,            lost
			bfl/flux.2-pro,                lost
			gemini/gemini-2.5-flash-image, empty
			""")
	void whatMayHaveBeenBilledIsNotTriedElsewhere(String model, String knobs) {
		Answer answer = generate(model, knobs);
		assertThat(answer.json().path("error").path("code").asString()).as(answer.text()).isEqualTo("outcome_unknown");
		assertThat(answer.header("x-should-retry")).isEqualTo("false");
	}

	@ParameterizedTest(name = "{0} {1}")
	@CsvSource(textBlock = """
			together/flux.1-schnell,       status=429, 429
			gemini/gemini-2.5-flash-image, 'status=429, retry-after=31', 429
			bfl/flux.2-pro,                status=429, 429
			""")
	void aLimitIsPassedOn(String model, String knobs, int status) {
		Answer answer = generate(model, knobs);
		assertThat(answer.status()).as(answer.text()).isEqualTo(status);
		if (knobs.contains("31")) {
			assertThat(answer.header("retry-after")).isEqualTo("31");
		}
	}

	@ParameterizedTest(name = "{0}")
	@CsvSource(textBlock = """
			xai/grok-imagine-image,   20000
			recraft/recraft-v4,       40000
			bfl/flux.2-pro,           30000
			openrouter/gpt-image-2,   40000
			""")
	void aProvidersOwnFigureIsWhatIsBooked(String model, long micros) {
		Answer answer = generate(model, "", "\"size\": \"1024x1024\"");
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.json().path("metadata").path("cost_micros").asLong()).isEqualTo(micros);
	}

	@Test
	void ofSeveralPicturesTheRefusedAreMissingAndTheOthersAreDelivered() {
		Answer answer = generate("vertex/imagen-4.0-generate-001", "moderated=some", "\"n\": 3");
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.json().path("data").size()).isEqualTo(2);
		assertThat(answer.json().path("metadata").path("cost_micros").asLong()).isEqualTo(80_000);
		assertThat(answer.json().path("metadata").path("warnings").toString()).contains("2 of 3 pictures");
	}

	@Test
	void anInterimOrARepeatedPictureIsNotDelivered() {
		assertThat(generate("gemini/gemini-3-pro-image", "thought").json().path("data").size()).isEqualTo(1);
		assertThat(generate("gemini/gemini-2.5-flash-image", "twice").json().path("data").size()).isEqualTo(1);
	}

	@Test
	void tokensOfGoogleAreGivenAsOpenAiGivesThem() {
		JsonNode usage = generate("gemini/gemini-2.5-flash-image", "").json().path("usage");
		assertThat(usage.path("output_tokens_details").path("image_tokens").asInt()).as(usage.toString())
			.isEqualTo(1290);
		assertThat(usage.path("input_tokens").asInt()).isPositive();
	}

	@Test
	void aJobThatIsNotFoundAtFirstIsFollowed() {
		assertThat(generate("bfl/flux.2-pro", "not-found=2").status()).isEqualTo(200);
		assertThat(generate("fal/flux.1-schnell", "poll-500=2").status()).isEqualTo(200);
		assertThat(this.simulators.of("fal").submissions()).hasSize(1);
	}

	@ParameterizedTest(name = "{0} {1}")
	@CsvSource(textBlock = """
			gemini/gemini-2.5-flash-image,     big
			vertex/imagen-4.0-generate-001,    big
			bedrock/nova-canvas,               big
			deepinfra/flux.1-schnell,          big
			stability/stable-image-core,       big
			openrouter/gpt-5-image,            big
			automatic1111/stable-diffusion-xl-1.0, big
			fal/flux.1-schnell,                big
			fal/flux.1-schnell,                latency=300
			fireworks/flux.1-kontext-pro,      latency=300
			together/flux.1-schnell,           latency=300
			""")
	void whatIsLargeOrSlowArrivesWhole(String model, String knobs) {
		Answer answer = generate(model, knobs, "\"response_format\": \"b64_json\"");
		assertThat(answer.status()).as(answer.text().substring(0, Math.min(300, answer.text().length())))
			.isEqualTo(200);
		if (knobs.equals("big")) {
			assertThat(answer.json().at("/data/0/b64_json").asString().length()).isGreaterThan(4_000_000);
		}
	}

	@Test
	void aStrictProviderNeverSeesWhatItDoesNotKnow() {
		Answer answer = generate("nscale/flux.1-schnell", "", "\"seed\": 7", "\"negative_prompt\": \"fog\"");
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.json().at("/metadata/warnings").toString()).contains("seed: 7 is not supported by nscale")
			.contains("negative_prompt: fog");
	}

	@Test
	void warningsAreThoseOfTheOfferingThatServed() {
		this.simulators.usual("ideogram", "status=401");
		Answer answer = this.gateway.generate(Gateway.LIVE_KEY, Requests.of("ideogram-v3", "A cat", "\"size\": \"2:1\"",
				"\"provider\": {\"order\": [\"ideogram\", \"together\"], \"only\": [\"ideogram\", \"together\"]}"));
		assertThat(answer.header("x-heliostat-provider")).as(answer.text()).isEqualTo("together");
		assertThat(answer.json().at("/metadata/warnings").toString()).contains("together/ideogram-v3");
	}

	@Test
	void providersWithoutAShippedModelServeOneOfTheOperators() {
		Answer leonardo = generate("leonardo/elsewhere", "", "\"size\": \"512x512\"", "\"n\": 2");
		assertThat(leonardo.status()).as(leonardo.text()).isEqualTo(200);
		assertThat(leonardo.json().path("data").size()).isEqualTo(2);
		assertThat(this.simulators.of("leonardo").submissions()).hasSize(1);
		assertThat(generate("sd-cpp/elsewhere", "").status()).isEqualTo(200);
	}

	@Test
	void aServersOwnArgumentsAreCutOutOfAPrompt() {
		Answer answer = this.gateway.generate(Gateway.LIVE_KEY, Requests.of("sd-cpp/elsewhere",
				"A cat<sd_cpp_extra_args>{\\\"steps\\\": 500}</sd_cpp_extra_args> at night"));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(this.simulators.of("sd-cpp").submissions().getFirst().json().path("prompt").asString())
			.isEqualTo("A cat at night");
	}

	@Test
	void aNegativePromptGoesBehindThePromptWhereTheServerReadsItThere() {
		Answer answer = generate("localai/flux.1-dev", "", "\"negative_prompt\": \"fog\"");
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(this.simulators.of("localai").submissions().getFirst().json().path("prompt").asString())
			.isEqualTo("A cat|fog");
	}

}
