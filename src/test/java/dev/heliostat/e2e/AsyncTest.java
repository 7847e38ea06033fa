package dev.heliostat.e2e;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Generations whose clients do not wait: they are looked up, cancelled, and taken up by
 * another node.
 */
class AsyncTest {

	private static ReplicateSimulator replicate;

	private static OpenAiSimulator openAi;

	private static Gateway gateway;

	private static int number;

	private final String name = "async case " + ++number;

	@BeforeAll
	static void start() {
		replicate = new ReplicateSimulator(0);
		openAi = new OpenAiSimulator(0);
		gateway = Gateway.start(Gateway.behind(replicate, openAi, "--heliostat.generation.lease=1s"));
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

	/** Begins a generation; gives its path. */
	private static String begin(String path, String body) {
		Answer accepted = gateway.send(gateway.request(path, Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.header("prefer", "respond-async")
			.POST(BodyPublishers.ofString(body)));
		assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
		return accepted.header("location");
	}

	private String begin(String... more) {
		return begin("/v1/images/generations", Requests.of(Requests.MODEL, this.name, more));
	}

	private static JsonNode look(String path) {
		return gateway.get(path, Gateway.LIVE_KEY).json();
	}

	private static JsonNode end(String path) {
		return gateway.send(gateway.request(path, Gateway.LIVE_KEY).header("prefer", "wait=20").GET()).json();
	}

	private static Answer cancel(String path, String key) {
		return gateway.send(gateway.request(path, key).DELETE());
	}

	private static void created(int jobs) {
		Awaitility.await().until(() -> replicate.created() == jobs);
	}

	private static JdbcClient store() {
		return gateway.bean(JdbcClient.class);
	}

	private static long rows(String table) {
		return store().sql("select count(*) from " + table).query(Long.class).single();
	}

	@Test
	void aJobThatWaitsIsCancelledForNothing() {
		replicate.usual("queue=20000");
		String path = begin();
		created(1);
		Answer cancelled = cancel(path, Gateway.LIVE_KEY);
		assertThat(cancelled.status()).as(cancelled.text()).isIn(200, 202);
		JsonNode end = end(path);
		assertThat(end.at("/status").asString()).as(end.toString()).isEqualTo("cancelled");
		assertThat(end.at("/error/code").asString()).isEqualTo("generation_cancelled");
		assertThat(end.at("/metadata/cost_micros").asLong()).isZero();
		assertThat(end.at("/metadata/maybe_cost_micros").asLong()).isZero();
		assertThat(end.at("/metadata/attempts/0/billed").asString()).isEqualTo("no");
		assertThat(cancel(path, Gateway.LIVE_KEY).status()).isEqualTo(200);
		assertThat(replicate.submissions()).hasSize(1);
	}

	@Test
	void aJobThatRunsIsPaidForAndItsPictureKept() {
		replicate.usual("latency=4000");
		String path = begin();
		created(1);
		Answer cancelled = cancel(path, Gateway.LIVE_KEY);
		assertThat(cancelled.status()).as(cancelled.text()).isEqualTo(202);
		assertThat(cancelled.json().at("/status").asString()).isEqualTo("running");
		JsonNode end = end(path);
		assertThat(end.at("/status").asString()).isEqualTo("succeeded");
		assertThat(end.at("/metadata/cost_micros").asLong()).isEqualTo(40_000);
		assertThat(end.at("/result/data/0/url").asString()).contains("/media/");
	}

	@Test
	void whatWasCancelledIsNotTriedElsewhere() {
		replicate.usual("latency=1500, failed");
		String path = begin();
		created(1);
		cancel(path, Gateway.LIVE_KEY);
		JsonNode end = end(path);
		assertThat(end.at("/status").asString()).isEqualTo("cancelled");
		assertThat(end.at("/metadata/attempts").size()).isEqualTo(1);
	}

	@Test
	void onlyOnesOwnGenerationsCanBeCancelled() {
		String path = begin();
		assertThat(cancel(path, Gateway.TEST_KEY).status()).isEqualTo(404);
		assertThat(cancel("/v1/generations/gen_nothing", Gateway.LIVE_KEY).status()).isEqualTo(404);
		assertThat(end(path).at("/status").asString()).isEqualTo("succeeded");
		assertThat(cancel(path, Gateway.LIVE_KEY).json().at("/status").asString()).isEqualTo("succeeded");
		assertThat(gateway.post(path, Gateway.LIVE_KEY, "{}").header("allow")).isEqualTo("GET, DELETE");
	}

	@Test
	void aCancelledGenerationMayBeAskedForAgain() {
		replicate.usual("queue=20000");
		String body = Requests.of(Requests.MODEL, this.name);
		String path = gateway
			.send(gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
				.header("prefer", "respond-async")
				.header("content-type", "application/json")
				.header("idempotency-key", this.name)
				.POST(BodyPublishers.ofString(body)))
			.header("location");
		created(1);
		cancel(path, Gateway.LIVE_KEY);
		assertThat(end(path).at("/status").asString()).isEqualTo("cancelled");
		replicate.clear();
		Answer again = gateway.send(gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.header("idempotency-key", this.name)
			.POST(BodyPublishers.ofString(body)));
		assertThat(again.status()).as(again.text()).isEqualTo(200);
		assertThat(path).endsWith(again.json().at("/metadata/id").asString());
	}

	@Test
	void aCancellationAtAnotherNodeIsHeardOf() {
		replicate.usual("queue=20000");
		String path = begin();
		created(1);
		store().sql("insert into cancellation (generation, asked_at) values (?, 0)")
			.param(path.substring(path.lastIndexOf('/') + 1))
			.update();
		assertThat(end(path).at("/status").asString()).isEqualTo("cancelled");
	}

	@Test
	void eachPictureTellsHowFarItIs() {
		replicate.usual("latency=1000");
		String path = begin("\"n\": 3");
		created(3);
		List<String> running = new ArrayList<>();
		look(path).at("/metadata/pictures").forEach(picture -> running.add(picture.path("status").asString()));
		assertThat(running).hasSize(3).containsOnly("running");
		JsonNode end = end(path);
		assertThat(end.at("/metadata/pictures/2/index").asInt()).isEqualTo(2);
		assertThat(end.at("/metadata/pictures/2/status").asString()).isEqualTo("served");
		assertThat(end.at("/metadata/pictures/2/provider").asString()).isEqualTo("replicate");
	}

	/**
	 * What a crash leaves behind that comes before the first submission: the row of a
	 * node that is no more, and the order.
	 */
	private static void leaveBehind(String path) {
		int changed = store()
			.sql("update generation set owner = 4711, status = 'QUEUED', attempts = '[]' where id = ? and settled = 0")
			.param(path.substring(path.lastIndexOf('/') + 1))
			.update();
		assertThat(changed).isEqualTo(1);
	}

	@Test
	void anotherNodeRunsWhatWasNotSubmitted() {
		replicate.usual("latency=1500");
		String path = begin("\"seed\": 7");
		created(1);
		leaveBehind(path);
		created(2);
		assertThat(replicate.submissions().get(1).body()).isEqualTo(replicate.submissions().get(0).body());
		JsonNode end = end(path);
		assertThat(end.at("/status").asString()).as(end.toString()).isEqualTo("succeeded");
		assertThat(end.at("/metadata/cost_micros").asLong()).isEqualTo(40_000);
		Awaitility.await().untilAsserted(() -> assertThat(rows("pending_order")).isZero());
	}

	@Test
	void anotherNodeHasTheUploadsToo() {
		openAi.usual("latency=1500");
		byte[] picture = TestPictures.noise(400, 300);
		String image = "data:image/png;base64," + Base64.getEncoder().encodeToString(picture);
		String path = begin("/v1/images/edits", """
				{"model": "openai/gpt-image-1.5", "prompt": "%s", "images": [{"image_url": "%s"}]}"""
			.formatted(this.name, image));
		Awaitility.await().until(() -> openAi.submissions().size() == 1);
		leaveBehind(path);
		Awaitility.await().until(() -> openAi.submissions().size() == 2);
		JsonNode end = end(path);
		assertThat(end.at("/status").asString()).as(end.toString()).isEqualTo("succeeded");
		assertThat(openAi.submissions().get(1).bytes()).as("the same picture").satisfies(sent -> {
			String text = new String(sent, java.nio.charset.StandardCharsets.ISO_8859_1);
			assertThat(text).contains(new String(picture, java.nio.charset.StandardCharsets.ISO_8859_1));
		});
		Awaitility.await().untilAsserted(() -> assertThat(rows("pending_order")).isZero());
	}

	@Test
	void noPromptStaysInTheStore() {
		String path = begin();
		end(path);
		Awaitility.await()
			.atMost(Duration.ofSeconds(5))
			.untilAsserted(() -> assertThat(rows("pending_order")).isZero());
	}

}
