package dev.heliostat.e2e;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.OpenFiles;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Providers whose answers are far too large, never end, or hardly come: each is cut at
 * the limit of a picture or of time, with an honest error and an empty spool, and nobody
 * else waits for it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EndlessAnswersTest {

	private static final byte[] PICTURE = TestPictures.picture(64, 64, "png");

	private static final String BASE64 = Base64.getEncoder().encodeToString(PICTURE);

	private static final long GIGABYTE = 1L << 30;

	private final AtomicLong sent = new AtomicLong();

	private final Path data = Gateway.temporary();

	private DisposableServer provider;

	private Gateway gateway;

	@BeforeAll
	void start() {
		this.provider = HttpServer.create().host("127.0.0.1").port(0).handle(this::answer).bindNow();
		this.gateway = Gateway.start("--heliostat.data-dir=" + this.data, "--heliostat.media.max-picture-bytes=2MB",
				"--heliostat.egress.min-rate=1KB", "--heliostat.egress.min-rate-after=500ms",
				"--heliostat.circuit.minimum-calls=10000", "--heliostat.circuit.window=10000",
				"--heliostat.providers.together.base-url=http://127.0.0.1:" + this.provider.port(),
				"--heliostat.providers.together.api-key=together-key-of-the-tests");
	}

	@AfterAll
	void stop() {
		// While the event loops are there that both share.
		this.provider.disposeNow();
		this.gateway.close();
	}

	private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
		if (request.method().name().equals("GET")) {
			return file(request.uri(), response);
		}
		return request.receive().aggregate().asString(StandardCharsets.UTF_8).flatMap(body -> {
			String kind = body.replaceAll("(?s).*kind (\\S+?)\".*", "$1");
			response.header("content-type", kind.startsWith("raw") ? "image/png" : "application/json");
			return Mono.from(switch (kind) {
				case "base64" ->
					endless(response, start("\"b64_json\":\"" + BASE64.substring(0, 40)), "A".repeat(60_000));
				case "whitespace" -> endless(response, start("\"b64_json\":\"" + BASE64), "\n".repeat(60_000));
				case "prefix" -> endless(response, start("\"url\":\"data:"), "image/png;".repeat(6000));
				case "members" -> endless(response, start("\"a\":1"), ",\"a\":1".repeat(10_000));
				case "text" -> endless(response, start("\"a\":\""), "a".repeat(60_000));
				case "deep" -> endless(response, start("\"a\":"), "[".repeat(60_000));
				case "pictures" -> endless(response, "{\"data\":[{\"index\":0,\"b64_json\":\"" + BASE64 + "\"}",
						(",{\"index\":1,\"b64_json\":\"" + BASE64 + "\"}").repeat(40));
				case "spaces" -> endless(response, "", " ".repeat(60_000));
				case "raw" -> endless(response, "", new String(new char[60_000]));
				case "raw-gigabyte" -> endless(response.header("content-length", Long.toString(GIGABYTE)), "",
						new String(new char[60_000]));
				case "good" -> response.sendString(Mono.just(start("\"b64_json\":\"" + BASE64 + "\"") + "}]}"));
				default -> response.sendString(Mono
					.just(start("\"url\":\"http://127.0.0.1:" + this.provider.port() + "/" + kind + "\"") + "}]}"));
			});
		});
	}

	private static String start(String member) {
		return "{\"data\":[{\"index\":0," + member;
	}

	private Publisher<Void> endless(HttpServerResponse response, String start, String more) {
		byte[] piece = more.getBytes(StandardCharsets.ISO_8859_1);
		Flux<byte[]> pieces = Flux.<byte[]>generate(sink -> {
			this.sent.addAndGet(piece.length);
			sink.next(piece);
		}).take(GIGABYTE / piece.length);
		return response.sendByteArray(Flux.concat(Mono.just(start.getBytes(StandardCharsets.UTF_8)), pieces));
	}

	private Publisher<Void> file(String path, HttpServerResponse response) {
		return switch (path.substring(1)) {
			case "file" -> endless(response, "\u0089PNG", new String(new char[60_000]));
			case "dripping" -> response.send(Flux.interval(Duration.ofMillis(20))
				.onBackpressureDrop()
				.map(tick -> io.netty.buffer.Unpooled.wrappedBuffer(new byte[1])), each -> true);
			case "403", "404" -> response.status(Integer.parseInt(path.substring(1))).send();
			default ->
				response.header("content-type", "image/png").sendString(Mono.just("<html><body>Sign in</body></html>"));
		};
	}

	private Answer ask(String kind) {
		return this.gateway.generate(Gateway.LIVE_KEY, Requests.of("together/flux.1-schnell", "A cat of kind " + kind));
	}

	@ParameterizedTest(name = "{0}")
	@CsvSource(delimiter = '|', textBlock = """
			base64       | too large: more than 2097152 bytes
			whitespace   | more than 1048576 bytes
			prefix       | more than 1048576 bytes
			members      | more than 1048576 bytes
			text         | more than 1048576 bytes
			deep         | more than 1048576 bytes
			pictures     | more than 64 pictures
			spaces       | more than 1048576 bytes
			raw          | too large: more than 2097152 bytes
			raw-gigabyte | too large: more than 2097152 bytes
			file         | too large: more than 2097152 bytes
			dripping     | less than 1024 bytes a second
			403          | answered 403
			404          | answered 404
			html         | got an HTML or XML document
			""")
	void whatNeverEndsIsCutAndNamed(String kind, String sentence) {
		this.sent.set(0);
		Answer answer = ask(kind);
		assertThat(answer.status()).as(answer.text()).isEqualTo(502);
		assertThat(answer.json().at("/error/code").asString()).isEqualTo("outcome_unknown");
		assertThat(answer.json().at("/error/message").asString()).contains(sentence);
		assertThat(answer.header("x-should-retry")).isEqualTo("false");
		long until = this.sent.get();
		assertThat(until).isLessThan(60_000_000);
		Awaitility.await().until(() -> OpenFiles.below(this.data.resolve("spool")) == 0);
	}

	@Test
	void anEndlessAnswerDelaysNobody() {
		Map<String, CompletableFuture<Answer>> endless = new java.util.HashMap<>();
		for (String kind : new String[] { "base64", "whitespace", "raw-gigabyte", "file", "dripping" }) {
			endless.put(kind, CompletableFuture.supplyAsync(() -> ask(kind)));
		}
		for (int i = 0; i < 20; i++) {
			assertThat(ask("good").status()).isEqualTo(200);
		}
		endless.forEach((kind, answer) -> assertThat(answer.join().status()).as(kind).isEqualTo(502));
		Awaitility.await().until(() -> OpenFiles.below(this.data.resolve("spool")) == 0);
	}

}
