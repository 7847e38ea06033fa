package dev.heliostat.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

/**
 * A gateway in a process of its own, which can be killed.
 */
public final class GatewayProcess implements AutoCloseable {

	private static final Pattern PORT = Pattern.compile("picture URLs begin with http://localhost:(\\d+)");

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final Process process;

	private final Path output;

	private final int managementPort;

	private volatile String url;

	private GatewayProcess(Process process, int managementPort, Path output) {
		this.process = process;
		this.managementPort = managementPort;
		this.output = output;
	}

	public static GatewayProcess start(List<String> jvm, List<String> arguments) {
		try {
			Path output = Files.createTempFile("heliostat", ".log");
			List<String> command = new ArrayList<>(
					List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
							System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
							"--enable-native-access=ALL-UNNAMED"));
			command.addAll(jvm);
			int managementPort = Ports.free();
			command.addAll(List.of("dev.heliostat.Heliostat", "--server.port=0",
					"--management.server.port=" + managementPort, "--server.address=127.0.0.1",
					"--management.server.address=127.0.0.1", "--heliostat.bootstrap.live-key=" + Gateway.LIVE_KEY,
					"--heliostat.bootstrap.test-key=" + Gateway.TEST_KEY));
			if (arguments.stream().noneMatch(argument -> argument.startsWith("--heliostat.config-dir="))) {
				command.add("--heliostat.config-dir=" + Gateway.temporary());
			}
			command.addAll(arguments);
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
			GatewayProcess gateway = new GatewayProcess(process, managementPort, output);
			Awaitility.await()
				.atMost(Duration.ofMinutes(3))
				.until(() -> gateway.log().contains("Started Heliostat") || !process.isAlive());
			if (!process.isAlive()) {
				throw new IllegalStateException(gateway.log());
			}
			return gateway;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public String log() {
		try {
			return Files.readString(this.output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The process's id. */
	public long pid() {
		return this.process.pid();
	}

	/** Where clients connect. */
	public int port() {
		return URI.create(url()).getPort();
	}

	/** Whether it takes requests, by its own word. */
	public boolean isReady() {
		return this.http
			.sendAsync(HttpRequest
				.newBuilder(URI.create("http://localhost:" + this.managementPort + "/actuator/health/readiness"))
				.timeout(Duration.ofSeconds(30))
				.build(), HttpResponse.BodyHandlers.discarding())
			.handle((answer, failure) -> failure == null && answer.statusCode() == 200)
			.join();
	}

	/** A metric of the process that has no tags of its own. */
	public double counter(String name) {
		String metrics = this.http
			.sendAsync(HttpRequest
				.newBuilder(URI.create("http://localhost:" + this.managementPort + "/actuator/prometheus"))
				.timeout(Duration.ofSeconds(30))
				.build(), HttpResponse.BodyHandlers.ofString())
			.join()
			.body();
		Matcher matcher = Pattern.compile("(?m)^" + name + "(?:\\{[^}]*})? (\\S+)").matcher(metrics);
		if (!matcher.find()) {
			throw new IllegalStateException(name + " is no metric of the process");
		}
		return Double.parseDouble(matcher.group(1));
	}

	private String url() {
		if (this.url == null) {
			this.url = findUrl();
		}
		return this.url;
	}

	private String findUrl() {
		Matcher matcher = PORT.matcher(log());
		if (!matcher.find()) {
			throw new IllegalStateException(log());
		}
		return "http://localhost:" + matcher.group(1);
	}

	public CompletableFuture<HttpResponse<String>> generate(String body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + "/openai/v1/images/generations"))
			.timeout(Duration.ofSeconds(60))
			.header("authorization", "Bearer " + Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body));
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		return this.http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	public CompletableFuture<HttpResponse<String>> get(String path) {
		return this.http.sendAsync(HttpRequest.newBuilder(URI.create(url() + path))
			.timeout(Duration.ofSeconds(60))
			.header("authorization", "Bearer " + Gateway.LIVE_KEY)
			.build(), HttpResponse.BodyHandlers.ofString());
	}

	/** Ends it at once, as {@code kill -9} does. */
	public void kill() {
		this.process.destroyForcibly();
		this.process.onExit().join();
	}

	@Override
	public void close() {
		kill();
	}

}
