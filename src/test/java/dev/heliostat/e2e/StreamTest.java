package dev.heliostat.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

import com.openai.core.MultipartField;
import com.openai.core.http.StreamResponse;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageEditStreamEvent;
import com.openai.models.images.ImageGenCompletedEvent;
import com.openai.models.images.ImageGenPartialImageEvent;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

import dev.heliostat.image.Billed;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.simulator.AzureSimulator;
import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.EventReader;
import dev.heliostat.testing.EventReader.Item;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What a client sees while its picture is made: looks where the provider has them, words
 * everywhere, and always an end.
 */
class StreamTest {

	private static final byte[] PICTURE = TestPictures.picture(1024, 1024, "png");

	private static final Path DATA = Gateway.temporary();

	private static ReplicateSimulator replicate;

	private static OpenAiSimulator openAi;

	private static AzureSimulator azure;

	private static Gateway gateway;

	@BeforeAll
	static void start() {
		replicate = new ReplicateSimulator(0);
		openAi = new OpenAiSimulator(0);
		azure = new AzureSimulator(0);
		gateway = Gateway.start(Gateway.behind(replicate, openAi, "--heliostat.circuit.minimum-calls=10000",
				"--heliostat.circuit.window=10000", "--heliostat.data-dir=" + DATA,
				"--heliostat.config-dir=" + Quick.config(), "--heliostat.providers.azure.base-url=" + azure.baseUrl(),
				"--heliostat.providers.azure.api-key=" + azure.credential()));
	}

	@AfterAll
	static void stop() {
		gateway.close();
		replicate.close();
		openAi.close();
		azure.close();
	}

	@BeforeEach
	void clear() {
		replicate.clear();
		openAi.clear();
		azure.clear();
	}

	private static EventReader open(String key, String body, String... headers) {
		var request = gateway.request("/v1/images/generations", key).header("content-type", "application/json");
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		return EventReader.open(request.POST(BodyPublishers.ofString(body)));
	}

	private static String body(String prompt, int looks, String... more) {
		List<String> members = new ArrayList<>(List.of(more));
		members.addAll(List.of("\"stream\": true", "\"partial_images\": " + looks, "\"size\": \"1024x1024\"",
				"\"quality\": \"low\""));
		return Requests.of("openai/gpt-image-2", prompt, members.toArray(String[]::new));
	}

	private static GenerationRecord ledger() {
		String id = gateway.bean(JdbcClient.class)
			.sql("select id from generation order by created_at desc, id desc limit 1")
			.query(String.class)
			.single();
		return gateway.bean(Ledger.class).find(id).block().orElseThrow();
	}

	private static void awaitStatus(GenerationRecord.Status status) {
		Awaitility.await().until(() -> ledger().status() == status);
	}

