package dev.heliostat.e2e;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.OpenFiles;
import dev.heliostat.testing.RawConnection;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Clients that hold a connection and do little with it: each is told which limit it met,
 * its connection is closed, and nobody else notices.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowClientsTest {

	private static final String MODEL = "openai/gpt-image-2";

	private final OpenAiSimulator openAi = new OpenAiSimulator(0);

	private final ReplicateSimulator replicate = new ReplicateSimulator(0);

	private final Path data = Gateway.temporary();

	private Gateway gateway;

	@BeforeAll
	void start() {
		this.gateway = Gateway.start(Gateway.behind(this.replicate, this.openAi, "--heliostat.data-dir=" + this.data,
				"--heliostat.limits.read-idle=600ms", "--heliostat.limits.min-rate=2KB",
				"--heliostat.limits.min-rate-after=1s", "--heliostat.limits.write-idle=1500ms",
				"--server.netty.idle-timeout=900ms"));
	}

	@AfterAll
	void stop() {
		this.gateway.close();
		this.openAi.close();
		this.replicate.close();
	}

	@BeforeEach
	void clear() {
		this.openAi.clear();
		this.openAi.usual("");
	}

	private void nothingIsLeft() {
		assertThat(this.openAi.log()).isEmpty();
		Awaitility.await().pollDelay(Duration.ZERO).until(() -> OpenFiles.below(this.data.resolve("spool")) == 0);
	}

	private static void refused(String answer, int status, String code, String sentence) {
		assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
		assertThat(answer.toLowerCase()).contains("connection: close").contains("x-request-id: req_");
		assertThat(answer).contains("\"code\":\"" + code + "\"").contains(sentence);
	}

	static Stream<Arguments> stopped() {
		byte[] large = TestPictures.noise(500, 500);
		String base64 = Base64.getEncoder().encodeToString(large);
		String form = "--xyz\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n";
		return Stream.of(arguments("generations", "application/json", "{\"model\": \"" + MODEL + "\", \"prom"),
				arguments("generations", "application/json", ""),
				arguments("edits", "application/json",
						"{\"model\": \"" + MODEL + "\", \"image\": \"data:image/png;base64," + base64),
				arguments("edits", "multipart/form-data; boundary=xyz", form),
				arguments("edits", "multipart/form-data; boundary=xyz", form + "x".repeat(700_000)));
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("stopped")
	void aBodyThatStopsIsGivenUp(String path, String type, String begin) {
		for (String length : List.of("Content-Length: " + (path.equals("edits") ? 5_000_000 : 1_000_000),
				"Transfer-Encoding: chunked")) {
			try (RawConnection connection = new RawConnection(this.gateway)) {
				connection.send(RawConnection.post("/v1/images/" + path, "Content-Type: " + type, length));
				if (length.endsWith("chunked")) {
					connection.send(Integer.toHexString(begin.length() + 9) + "\r\n");
				}
				connection.send(begin);
				refused(connection.readAll(), 408, "request_timeout",
						"The body stopped in the middle: nothing came for 600 ms (heliostat.limits.read-idle)");
			}
			nothingIsLeft();
		}
	}

	private static Disposable dripping(RawConnection connection, Duration every) {
		return Flux.interval(every, Schedulers.boundedElastic()).subscribe(tick -> connection.send("a"), closed -> {
		});
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("stopped")
	void aBodyThatDripsIsGivenUp(String path, String type, String begin) {
		// Much may have come before: what counts is the average.
		String head = begin.substring(0, Math.min(begin.length(), 60));
		try (RawConnection connection = new RawConnection(this.gateway)) {
			connection
				.send(RawConnection.post("/v1/images/" + path, "Content-Type: " + type, "Content-Length: 1000000"));
			connection.send(head);
			Disposable drips = dripping(connection, Duration.ofMillis(100));
			refused(connection.readAll(), 408, "request_timeout",
					"less than 2048 bytes a second after 1 s (heliostat.limits.min-rate)");
			drips.dispose();
		}
		nothingIsLeft();
	}

	@Test
	void aBodyThatIsSlowButGoesOnIsTaken() {
		String body = Requests.of(MODEL, "A cat" + " and another cat".repeat(500));
		try (RawConnection connection = new RawConnection(this.gateway)) {
			connection.send(RawConnection.post("/v1/images/generations", "Content-Type: application/json",
					"Connection: close", "Content-Length: " + body.length()));
			// 16 pieces of about 500 bytes, ten a second.
			Flux.range(0, 17)
				.delayElements(Duration.ofMillis(100), Schedulers.boundedElastic())
				.doOnNext(piece -> connection.send(body.substring(Math.min(body.length(), piece * 500),
						Math.min(body.length(), (piece + 1) * 500))))
				.blockLast();
			assertThat(connection.readAll()).startsWith("HTTP/1.1 200 ");
		}
	}

	@Test
	void headersThatStopAreGivenUp() {
		for (String begin : List.of("P", "POST /v1/images/generations HTTP/1.1\r\n",
				"POST /v1/images/generations HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")) {
			try (RawConnection connection = new RawConnection(this.gateway)) {
				refused(connection.send(begin).readAll(), 408, "request_timeout",
						"The request stopped in the middle: nothing came for 600 ms (heliostat.limits.read-idle)");
			}
		}
	}

	@Test
	void headersThatDripAreGivenUp() {
		try (RawConnection connection = new RawConnection(this.gateway)) {
			connection.send("GET /v1/models HTTP/1.1\r\nX-Slow: ");
			Disposable drips = dripping(connection, Duration.ofMillis(50));
			refused(connection.readAll(), 408, "request_timeout", "heliostat.limits.read-idle");
			drips.dispose();
		}
	}

	@Test
	void headersThatAreTooLargeOrNoneAreRefused() {
		try (RawConnection connection = new RawConnection(this.gateway)) {
			refused(connection.send(RawConnection.post("/v1/images/generations", "X-Large: " + "a".repeat(17_000)))
				.readAll(), 413, "request_too_large", "more than 16384 bytes (heliostat.limits.request-header)");
		}
		try (RawConnection connection = new RawConnection(this.gateway)) {
			refused(connection.send("GET /v1/models?x=" + "a".repeat(9000) + " HTTP/1.1\r\n\r\n").readAll(), 413,
					"request_too_large", "more than 8192 bytes (heliostat.limits.request-line)");
		}
		try (RawConnection connection = new RawConnection(this.gateway)) {
			refused(connection.send("no HTTP at all\r\n\r\n").readAll(), 400, "invalid_value", "no HTTP/1.1");
		}
		try (RawConnection connection = new RawConnection(this.gateway)) {
			refused(connection.send("GET /v1/models HTTP/1.1\r\nno colon\r\n\r\n").readAll(), 400, "invalid_value",
					"no HTTP/1.1");
		}
		nothingIsLeft();
	}

	@Test
	void aConnectionThatIsKeptIsUsedAgainAndClosedWhenItIsIdle() {
		try (RawConnection connection = new RawConnection(this.gateway)) {
			for (int i = 0; i < 3; i++) {
				connection.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");
			}
			String answers = connection.readAll();
			assertThat(answers.split("HTTP/1.1 404", -1)).hasSize(4);
			assertThat(answers).doesNotContain("408");
		}
		try (RawConnection connection = new RawConnection(this.gateway)) {
			assertThat(connection.readAll()).as("never asked anything").isEmpty();
		}
	}

	@Test
	void anAnswerThatNobodyTakesIsCutAndThePictureWaits() {
		// Too large for the memory, so that the spool tells when it is given up.
		this.openAi.usual("big=2600");
		String body = Requests.of(MODEL, "A cat", "\"quality\": \"low\"");
		byte[] taken;
		String head;
		try (RawConnection connection = new RawConnection(this.gateway)) {
			connection.send(RawConnection.post("/v1/images/generations", "Content-Type: application/json",
					"Content-Length: " + body.length()));
			connection.send(body);
			head = connection.read(4000);
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.until(() -> OpenFiles.below(this.data.resolve("spool")) == 0);
			taken = connection.readUntilClosed();
		}
		long length = Long.parseLong(head.replaceAll("(?is).*content-length: (\\d+).*", "$1"));
		assertThat(length).isGreaterThan(9_000_000);
		assertThat((long) taken.length).isLessThan(length - 100_000);
		String id = head.replaceAll("(?is).*x-heliostat-generation: (\\S+).*", "$1");
		JsonNode kept = this.gateway.get("/v1/generations/" + id, Gateway.LIVE_KEY).json();
		assertThat(kept.path("status").asString()).isEqualTo("succeeded");
		assertThat(kept.at("/result/data/0/b64_json").asString().length()).isGreaterThan(9_000_000);
		assertThat(this.openAi.submissions()).hasSize(1);
	}

	@Test
	void aClientThatStallsDelaysNobody() {
		List<RawConnection> stalled = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			stalled.add(new RawConnection(this.gateway).send(RawConnection.post("/v1/images/edits",
					"Content-Type: multipart/form-data; boundary=xyz", "Content-Length: 1000000") + "--xyz\r\n"));
		}
		Answer answer = this.gateway.generate(Gateway.LIVE_KEY, Requests.of(MODEL, "A cat"));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		stalled.forEach(connection -> {
			assertThat(connection.readAll()).startsWith("HTTP/1.1 408 ");
			connection.close();
		});
	}

	@Test
	void anAddressHasSoManyConnections() {
		try (Gateway small = Gateway.start("--heliostat.limits.connections-per-address=3")) {
			List<RawConnection> open = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				open.add(asked(small));
				assertThat(open.getLast().read(12)).isEqualTo("HTTP/1.1 404");
			}
			for (int i = 0; i < 3; i++) {
				try (RawConnection connection = asked(small)) {
					String answer = connection.readAll();
					refused(answer, 429, "rate_limit_exceeded",
							"more than 3 connections open (heliostat.limits.connections-per-address)");
					assertThat(answer).contains("x-should-retry: true").contains("retry-after: 1");
				}
			}
			open.removeLast().close();
			Awaitility.await().untilAsserted(() -> {
				try (RawConnection connection = asked(small)) {
					assertThat(connection.read(12)).isEqualTo("HTTP/1.1 404");
				}
			});
			// Far beyond the limit there is not even an answer.
			List<RawConnection> many = new ArrayList<>();
			for (int i = 0; i < 12; i++) {
				many.add(new RawConnection(small));
			}
			assertThat(many.getLast().readUntilClosed()).isEmpty();
			many.forEach(RawConnection::close);
			open.forEach(RawConnection::close);
		}
	}

	private static RawConnection asked(Gateway gateway) {
		RawConnection connection = new RawConnection(gateway);
		connection.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
		return connection;
	}

}
