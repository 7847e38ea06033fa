package dev.heliostat.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A request that comes again: it joins the first one or gets its end, and is paid for
 * once, at whichever node it comes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class IdempotencyContract {

	private final Path media = Gateway.temporary();

	private final List<Gateway> nodes = new ArrayList<>();

	private final AtomicInteger requests = new AtomicInteger();

	private ReplicateSimulator replicate;

	private OpenAiSimulator openAi;

	private int number;

	/** No test meets what another one asked for. */
	private String name = "";

	/** What each node is started with, beside the media folder that all share. */
	abstract List<List<String>> nodes();

	/** Whether generations are in the store. */
	boolean isDurable() {
		return true;
	}

	@BeforeAll
	void start() {
		this.replicate = new ReplicateSimulator(0);
		this.openAi = new OpenAiSimulator(0);
		for (List<String> node : nodes()) {
			List<String> arguments = new ArrayList<>(node);
			arguments.addAll(List.of("--heliostat.circuit.minimum-calls=10000", "--heliostat.circuit.window=10000",
					"--heliostat.media.directory=" + this.media));
			this.nodes
				.add(Gateway.start(Gateway.behind(this.replicate, this.openAi, arguments.toArray(String[]::new))));
		}
	}

	@AfterAll
	void stop() {
		this.nodes.forEach(Gateway::close);
		this.replicate.close();
		this.openAi.close();
	}

	@BeforeEach
	void clear() {
		this.name = "case " + ++this.number;
		this.replicate.clear();
		this.openAi.clear();
	}

	/**
	 * No request comes to the node that the one before came to, where there are several.
	 */
	private Gateway next() {
		return this.nodes.get(this.requests.getAndIncrement() % this.nodes.size());
	}

	private String metrics() {
		return this.nodes.stream().map(Gateway::metrics).collect(Collectors.joining());
	}

	private JdbcClient store() {
		return this.nodes.getFirst().bean(JdbcClient.class);
	}

	private String body(String... more) {
		return Requests.of(Requests.MODEL, this.name, more);
	}

	private Answer send(String body, String... headers) {
		Gateway node = next();
		var request = node.request("/openai/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.POST(BodyPublishers.ofString(body));
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		return node.send(request);
	}

	private Answer keyed(String body) {
		return send(body, "Idempotency-Key", this.name);
	}

	private static String id(Answer answer) {
		return answer.json().at("/metadata/id").asString();
	}

	private byte[] picture(Answer answer) {
		return next().get(answer.json().at("/data/0/url").asString(), "").response().body();
	}

	@Test
	void theSameKeyGetsTheSamePictureAgain() {
		Answer first = keyed(body());
		Answer again = keyed("{\"prompt\": \"" + this.name + "\", \"n\": null, \"model\": \"" + Requests.MODEL + "\"}");
		assertThat(again.status()).as(again.text()).isEqualTo(200);
		assertThat(id(again)).isEqualTo(id(first));
		assertThat(picture(again)).isEqualTo(picture(first));
		assertThat(again.header("x-heliostat-cost-micros")).isEqualTo("40000");
		assertThat(this.replicate.submissions()).hasSize(1);
	}

	@Test
	void picturesAsTextComeAgainToo() {
		Answer first = keyed(body("\"response_format\": \"b64_json\""));
		Answer again = keyed(body("\"response_format\": \"b64_json\""));
		assertThat(again.json().at("/data")).isEqualTo(first.json().at("/data"));
		assertThat(again.json().at("/data/0/b64_json").asString()).isNotEmpty();
		assertThat(this.replicate.submissions()).hasSize(1);
	}

	@Test
	void theSameKeyJoinsWhatStillRuns() {
		this.replicate.usual("latency=1500");
		List<CompletableFuture<Answer>> answers = Stream
			.generate(() -> CompletableFuture.supplyAsync(() -> keyed(body()), Thread::startVirtualThread))
			.limit(8)
			.toList();
		assertThat(answers.stream().map(CompletableFuture::join).map(IdempotencyContract::id).distinct()).hasSize(1);
		assertThat(this.replicate.submissions()).hasSize(1);
		assertThat(metrics()).contains("heliostat_duplicates_suppressed_total");
	}

	@Test
	void anotherBodyUnderTheSameKeyIsRefused() {
		keyed(body());
		Answer other = keyed(Requests.of(Requests.MODEL, this.name + "!"));
		assertThat(other.status()).isEqualTo(422);
		assertThat(other.json().at("/error/code").asString()).isEqualTo("idempotency_mismatch");
		assertThat(this.replicate.submissions()).hasSize(1);
	}

	@Test
	void aKeyThatIsTooLongIsRefused() {
		Answer answer = send(body(), "Idempotency-Key", "k".repeat(256));
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.text()).contains("Idempotency-Key: 256 characters (expected: 1 to 255");
		assertThat(this.replicate.submissions()).isEmpty();
	}

	@Test
	void whatFailedUnbilledRunsAnewUnderTheSameRecord() {
		this.replicate.usual("status=503");
		Answer failed = keyed(body());
		assertThat(failed.status()).isEqualTo(502);
		this.replicate.clear();
		Answer again = keyed(body());
		assertThat(again.status()).as(again.text()).isEqualTo(200);
		assertThat(again.json().at("/metadata/attempts").size()).isEqualTo(2);
		if (isDurable()) {
			assertThat(store().sql(
					"select count(*) from generation where fingerprint = (select fingerprint from generation where id = ?)")
				.param(id(again))
				.query(Long.class)
				.single()).isEqualTo(1);
		}
		assertThat(id(keyed(body()))).isEqualTo(id(again));
		assertThat(this.replicate.submissions()).hasSize(1);
	}

	@Test
	void whatMayHaveBeenBilledIsNeverRunAgain() {
		String body = Requests.of("openai/gpt-image-1.5", this.name + " [[fake: lost]]");
		Answer first = keyed(body);
		Answer again = keyed(body);
		assertThat(first.json().at("/error/code").asString()).isEqualTo("outcome_unknown");
		assertThat(again.json()).isEqualTo(first.json());
		assertThat(this.openAi.submissions()).hasSize(1);
	}

	@Test
	void aClientThatHungUpGetsItsPictureByTheRetryOfItsSdk() {
		this.replicate.usual("latency=1200");
		Answer late = send(body(), "x-heliostat-deadline-ms", "200");
		assertThat(late.status()).isEqualTo(504);
		assertThat(late.header("x-should-retry")).isEqualTo("true");
		assertThat(late.header("retry-after")).isEqualTo("1");
		assertThat(late.header("location")).startsWith("/openai/v1/generations/gen_");
		Answer retry = send(body(), "x-stainless-retry-count", "1");
		assertThat(retry.status()).as(retry.text()).isEqualTo(200);
		assertThat(id(retry)).isEqualTo(late.header("x-heliostat-generation"));
		assertThat(this.replicate.submissions()).hasSize(1);
		assertThat(metrics()).containsPattern("heliostat_results_rescued_total(\\{[^}]*})? [1-9]");
	}

	@Test
	void equalRequestsAreNoRepetitionsAndTheirRetriesPairOff() {
		Answer one = send(body());
		Answer other = send(body());
		assertThat(id(other)).isNotEqualTo(id(one));
		Answer retry = send(body(), "x-stainless-retry-count", "1");
		Answer otherRetry = send(body(), "x-stainless-retry-count", "1");
		assertThat(List.of(id(retry), id(otherRetry))).containsExactlyInAnyOrder(id(one), id(other));
		assertThat(id(send(body(), "x-stainless-retry-count", "2"))).isIn(id(one), id(other));
		assertThat(this.replicate.submissions()).hasSize(2);
		send(body(), "x-stainless-retry-count", "0");
		assertThat(this.replicate.submissions()).hasSize(3);
	}

	@Test
	void retriesOfWhatFailedUnbilledStayOneRecord() {
		this.replicate.usual("status=503");
		send(body());
		send(body(), "x-stainless-retry-count", "1");
		this.replicate.clear();
		Answer made = send(body(), "x-stainless-retry-count", "2");
		assertThat(made.json().at("/metadata/attempts").size()).isEqualTo(3);
		String model = made.json().at("/metadata/model").asString();
		if (isDurable()) {
			assertThat(store().sql("select sum(attempts) from spend_hour where model = ?")
				.param(model)
				.query(Long.class)
				.single())
				.as("every attempt is added up once")
				.isEqualTo(store().sql("select attempts from generation where model = ? and settled = 1")
					.param(model)
					.query(String.class)
					.list()
					.stream()
					.mapToLong(attempts -> JsonMapper.builder().build().readTree(attempts).size())
					.sum());
		}
	}

	@Test
	void aRepetitionAfterTheRetentionNeverPaysAgain() {
		Answer first = keyed(body());
		deletePictures();
		Answer again = keyed(body());
		assertThat(first.status()).isEqualTo(200);
		assertThat(again.status()).isEqualTo(410);
		assertThat(again.json().at("/error/code").asString()).isEqualTo("result_expired");
		assertThat(this.replicate.submissions()).hasSize(1);
	}

	private void deletePictures() {
		try (Stream<Path> files = Files.walk(this.media)) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				Files.delete(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void aGenerationCanBeLookedUpByItsOwnerOnly() {
		this.replicate.usual("latency=1000");
		Answer late = send(body(), "x-heliostat-deadline-ms", "100");
		String path = late.header("location");
		assertThat(next().get(path, Gateway.LIVE_KEY).json().at("/status").asString()).isEqualTo("running");
		Answer waited = next().send(next().request(path, Gateway.LIVE_KEY).header("Prefer", "wait=20").GET());
		assertThat(waited.header("preference-applied")).isEqualTo("wait=20");
		JsonNode done = waited.json();
		assertThat(done.at("/object").asString()).isEqualTo("generation");
		assertThat(done.at("/status").asString()).isEqualTo("succeeded");
		assertThat(done.at("/result/metadata/cost_micros").asLong()).isEqualTo(40_000);
		assertThat(next().get(done.at("/result/data/0/url").asString(), "").status()).isEqualTo(200);
		Answer stranger = next().get(path, Gateway.TEST_KEY);
		assertThat(stranger.status()).isEqualTo(404);
		assertThat(stranger.json().at("/error/code").asString()).isEqualTo("not_found");
	}

	@Test
	void anAnswerCanBeFetchedLater() {
		Answer accepted = send(body(), "Prefer", "respond-async", "Idempotency-Key", this.name);
		assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
		assertThat(accepted.header("preference-applied")).isEqualTo("respond-async");
		assertThat(accepted.json().at("/status").asString()).isIn("queued", "running");
		assertThat(accepted.json().at("/result").isNull()).isTrue();
		String path = accepted.header("location");
		JsonNode done = next().send(next().request(path, Gateway.LIVE_KEY).header("Prefer", "wait=20").GET()).json();
		assertThat(done.at("/result/data/0/url").asString()).contains("/media/");
		Answer joined = keyed(body());
		assertThat(id(joined)).isEqualTo(done.at("/id").asString());
		assertThat(send(body(), "Prefer", "respond-async", "Idempotency-Key", this.name).header("location"))
			.isEqualTo(path);
		assertThat(this.replicate.submissions()).hasSize(1);
	}

	@Test
	void whatCannotRunIsRefusedBeforeItIsAccepted() {
		Answer answer = send(Requests.of("no-such-model", this.name), "Prefer", "respond-async");
		assertThat(answer.status()).isEqualTo(404);
	}

	@Test
	void generationsAreListedYoungestFirst() {
		Answer first = send(body());
		Answer second = send(body());
		JsonNode page = next().get("/v1/generations?limit=1", Gateway.LIVE_KEY).json();
		assertThat(page.at("/data/0/id").asString()).isEqualTo(id(second));
		assertThat(page.at("/data/0/result/data/0/url").asString()).contains("/media/");
		assertThat(page.at("/has_more").asBoolean()).isTrue();
		JsonNode next = next().get("/v1/generations?limit=1&after=" + page.at("/last_id").asString(), Gateway.LIVE_KEY)
			.json();
		assertThat(next.at("/data/0/id").asString()).isEqualTo(id(first));
	}

	@Test
	void uploadsAreKnownByTheirBytes() {
		byte[] png = next().get(send(body()).json().at("/data/0/url").asString(), "").response().body();
		byte[] other = png.clone();
		other[other.length - 20] ^= 1;
		this.openAi.clear();
		Answer first = edit(png);
		Answer again = edit(png);
		assertThat(first.status()).as(first.text()).isEqualTo(200);
		assertThat(id(again)).isEqualTo(id(first));
		assertThat(this.openAi.submissions()).hasSize(1);
		assertThat(edit(other).status()).isEqualTo(422);
	}

	private Answer edit(byte[] picture) {
		String boundary = "b" + System.nanoTime();
		List<byte[]> parts = List.of(
				("--" + boundary + "\r\ncontent-disposition: form-data; name=\"prompt\"\r\n\r\n" + this.name + "\r\n--"
						+ boundary
						+ "\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nopenai/gpt-image-1.5\r\n--"
						+ boundary + "\r\ncontent-disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n")
					.getBytes(StandardCharsets.UTF_8),
				picture, ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
		return next().send(next().request("/v1/images/edits", Gateway.LIVE_KEY)
			.header("content-type", "multipart/form-data; boundary=" + boundary)
			.header("Idempotency-Key", this.name + " edit")
			.POST(BodyPublishers.ofByteArrays(parts)));
	}

	@Test
	void aConnectionThatBreaksLosesNothing() throws IOException {
		this.replicate.usual("latency=1000");
		String text = body();
		String head = "POST /v1/images/generations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
				+ Gateway.LIVE_KEY + "\r\nContent-Type: application/json\r\nContent-Length: " + text.length()
				+ "\r\n\r\n";
		String url = next().url();
		int port = Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
		try (java.net.Socket socket = new java.net.Socket("127.0.0.1", port)) {
			socket.getOutputStream().write((head + text).getBytes(StandardCharsets.UTF_8));
			socket.getOutputStream().flush();
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> this.replicate.created() >= 1);
		}
		Answer retry = send(text, "x-stainless-retry-count", "1");
		assertThat(retry.status()).as(retry.text()).isEqualTo(200);
		assertThat(this.replicate.submissions()).hasSize(1);
	}

}
