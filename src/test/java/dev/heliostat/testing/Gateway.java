package dev.heliostat.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import dev.heliostat.Heliostat;
import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole gateway in this process on ports of its own, with simulated providers behind
 * it.
 */
public final class Gateway implements AutoCloseable {

	public static final String LIVE_KEY = "live-key-of-the-tests-0001";

	public static final String TEST_KEY = "test-key-of-the-tests-0001";

	public static final String ADMIN_KEY = "admin-key-of-the-tests-01";

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final ConfigurableApplicationContext context;

	private Gateway(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Starts with keys of the tests and no provider but those that the arguments
	 * configure.
	 */
	public static Gateway start(String... arguments) {
		List<String> all = new ArrayList<>(
				List.of("--server.port=0", "--management.server.port=0", "--server.address=127.0.0.1",
						"--heliostat.bootstrap.live-key=" + LIVE_KEY, "--heliostat.bootstrap.test-key=" + TEST_KEY,
						"--heliostat.bootstrap.admin-key=" + ADMIN_KEY, "--heliostat.generation.shutdown-patience=5s",
						"--heliostat.routing.explore=0", "--spring.main.register-shutdown-hook=false",
						// Usually event loops idle for two seconds before they end.
						"--spring.reactor.netty.shutdown-quiet-period=50ms"));
		// A setting that is given twice would be read as a list.
		all.removeIf(usual -> List.of(arguments)
			.stream()
			.anyMatch(argument -> argument.startsWith(usual.substring(0, usual.indexOf('=') + 1))));
		all.addAll(List.of(arguments));
		if (all.stream().noneMatch(argument -> argument.startsWith("--heliostat.data-dir="))) {
			all.add("--heliostat.data-dir=" + temporary());
		}
		if (all.stream().noneMatch(argument -> argument.startsWith("--heliostat.config-dir="))) {
			all.add("--heliostat.config-dir=" + temporary());
		}
		return new Gateway(SpringApplication.run(Heliostat.class, all.toArray(String[]::new)));
	}

	/** Arguments that put simulators behind the gateway; polls are quick. */
	public static String[] behind(ReplicateSimulator replicate, OpenAiSimulator openAi, String... more) {
		List<String> arguments = new ArrayList<>(
				List.of("--heliostat.providers.replicate.base-url=" + replicate.baseUrl(),
						"--heliostat.providers.replicate.api-key=" + ReplicateSimulator.TOKEN,
						"--heliostat.providers.openai.base-url=" + openAi.baseUrl(),
						"--heliostat.providers.openai.api-key=" + OpenAiSimulator.TOKEN));
		arguments.addAll(List.of(more));
		return arguments.toArray(String[]::new);
	}

	public static Path temporary() {
		try {
			return Files.createTempDirectory("heliostat-test");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public String url() {
		return "http://localhost:" + this.context.getEnvironment().getProperty("local.server.port");
	}

	public String managementUrl() {
		return "http://localhost:" + this.context.getEnvironment().getProperty("local.management.port");
	}

	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	public <T> T bean(String name, Class<T> type) {
		return this.context.getBean(name, type);
	}

	/** The official SDK, retries off. */
	public OpenAIClient sdk(String key) {
		return OpenAIOkHttpClient.builder().apiKey(key).baseUrl(url() + "/openai/v1").maxRetries(0).build();
	}

	/** An answer with its body as text. */
	public record Answer(int status, HttpResponse<byte[]> response) {

		public JsonNode json() {
			return JSON.readTree(this.response.body());
		}

		public String text() {
			return new String(this.response.body(), java.nio.charset.StandardCharsets.UTF_8);
		}

		public String header(String name) {
			return this.response.headers().firstValue(name).orElse("");
		}

	}

	public Answer generate(String key, String body) {
		return post("/openai/v1/images/generations", key, body);
	}

	public Answer post(String path, String key, String body) {
		return send(request(path, key).header("content-type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	public Answer get(String path, String key) {
		return send(request(path, key).GET());
	}

	public HttpRequest.Builder request(String path, String key) {
		HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url() + path))
			.timeout(java.time.Duration.ofSeconds(30));
		return key.isEmpty() ? builder : builder.header("authorization", "Bearer " + key);
	}

	public Answer send(HttpRequest.Builder request) {
		try {
			HttpResponse<byte[]> response = this.http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
			return new Answer(response.statusCode(), response);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** What Prometheus would read. */
	public String metrics() {
		return send(HttpRequest.newBuilder(URI.create(managementUrl() + "/actuator/prometheus")).GET()).text();
	}

	@Override
	public void close() {
		this.context.close();
	}

}
