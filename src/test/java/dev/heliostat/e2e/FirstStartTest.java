package dev.heliostat.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The first minutes: keys, secrets, and settings that stop a start.
 */
@org.junit.jupiter.api.extension.ExtendWith(OutputCaptureExtension.class)
class FirstStartTest {

	private static final String[] NO_KEYS = { "--heliostat.bootstrap.live-key=", "--heliostat.bootstrap.test-key=",
			"--heliostat.bootstrap.admin-key=" };

	private static String[] arguments(Path data, String... more) {
		return Stream
			.concat(Stream.of(NO_KEYS), Stream.concat(Stream.of("--heliostat.data-dir=" + data), Stream.of(more)))
			.toArray(String[]::new);
	}

	@Test
	void keysArePrintedOnceWorkAndAreKeptAsHashesOnly(CapturedOutput output) throws IOException {
		Path data = Gateway.temporary();
		String live;
		try (Gateway gateway = Gateway.start(arguments(data))) {
			Matcher matcher = Pattern.compile("hs_(live|test|admin)_[0-9A-Za-z]{36}").matcher(output.getOut());
			assertThat(matcher.results().map(result -> result.group(1)).distinct()).containsExactlyInAnyOrder("live",
					"test", "admin");
			Matcher test = Pattern.compile("Authorization: Bearer (hs_test_\\w+)").matcher(output.getOut());
			assertThat(test.find()).isTrue();
			assertThat(output.getOut()).contains("in the browser, by one of these keys: " + gateway.url() + "/");
			assertThat(gateway.generate(test.group(1), Requests.CARD).status()).isEqualTo(200);
			String mistyped = test.group(1).substring(0, 43) + (test.group(1).endsWith("a") ? "b" : "a");
			assertThat(gateway.generate(mistyped, Requests.CARD).text()).contains("mistyped");
			Matcher found = Pattern.compile("hs_live_\\w+").matcher(output.getOut());
			assertThat(found.find()).isTrue();
			live = found.group();
		}
		int printed = output.getOut().length();
		try (Gateway gateway = Gateway.start(arguments(data))) {
			assertThat(output.getOut().substring(printed)).doesNotContain("hs_live_");
			assertThat(gateway.get("/v1/models", live).status()).isEqualTo(200);
		}
		for (Path file : files(data)) {
			assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
				.as(file.toString())
				.doesNotContain(live);
		}
		assertThat(java.nio.file.attribute.PosixFilePermissions
			.toString(Files.getPosixFilePermissions(data.resolve("secret-key")))).isEqualTo("rw-------");
	}

	private static java.util.List<Path> files(Path root) throws IOException {
		try (Stream<Path> walk = Files.walk(root)) {
			return walk.filter(Files::isRegularFile).toList();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			--heliostat.bootstrap.live-key=changeme        | heliostat.bootstrap.live-key: short or well-known
			--heliostat.bootstrap.test-key=aaaaaaaaaaaaaaaaaaaaaaa | heliostat.bootstrap.test-key: short or well-known
			--heliostat.secret-key=short                   | heliostat.secret-key: 5 characters (expected: at least 32)
			--heliostat.data-dir=/proc/heliostat           | heliostat.data-dir: /proc/heliostat cannot be created
			--heliostat.rooting.strategy=fast              | Nothing reads heliostat.rooting.strategy
			--heliostat.media.retenton=1h                  | Nothing reads heliostat.media.retenton
			--heliostat.routing.strategy=quick             | quick
			--heliostat.store.url=mysql://db               | must be empty or begin with jdbc:postgresql://
			--heliostat.public-url=nonsense                | heliostat.public-url: nonsense (expected: an address
			""")
	void wrongSettingsStopTheStartWithOneMessage(String argument, String message) {
		assertThatThrownBy(() -> Gateway.start(argument).close()).satisfies(failure -> {
			StringBuilder causes = new StringBuilder();
			for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
				causes.append(cause).append('\n');
			}
			assertThat(causes.toString()).contains(message).doesNotContain("changeme");
		});
	}

	@Test
	void aWeakKeyIsTakenWhereTheOperatorInsists() {
		try (Gateway gateway = Gateway.start("--heliostat.bootstrap.live-key=sk-1234",
				"--heliostat.access.allow-weak-keys=true")) {
			assertThat(gateway.get("/v1/models", "sk-1234").status()).isEqualTo(200);
		}
	}

	@Test
	void noSecretAndNoPromptIsInLogMetricOrTable(CapturedOutput output) throws IOException {
		Path data = Gateway.temporary();
		String prompt = "planted-prompt-3141592653";
		try (ReplicateSimulator replicate = new ReplicateSimulator(0);
				OpenAiSimulator openAi = new OpenAiSimulator(0)) {
			String[] arguments = Gateway.behind(replicate, openAi, "--heliostat.data-dir=" + data,
					"--heliostat.config-dir=" + Quick.config(), "--logging.level.dev.heliostat=DEBUG");
			String metrics;
			try (Gateway gateway = Gateway.start(arguments)) {
				assertThat(gateway.generate(Gateway.LIVE_KEY, Requests.of(Requests.MODEL, prompt)).status())
					.isEqualTo(200);
				for (String knob : new String[] { "status=401", "failed=oom", "lost-before" }) {
					gateway.generate(Gateway.LIVE_KEY, Requests.of(Requests.MODEL, prompt + " [[fake: " + knob + "]]"));
				}
				gateway.generate(Gateway.LIVE_KEY, Requests.of("openai/gpt-image-2", prompt + " [[fake: status=401]]"));
				gateway.generate("wrong-" + prompt, Requests.CARD);
				metrics = gateway.metrics();
			}
			for (String secret : new String[] { prompt, Gateway.LIVE_KEY, Gateway.ADMIN_KEY, ReplicateSimulator.TOKEN,
					OpenAiSimulator.TOKEN }) {
				assertThat(output.getAll()).doesNotContain(secret);
				assertThat(metrics).doesNotContain(secret);
				for (Path file : files(data)) {
					if (!file.toString().contains("/media/")) {
						assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
							.as(file.toString())
							.doesNotContain(secret);
					}
				}
			}
		}
	}

}
