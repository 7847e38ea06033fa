package dev.heliostat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Looks for inputs that a fuzz target fails at: Jazzer's driver, one process for each
 * target, for an equal share of {@code heliostat.fuzz.seconds}. What it finds goes to
 * {@code target/fuzz} first and, with the repair, to the corpus. Run by
 * {@code mvn -Pfuzz test}, the only one that has Jazzer.
 */
@Tag("fuzz")
@Timeout(value = 2, unit = TimeUnit.HOURS)
class FuzzTest {

	private static final int SECONDS = Integer.getInteger("heliostat.fuzz.seconds", 600);

	/** 0 for another one each time. */
	private static final int SEED = Integer.getInteger("heliostat.fuzz.seed", 0);

	static Stream<String> targets() {
		return FuzzCorpusTest.TARGETS.keySet().stream().sorted();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("targets")
	void nothingIsFound(String target) throws IOException, InterruptedException {
		Path found = Path.of("target", "fuzz", target).toAbsolutePath();
		Files.createDirectories(found.resolve("corpus"));
		Path log = found.resolve("log.txt");
		String type = Path.of("src/test/java/dev/heliostat/api", target + ".java").toFile().exists() ? "api" : "media";
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				"com.code_intelligence.jazzer.Jazzer", "--target_class=dev.heliostat." + type + "." + target,
				"--instrumentation_includes=dev.heliostat.**", "--custom_hook_includes=dev.heliostat.**",
				"-max_total_time=" + Math.max(1, SECONDS / FuzzCorpusTest.TARGETS.size()), "-max_len=2000",
				"-seed=" + SEED, "-timeout=60", "-rss_limit_mb=0", found.resolve("corpus").toString(),
				FuzzCorpusTest.CORPUS.resolve(target).toAbsolutePath().toString())
			.directory(found.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		try {
			int end = process.waitFor();
			List<String> lines = Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1);
			assertThat(end)
				.as(() -> "Copy the crash file from " + found + " to " + FuzzCorpusTest.CORPUS.resolve(target)
						+ ", and repair what it shows:\n" + explained(lines))
				.isZero();
			lines.stream()
				.filter(line -> line.startsWith("Done "))
				.forEach(line -> System.out.println("FuzzTest: " + target + ": " + line));
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static String explained(List<String> lines) {
		int from = Math.max(0,
				lines.indexOf(lines.stream()
					.filter(line -> line.startsWith("== Java") || line.contains("ERROR: libFuzzer"))
					.findFirst()
					.orElse("")));
		return String.join("\n", lines.subList(from, Math.min(lines.size(), from + 30)));
	}

}
