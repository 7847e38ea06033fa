package dev.heliostat.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpServer;
import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.simulator.WebhookReceiver;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Secrets and prompts are planted, everything that can happen to a request happens, and
 * then every log line, metric, table, file and error is searched for them.
 */
@ExtendWith(OutputCaptureExtension.class)
class PrivacyTest {

	private static final String PROMPT = "Zyxwolf beneath a violet comet";

	private static final String LIVE = "planted-live-key-000000000001";

	private static final String TEST = "planted-test-key-000000000002";

	private static final String ADMIN = "planted-admin-key-00000000003";

	private static final String SECRET = "planted-secret-of-the-gateway-that-is-long-04";

	private static final String IDEMPOTENCY = "planted-idempotency-key-5";

	private static final String HOOK = "planted-hook-token-6";

	private static final String FORGED = "hs_live_plantedforgedkey0000000000000000007";

	private static final List<String> PLANTED = List.of("Zyxwolf", LIVE, TEST, ADMIN, SECRET, IDEMPOTENCY, HOOK, FORGED,
			ReplicateSimulator.TOKEN, OpenAiSimulator.TOKEN);

	private final Path data = Gateway.temporary();

	private final List<String> errors = new ArrayList<>();

	private final Map<String, String> places = new TreeMap<>();

	private Answer post(Gateway gateway, String path, String key, String body, String... headers) {
		var request = gateway.request(path, key)
			.header("content-type", "application/json")
			.POST(BodyPublishers.ofString(body));
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		Answer answer = gateway.send(request);
		if (answer.status() >= 400) {
			this.errors.add(answer.text());
		}
		return answer;
	}

	private static String body(String model, String extra, String... more) {
		return Requests.of(model, PROMPT + extra, more);
	}

	private Answer edit(Gateway gateway, String extra) {
		ByteArrayOutputStream form = new ByteArrayOutputStream();
		part(form, "name=\"model\"", "openai/gpt-image-2".getBytes(StandardCharsets.UTF_8));
		part(form, "name=\"prompt\"", (PROMPT + extra).getBytes(StandardCharsets.UTF_8));
		part(form, "name=\"image\"; filename=\"" + HOOK + ".png\"\r\nContent-Type: image/png",
				TestPictures.picture(640, 480, "png"));
		form.writeBytes("--planted--\r\n".getBytes(StandardCharsets.UTF_8));
		Answer answer = gateway.send(gateway.request("/v1/images/edits", LIVE)
			.header("content-type", "multipart/form-data; boundary=planted")
			.POST(BodyPublishers.ofByteArray(form.toByteArray())));
		if (answer.status() >= 400) {
			this.errors.add(answer.text());
		}
		return answer;
	}

