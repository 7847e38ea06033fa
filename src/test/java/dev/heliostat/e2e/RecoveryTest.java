package dev.heliostat.e2e;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.GatewayProcess;
import dev.heliostat.testing.PostgresServer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes are killed while they make pictures: whoever asks again gets the same
 * picture, from the restarted process or from another one, and it was paid for once.
 */
@Tag("processes")
class RecoveryTest {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String BODY = Requests.of(Requests.MODEL, "A cat that survives");

	private final ReplicateSimulator replicate = new ReplicateSimulator(0);

	@BeforeEach
	void slow() {
		this.replicate.usual("latency=2000");
	}

	@AfterEach
	void stop() {
		this.replicate.close();
	}

	private List<String> behind(List<String> store) {
		List<String> arguments = new ArrayList<>(store);
		arguments.add("--heliostat.providers.replicate.base-url=" + this.replicate.baseUrl());
		arguments.add("--heliostat.providers.replicate.api-key=" + ReplicateSimulator.TOKEN);
		arguments.add("--heliostat.generation.lease=2s");
		return arguments;
	}

	/**
	 * A node of a cluster: its own data directory, a shared database and media folder.
	 */
	private List<String> node(List<String> database, Path media) {
		List<String> arguments = new ArrayList<>(behind(database));
		arguments.add("--heliostat.data-dir=" + Gateway.temporary());
		arguments.add("--heliostat.media.directory=" + media);
		arguments.add("--heliostat.secret-key=a-secret-of-the-tests-that-is-long-enough-0001");
		return arguments;
	}

	private static JsonNode json(CompletableFuture<HttpResponse<String>> answer) {
		HttpResponse<String> response = answer.join();
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return JSON.readTree(response.body());
	}

	private static String id(JsonNode answer) {
		return answer.at("/metadata/id").asString();
	}

	/** The first poll comes after the job's id has been written down. */
	private void untilFollowed(int jobs) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.replicate.followed() >= jobs);
	}

	@Test
	void aRestartedProcessGivesTheSamePictureToTheRetry() {
		List<String> arguments = behind(List.of("--heliostat.data-dir=" + Gateway.temporary()));
		try (GatewayProcess first = GatewayProcess.start(List.of(), arguments)) {
			first.generate(BODY, "Idempotency-Key", "k1");
			first.generate(Requests.of(Requests.MODEL, "Another one"));
			untilFollowed(2);
			first.kill();
		}
		try (GatewayProcess second = GatewayProcess.start(List.of(), arguments)) {
			JsonNode keyed = json(second.generate(BODY, "Idempotency-Key", "k1"));
			assertThat(keyed.at("/metadata/cost_micros").asLong()).isEqualTo(40_000);
			assertThat(keyed.at("/metadata/attempts").size()).isEqualTo(1);
			assertThat(id(json(second.generate(BODY, "Idempotency-Key", "k1")))).isEqualTo(id(keyed));
			JsonNode retried = json(
					second.generate(Requests.of(Requests.MODEL, "Another one"), "x-stainless-retry-count", "1"));
			assertThat(retried.at("/metadata/attempts/0/billed").asString()).isEqualTo("yes");
		}
		assertThat(this.replicate.submissions()).hasSize(2);
	}

	@Test
	void aRestartedProcessConvertsAsTheFirstOneWouldHave() {
		List<String> arguments = behind(List.of("--heliostat.data-dir=" + Gateway.temporary()));
		String body = Requests.of(Requests.MODEL, "A small GIF", "\"output_format\": \"gif\"", "\"size\": \"200x100\"");
		try (GatewayProcess first = GatewayProcess.start(List.of(), arguments)) {
			first.generate(body, "Idempotency-Key", "k1", "x-heliostat-fit", "exact-crop");
			untilFollowed(1);
			first.kill();
		}
		try (GatewayProcess second = GatewayProcess.start(List.of(), arguments)) {
			JsonNode answer = json(second.generate(body, "Idempotency-Key", "k1", "x-heliostat-fit", "exact-crop"));
			assertThat(answer.path("output_format").asString()).isEqualTo("gif");
			assertThat(answer.path("size").asString()).isEqualTo("200x100");
		}
		assertThat(this.replicate.submissions()).hasSize(1);
	}

	@Test
	void aJobWhoseIdWasNeverSeenIsFoundAgain() {
		// The job is made at once, and its creation answered after a second.
		List<String> arguments = behind(List.of("--heliostat.data-dir=" + Gateway.temporary()));
		try (GatewayProcess first = GatewayProcess.start(List.of(), arguments)) {
			first.generate(BODY, "Idempotency-Key", "k1");
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.replicate.created() >= 1);
			first.kill();
		}
		try (GatewayProcess second = GatewayProcess.start(List.of(), arguments)) {
			JsonNode found = json(second.generate(BODY, "Idempotency-Key", "k1"));
			assertThat(found.at("/metadata/attempts/0/billed").asString()).isEqualTo("yes");
			assertThat(found.at("/metadata/cost_micros").asLong()).isEqualTo(40_000);
		}
		assertThat(this.replicate.submissions()).hasSize(1);
	}

	@Test
	void anotherNodeJoinsAndTakesOver() {
		List<String> database = PostgresServer.freshDatabase();
		Path media = Gateway.temporary();
		try (GatewayProcess first = GatewayProcess.start(List.of(), node(database, media));
				GatewayProcess second = GatewayProcess.start(List.of(), node(database, media))) {
			CompletableFuture<HttpResponse<String>> here = first.generate(BODY, "Idempotency-Key", "k1");
			CompletableFuture<HttpResponse<String>> there = second.generate(BODY, "Idempotency-Key", "k1");
			assertThat(id(json(there))).isEqualTo(id(json(here)));
			assertThat(this.replicate.submissions()).hasSize(1);

			String other = Requests.of(Requests.MODEL, "A picture whose node dies");
			first.generate(other, "Idempotency-Key", "k2");
			untilFollowed(2);
			first.kill();
			JsonNode rescued = json(second.generate(other, "Idempotency-Key", "k2"));
			assertThat(rescued.at("/metadata/attempts/0/billed").asString()).isEqualTo("yes");
			assertThat(rescued.at("/metadata/cost_micros").asLong()).isEqualTo(40_000);
			assertThat(this.replicate.submissions()).hasSize(2);
		}
	}

	@Test
	void manyOfOneKeyAtTwoNodesAreOneSubmission() {
		this.replicate.usual("latency=300");
		List<String> database = PostgresServer.freshDatabase();
		Path media = Gateway.temporary();
		try (GatewayProcess first = GatewayProcess.start(List.of(), node(database, media));
				GatewayProcess second = GatewayProcess.start(List.of(), node(database, media))) {
			List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
			for (int i = 0; i < 40; i++) {
				GatewayProcess node = (i % 2 == 0) ? first : second;
				answers.add(node.generate(Requests.of(Requests.MODEL, "Key " + i / 8), "Idempotency-Key", "k" + i / 8));
			}
			Set<String> ids = new HashSet<>();
			answers.forEach(answer -> ids.add(id(json(answer))));
			assertThat(ids).hasSize(5);
			assertThat(this.replicate.submissions()).hasSize(5);
		}
	}

}