	/** Files of the spool are unlinked: only this process knows of them. */
	private static long spooled() {
		try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
			return files.filter(file -> {
				try {
					return Files.readSymbolicLink(file).toString().startsWith(DATA.resolve("spool").toString());
				}
				catch (IOException ex) {
					return false;
				}
			}).count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void looksArriveBeforeThePictureAndCostWhatTheProviderSays() {
		List<ImageGenPartialImageEvent> looks = new ArrayList<>();
		ImageGenCompletedEvent end;
		try (StreamResponse<ImageGenStreamEvent> stream = gateway.sdk(Gateway.LIVE_KEY)
			.images()
			.generateStreaming(ImageGenerateParams.builder()
				.model("openai/gpt-image-2")
				.prompt("A cat [[fake: gated]]")
				.size(ImageGenerateParams.Size._1024X1024)
				.quality(ImageGenerateParams.Quality.HIGH)
				.partialImages(2)
				.build())) {
			Iterator<ImageGenStreamEvent> events = stream.stream().iterator();
			for (int i = 0; i < 2; i++) {
				// The next one is made only after this one has come.
				openAi.pass(1);
				looks.add(events.next().asGenerationPartialImage());
			}
			openAi.pass(1);
			end = events.next().asGenerationCompleted();
			assertThat(events.hasNext()).isFalse();
		}

		for (int i = 0; i < 2; i++) {
			ImageGenPartialImageEvent look = looks.get(i).validate();
			assertThat(look.partialImageIndex()).isEqualTo(i);
			assertThat(Base64.getDecoder().decode(look.b64Json())).isEqualTo(OpenAiSimulator.look(i));
			assertThat(look.size()).hasToString((64 + i) + "x64");
			assertThat(look.quality()).hasToString("high");
			assertThat(look.background()).hasToString("opaque");
			assertThat(look.outputFormat()).hasToString("png");
			assertThat(look.createdAt()).isEqualTo(end.createdAt());
		}
		assertThat(Base64.getDecoder().decode(end.b64Json())).isEqualTo(PICTURE);
		assertThat(end.usage().outputTokens()).isEqualTo(4360);
		// 50 text tokens at 5, and 4160 for the picture and 100 for each look at 30
		// dollars for a million.
		assertThat(end._additionalProperties().get("metadata").toString()).contains("cost_micros=131050");
		assertThat(openAi.submissions()).hasSize(1);
		assertThat(openAi.submissions().getFirst().json())
			.hasToString("{\"model\":\"gpt-image-2\",\"prompt\":\"A cat [[fake: gated]]\",\"size\":\"1024x1024\","
					+ "\"quality\":\"high\",\"stream\":true,\"partial_images\":2}");
		GenerationRecord record = ledger();
		assertThat(record.status()).isEqualTo(GenerationRecord.Status.SUCCEEDED);
		assertThat(record.attempts()).hasSize(1);
		assertThat(record.charged().micros()).isEqualTo(131_050);
		assertThat(record.attempts().getFirst().overQuote()).isFalse();
	}

	@Test
	void editsHaveLooksToo() {
		try (StreamResponse<ImageEditStreamEvent> stream = gateway.sdk(Gateway.LIVE_KEY)
			.images()
			.editStreaming(ImageEditParams.builder()
				.model("openai/gpt-image-2")
				.prompt("Make it night [[fake: gated]]")
				.image(MultipartField.<ImageEditParams.Image>builder()
					.value(ImageEditParams.Image.ofInputStream(new java.io.ByteArrayInputStream(PICTURE)))
					.build())
				.partialImages(1)
				.build())) {
			Iterator<ImageEditStreamEvent> events = stream.stream().iterator();
			openAi.pass(1);
			assertThat(Base64.getDecoder().decode(events.next().asPartialImage().b64Json()))
				.isEqualTo(OpenAiSimulator.look(0));
			openAi.pass(1);
			assertThat(Base64.getDecoder().decode(events.next().asCompleted().b64Json())).isEqualTo(PICTURE);
		}
		assertThat(openAi.submissions().getFirst().parts()).extracting(part -> part.name() + "=" + part.filename())
			.contains("stream=", "partial_images=", "image[]=image-1.png");
	}

	@Test
	void azureHasThemAsWell() {
		EventReader reader = open(Gateway.LIVE_KEY, Requests.of("azure/gpt-image-1.5", "A cat", "\"stream\": true",
				"\"partial_images\": 1", "\"size\": \"1024x1024\""));
		List<Item> events = reader.rest().stream().filter(item -> !item.name().isEmpty()).toList();
		assertThat(events).extracting(Item::name).endsWith("image_generation.completed");
		assertThat(events.getLast().json().path("usage").path("output_tokens").asInt()).isEqualTo(4260);
	}

	@Test
	void severalPicturesAreSubmissionsOfTheirOwnAndEachIsCompleted() {
		EventReader reader = open(Gateway.LIVE_KEY, body("Two cats [[fake: gated, apart=300]]", 1, "\"n\": 2"));
		openAi.pass(1);
		Item first = reader.event();
		Item second = reader.event();
		assertThat(List.of(first, second)).extracting(Item::name).containsOnly("image_generation.partial_image");
		assertThat(List.of(first, second)).extracting(item -> item.json().path("metadata").path("picture").asInt())
			.containsExactlyInAnyOrder(0, 1);
		openAi.pass(1);
		Awaitility.await().until(() -> ledger().attempts().stream().anyMatch(attempt -> attempt.outcome().isPresent()));
		openAi.pass(1);
		List<Item> ends = reader.rest();
		assertThat(ends).extracting(Item::name)
			.containsExactly("image_generation.completed", "image_generation.completed");
		assertThat(ends).allSatisfy(end -> assertThat(end.picture()).isEqualTo(PICTURE));
		assertThat(openAi.submissions()).hasSize(2).allSatisfy(sent -> assertThat(sent.json().has("n")).isFalse());
		assertThat(ledger().charged().micros()).isEqualTo(2 * (250 + 4260 * 30));
	}

	@Test
	void withoutLooksTheAnswerIsAskedForWhole() {
		List<Item> items = open(Gateway.LIVE_KEY, body("A cat", 0)).rest();
		assertThat(items.getFirst().name()).isEmpty();
		assertThat(items.getLast().picture()).isEqualTo(PICTURE);
		assertThat(openAi.submissions().getFirst().json().has("stream")).isFalse();
		assertThat(openAi.submissions().getFirst().json().has("partial_images")).isFalse();
	}

	@Test
	void anOfferingWithoutLooksTellsInWordsHowItGoes() {
		EventReader reader = open(Gateway.LIVE_KEY, Requests.of(Requests.MODEL,
				"A cat [[fake: queue=1500, latency=1800]]", "\"stream\": true", "\"partial_images\": 2"));
		assertThat(reader.header("x-heliostat-generation")).startsWith("gen_");
		List<Item> items = reader.rest();
		assertThat(items).extracting(Item::text)
			.containsSubsequence("attempt 1 at replicate", "queued at replicate", "running at replicate");
		assertThat(items).filteredOn(item -> !item.name().isEmpty()).hasSize(1);
		JsonNode end = items.getLast().json();
		assertThat(end.path("metadata").path("warnings").toString()).contains("partial_images: replicate/")
			.contains("gives none");
		assertThat(end.path("metadata").path("cost_micros").asLong()).isEqualTo(40_000);
		assertThat(replicate.submissions()).hasSize(1);
		assertThat(replicate.submissions().getFirst().json().path("input").has("stream")).isFalse();
	}

	@Test
	void theNextAttemptIsNamedAndGivesLooksAgain() {
		openAi.usual("status=503");
		List<Item> items = open(Gateway.LIVE_KEY,
				Requests.of("gpt-image-1.5", "A cat", "\"stream\": true", "\"partial_images\": 1",
						"\"provider\": {\"order\": [\"openai\", \"azure\"], \"only\": [\"openai\", \"azure\"]}"))
			.rest();
		assertThat(items).extracting(Item::text).containsSubsequence("attempt 1 at openai", "attempt 2 at azure");
		assertThat(items.getLast().json().path("metadata").path("provider").asString()).isEqualTo("azure");
	}

	static Stream<Arguments> faults() {
		return Stream.of(
				// knobs, code, failure, billed
				arguments("cut=partial", "outcome_unknown", "lost", Billed.MAYBE),
				arguments("cut", "outcome_unknown", "lost", Billed.MAYBE),
				arguments("no-final", "outcome_unknown", "lost", Billed.MAYBE),
				arguments("looks=0, no-final", "outcome_unknown", "lost", Billed.MAYBE),
				arguments("failed=server_error", "outcome_unknown", "upstream_error", Billed.MAYBE),
				arguments("failed=moderation_blocked", "moderation_blocked", "moderation", Billed.NO),
				arguments("failed=rate_limit_exceeded", "rate_limit_exceeded", "rate_limited", Billed.NO),
				arguments("failed=insufficient_quota", "all_providers_failed", "quota", Billed.NO),
				arguments("status=400", "invalid_value", "invalid_request", Billed.NO),
				arguments("status=401", "all_providers_failed", "auth", Billed.NO),
				arguments("status=429", "rate_limit_exceeded", "rate_limited", Billed.NO),
				arguments("status=500", "outcome_unknown", "upstream_error", Billed.MAYBE),
				arguments("moderated", "moderation_blocked", "moderation", Billed.NO),
				arguments("lost", "outcome_unknown", "lost", Billed.MAYBE),
				arguments("no-stream, empty", "outcome_unknown", "bad_output", Billed.MAYBE),
				arguments("no-stream, cut", "outcome_unknown", "lost", Billed.MAYBE),
				arguments("broken-final", "outcome_unknown", "bad_output", Billed.YES),
				arguments("no-picture", "outcome_unknown", "bad_output", Billed.YES));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("faults")
	void faultsOfAStreamMeanWhatThoseOfAnAnswerMean(String knobs, String code, String failure, Billed billed) {
		openAi.usual(knobs);
		List<Item> items = open(Gateway.LIVE_KEY, body("x", 2)).rest();

		assertThat(items.getLast().name()).isEqualTo("error");
		JsonNode error = items.getLast().json().path("error");
		assertThat(error.propertyNames()).contains("message", "type", "param", "code");
		assertThat(error.path("code").asString()).isEqualTo(code);
		assertThat(items).extracting(Item::name).filteredOn(name -> name.equals("error")).hasSize(1);
		assertThat(items).extracting(Item::name).doesNotContain("image_generation.completed");
		GenerationRecord record = ledger();
		assertThat(record.status()).isEqualTo(GenerationRecord.Status.FAILED);
		AttemptRecord attempt = record.attempts().getLast();
		assertThat(attempt.failure()).contains(failure);
		assertThat(attempt.billed()).contains(billed);
		// The quote: 1 byte of prompt at 5, 200 image tokens and 100 for each look at 30
		// dollars for a million.
		assertThat(record.charged().plus(record.maybeCharged()).micros()).isEqualTo((billed == Billed.NO) ? 0 : 12_005);
		assertThat(openAi.submissions()).hasSize(1);
	}

	static Stream<Arguments> hiccups() {
		return Stream.of(arguments("bad-look", 1), arguments("no-look", 1), arguments("looks=1", 1),
				arguments("looks=0", 0), arguments("no-stream", 0), arguments("crlf", 2));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("hiccups")
	void whatIsWrongWithLooksCostsNoPicture(String knobs, int most) {
		openAi.usual(knobs);
		List<Item> events = open(Gateway.LIVE_KEY, body("x", 2)).rest()
			.stream()
			.filter(item -> !item.name().isEmpty())
			.toList();
		assertThat(events.getLast().name()).isEqualTo("image_generation.completed");
		assertThat(events.getLast().picture()).isEqualTo(PICTURE);
		assertThat(events).hasSizeLessThanOrEqualTo(most + 1);
		assertThat(ledger().attempts()).hasSize(1);
	}

	@Test
	void aSlowClientHoldsNobodyAndMissesLooksButNeverThePicture() {
		openAi.usual("big");
		EventReader slow = EventReader.narrow(URI.create(gateway.url() + "/v1/images/generations"), Gateway.LIVE_KEY,
				body("x", 3));
		Awaitility.await().until(() -> openAi.submissions().size() == 1);
		// It has read nothing yet.
		awaitStatus(GenerationRecord.Status.SUCCEEDED);

		List<Item> events = slow.rest().stream().filter(item -> !item.name().isEmpty()).toList();
		assertThat(events).extracting(Item::name)
			.startsWith("image_generation.partial_image")
			.endsWith("image_generation.completed");
		assertThat(events).hasSizeLessThan(4);
		assertThat(events).extracting(item -> item.json().path("partial_image_index").asInt(9)).isSorted();
		assertThat(events.getLast().picture()).isEqualTo(TestPictures.noise(1200, 1200));
		Awaitility.await().untilAsserted(() -> assertThat(spooled()).isZero());
	}

	@Test
	void aClientThatHangsUpLeavesThePictureToWhoeverAsksAgain() {
		openAi.usual("big, gated");
		String body = body("x", 2);
		EventReader leaving = open(Gateway.LIVE_KEY, body, "idempotency-key", "hang-up");
		openAi.pass(1);
		assertThat(leaving.event().name()).isEqualTo("image_generation.partial_image");
		leaving.close();
		openAi.pass(2);
		awaitStatus(GenerationRecord.Status.SUCCEEDED);
		Awaitility.await().untilAsserted(() -> assertThat(spooled()).isZero());

		List<Item> again = open(Gateway.LIVE_KEY, body, "idempotency-key", "hang-up").rest();
		assertThat(again.getLast().picture()).isEqualTo(TestPictures.noise(1200, 1200));
		assertThat(openAi.submissions()).hasSize(1);
		Awaitility.await().untilAsserted(() -> assertThat(spooled()).isZero());
	}

	@Test
	void whoJoinsIsToldTheEndOnly() {
		openAi.usual("gated");
		String body = body("x", 1);
		EventReader first = open(Gateway.LIVE_KEY, body, "idempotency-key", "join");
		Awaitility.await().until(() -> openAi.submissions().size() == 1);
		EventReader second = open(Gateway.LIVE_KEY, body, "idempotency-key", "join");
		assertThat(second.next().text()).isEqualTo("working");
		openAi.pass(1);
		assertThat(first.event().name()).isEqualTo("image_generation.partial_image");
		openAi.pass(1);
		assertThat(first.event().picture()).isEqualTo(PICTURE);
		Item end = second.event();
		assertThat(end.name()).isEqualTo("image_generation.completed");
		assertThat(end.picture()).isEqualTo(PICTURE);
		assertThat(openAi.submissions()).hasSize(1);
	}

	@Test
	void anAsyncRequestIsNotStreamed() {
		Answer accepted = gateway.send(gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.header("prefer", "respond-async")
			.POST(BodyPublishers.ofString(body("x", 2))));
		assertThat(accepted.status()).isEqualTo(202);
		awaitStatus(GenerationRecord.Status.SUCCEEDED);
		assertThat(openAi.submissions().getFirst().json().has("stream")).isFalse();
	}

	@Test
	void whatIsExplainedIsWhatIsSent() {
		String body = body("A cat", 2, "\"n\": 2");
		JsonNode explained = gateway.post("/admin/v1/explain", Gateway.ADMIN_KEY, body)
			.json()
			.path("candidates")
			.path(0);
		open(Gateway.LIVE_KEY, body).rest();
		assertThat(openAi.submissions()).hasSize(explained.path("submissions").asInt())
			.allSatisfy(sent -> assertThat(sent.json()).isEqualTo(explained.path("upstream").path("body")));
		assertThat(explained.path("upstream").path("body").path("partial_images").asInt()).isEqualTo(2);
		// Two pictures of 200 tokens and two looks of 100, and two prompts of 5 bytes.
		assertThat(explained.path("price_micros").asLong()).isEqualTo(2 * (400 * 30 + 5 * 5));
	}

	@Test
	void whatCannotBeginIsNoStream() {
		Answer unknown = gateway.generate(Gateway.LIVE_KEY, Requests.of("gpt-image-22", "x", "\"stream\": true"));
		assertThat(unknown.status()).isEqualTo(404);
		assertThat(unknown.json().path("error").path("code").asString()).isEqualTo("model_not_found");
		Answer size = gateway.generate(Gateway.LIVE_KEY, body("x", 4));
		assertThat(size.status()).isEqualTo(400);
		assertThat(size.json().path("error").path("param").asString()).isEqualTo("partial_images");
	}

	@Test
	void testKeysGetLooksForFree() {
		List<byte[]> pictures = new ArrayList<>();
		for (int run = 0; run < 2; run++) {
			List<Item> events = open(Gateway.TEST_KEY,
					Requests.of(Requests.MODEL, "A cat", "\"stream\": true", "\"partial_images\": 3",
							"\"size\": \"256x256\"", "\"seed\": 1"))
				.rest()
				.stream()
				.filter(item -> !item.name().isEmpty())
				.toList();
			assertThat(events).extracting(Item::name)
				.containsExactly("image_generation.partial_image", "image_generation.partial_image",
						"image_generation.partial_image", "image_generation.completed");
			events.forEach(event -> pictures.add(event.picture()));
			assertThat(events.getLast().json().path("metadata").path("warnings").isEmpty()).isTrue();
			assertThat(events.getLast().json().path("metadata").path("cost_micros").asInt()).isZero();
		}
		assertThat(pictures.subList(0, 4)).doesNotHaveDuplicates();
		for (int i = 0; i < 4; i++) {
			assertThat(pictures.get(i)).isEqualTo(pictures.get(i + 4));
		}
		assertThat(openAi.submissions()).isEmpty();
		assertThat(replicate.submissions()).isEmpty();
	}

}