	private static void part(ByteArrayOutputStream form, String head, byte[] bytes) {
		form.writeBytes(
				("--planted\r\nContent-Disposition: form-data; " + head + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
		form.writeBytes(bytes);
		form.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void nothingPlantedIsFoundAnywhere(CapturedOutput output) throws IOException {
		Collector collector = new Collector();
		try (collector;
				ReplicateSimulator replicate = new ReplicateSimulator(0);
				OpenAiSimulator openAi = new OpenAiSimulator(0);
				WebhookReceiver receiver = new WebhookReceiver();
				Gateway gateway = Gateway.start(Gateway.behind(replicate, openAi, "--heliostat.data-dir=" + this.data,
						"--heliostat.config-dir=" + Quick.config(), "--heliostat.bootstrap.live-key=" + LIVE,
						"--heliostat.bootstrap.test-key=" + TEST, "--heliostat.bootstrap.admin-key=" + ADMIN,
						"--heliostat.secret-key=" + SECRET,
						"--management.opentelemetry.tracing.export.otlp.endpoint=" + collector.url(),
						"--management.tracing.sampling.probability=1", "--heliostat.prompts.keep.default=1h",
						"--heliostat.egress.allow=127.0.0.1/32", "--heliostat.webhooks.pause=100ms",
						"--logging.level.dev.heliostat=DEBUG"))) {
			happen(gateway, receiver);
			look(gateway, "at the end");
			this.places.put("metrics", gateway.metrics());
			this.places.put("admin",
					gateway.get("/admin/v1/generations?limit=100", ADMIN).text()
							+ gateway.get("/admin/v1/generations?format=csv", ADMIN).text()
							+ gateway.get("/admin/v1/usage?group_by=project,key,model,provider,tag", ADMIN).text());
			files();
		}
		this.places.put("traces", collector.received());
		assertThat(this.places.get("traces")).contains("/v1/images/generations")
			.as("calls to providers are spans, named by their templates")
			.contains("/models/{model}/predictions");
		this.places.put("errors", String.join("\n", this.errors));
		this.places.put("log", output.getAll());
		assertThat(this.errors).hasSizeGreaterThanOrEqualTo(9);
		assertThat(this.places.get("tables at the end")).contains("gen_");
		this.places.forEach((place,
				text) -> PLANTED.forEach(planted -> assertThat(text.contains(planted))
					.as(planted + " in " + place + ": " + around(text, planted))
					.isFalse()));
	}

	/** Takes traces, as protobuf, in which texts stand as they are. */
	private static final class Collector implements AutoCloseable {

		private final HttpServer server;

		private final StringBuffer received = new StringBuffer();

		Collector() throws IOException {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			this.server.createContext("/v1/traces", exchange -> {
				this.received.append(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
				exchange.sendResponseHeaders(200, -1);
				exchange.close();
			});
			this.server.start();
		}

		String url() {
			return "http://127.0.0.1:" + this.server.getAddress().getPort() + "/v1/traces";
		}

		String received() {
			return this.received.toString();
		}

		@Override
		public void close() {
			this.server.stop(0);
		}

	}

	private static String around(String text, String planted) {
		int at = text.indexOf(planted);
		return (at < 0) ? "" : text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 200));
	}

	private void happen(Gateway gateway, WebhookReceiver receiver) {
		String images = "/v1/images/generations";
		assertThat(post(gateway, images, LIVE, body(Requests.MODEL, ""), "Idempotency-Key", IDEMPOTENCY).status())
			.isEqualTo(200);
		assertThat(post(gateway, images, LIVE, body("openai/gpt-image-2", "")).status()).isEqualTo(200);
		assertThat(post(gateway, images, TEST, body(Requests.MODEL, "")).status()).isEqualTo(200);
		assertThat(post(gateway, images, LIVE, body(Requests.MODEL, "", "\"n\": 2")).status()).isEqualTo(200);
		post(gateway, images + "?dryRun=true", LIVE, body(Requests.MODEL, ""));
		post(gateway, "/admin/v1/explain", ADMIN, body(Requests.MODEL, ""));
		for (String fault : List.of("status=500", "status=401", "status=429", "moderation", "reset", "cut")) {
			post(gateway, images, LIVE, body("openai/gpt-image-2", " [[fake: " + fault + "]]"));
			post(gateway, images, LIVE, body("replicate/" + Requests.MODEL, " [[fake: " + fault + "]]"));
		}
		post(gateway, images, TEST, body(Requests.MODEL, " sandbox:moderation"));
		post(gateway, images, FORGED, body(Requests.MODEL, ""));
		post(gateway, images, LIVE, body("no-such-model", ""));
		post(gateway, images, LIVE, body(Requests.MODEL, "", "\"num_outputs\": 3"));
		post(gateway, images, LIVE, "{\"model\": \"" + Requests.MODEL + "\", \"prompt\": \"" + PROMPT);
		post(gateway, images, LIVE, body(Requests.MODEL, " again"), "Idempotency-Key", IDEMPOTENCY);
		assertThat(edit(gateway, "").status()).isEqualTo(200);
		edit(gateway, " [[fake: status=500]]");
		post(gateway, images, LIVE, body("openai/gpt-image-2", "", "\"stream\": true", "\"partial_images\": 1"));
		post(gateway, images, LIVE, body(Requests.MODEL, " [[fake: status=500]]", "\"stream\": true"));
		String url = receiver.origin() + "/" + HOOK;
		Answer begun = post(gateway, images, LIVE,
				body(Requests.MODEL, " [[fake: latency=1500]]", "\"webhook_url\": \"" + url + "\""), "prefer",
				"respond-async");
		assertThat(begun.status()).isEqualTo(202);
		look(gateway, "while one runs");
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !receiver.messages("/" + HOOK).isEmpty());
	}

	/** Every column of every table. */
	private void look(Gateway gateway, String when) {
		JdbcClient jdbc = gateway.bean(JdbcClient.class);
		StringBuilder dump = new StringBuilder();
		for (String table : jdbc.sql("select name from sqlite_master where type = 'table'")
			.query(String.class)
			.list()) {
			jdbc.sql("select * from " + table)
				.query()
				.listOfRows()
				.forEach(row -> dump.append(table).append(": ").append(row).append('\n'));
		}
		this.places.put("tables " + when, dump.toString());
	}

	/** Every file but pictures, of which none but those are in the clear. */
	private void files() throws IOException {
		try (Stream<Path> files = Files.walk(this.data)) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				if (!this.data.relativize(file).startsWith("media")) {
					this.places.put("file " + file, Files.readString(file, StandardCharsets.ISO_8859_1));
				}
			}
		}
		assertThat(this.places.keySet()).anyMatch(place -> place.endsWith("heliostat.db"));
	}

}
