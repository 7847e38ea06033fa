package dev.heliostat.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.heliostat.access.PublicUrl;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every example of the models' pages is run as it is shown: Java ones always, those in
 * cURL where there is curl, those in Python and JavaScript where the properties
 * {@code examples.python} (an interpreter that has the SDK) and {@code examples.node} (a
 * directory with {@code node_modules}) are set.
 */
class CodeExamplesTest {

	/** All modes, and both forms of the answer. */
	private static final List<String> MODELS = List.of("stable-diffusion-3.5-large-turbo", "gpt-image-2");

	private static Gateway gateway;

	private static Path directory;

	@BeforeAll
	static void start() throws IOException {
		gateway = Gateway.start();
		directory = Gateway.temporary();
		String node = System.getProperty("examples.node", "");
		if (!node.isEmpty()) {
			Files.createSymbolicLink(directory.resolve("node_modules"),
					Path.of(node).toAbsolutePath().resolve("node_modules"));
		}
		Files.write(directory.resolve("picture.png"), TestPictures.picture(256, 256, "png"));
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	static Stream<CodeExample> examples() {
		Catalogs catalogs = gateway.bean(Catalogs.class);
		String base = gateway.bean(PublicUrl.class).value() + "/openai/v1";
		List<CodeExample> examples = new ArrayList<>();
		for (String slug : MODELS) {
			examples.addAll(CodeExamples.of(catalogs.current().model(slug).orElseThrow(), base));
		}
		for (String mode : List.of("Image variation", "Upscaling")) {
			catalogs.current()
				.models()
				.stream()
				.flatMap(model -> CodeExamples.of(model, base).stream())
				.filter(example -> example.mode().equals(mode))
				.limit(4)
				.forEach(examples::add);
		}
		return examples.stream().filter(example -> isRunnable(example.language()));
	}

	private static boolean isRunnable(String language) {
		return switch (language) {
			case "cURL" -> Files.isExecutable(Path.of("/usr/bin/curl"));
			case "Python" -> !System.getProperty("examples.python", "").isEmpty();
			case "JavaScript" -> !System.getProperty("examples.node", "").isEmpty();
			default -> true;
		};
	}

	@ParameterizedTest
	@MethodSource("examples")
	void theExampleMakesAPicture(CodeExample example) throws Exception {
		Files.deleteIfExists(directory.resolve("result.png"));
		String output = switch (example.language()) {
			case "cURL" -> run(example, "example.sh", example.code(), "bash");
			case "Python" -> run(example, "example.py", example.code(), System.getProperty("examples.python", ""));
			case "JavaScript" -> run(example, "example.mjs", example.code(), "node");
			default -> {
				int end = example.code().lastIndexOf("import ");
				int split = example.code().indexOf('\n', end) + 1;
				yield run(example, "Example.java",
						example.code().substring(0, split) + "void main() throws Exception {\n"
								+ example.code().substring(split) + "}\n",
						Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-cp", System.getProperty("java.class.path"));
			}
		};
		boolean kept = Files.exists(directory.resolve("result.png"));
		assertThat(output.contains("/media/") || output.contains("b64_json") || kept).as(output).isTrue();
	}

	private static String run(CodeExample example, String file, String code, String... command)
			throws IOException, InterruptedException {
		Files.writeString(directory.resolve(file), code);
		List<String> all = new ArrayList<>(List.of(command));
		all.add(file);
		Path output = directory.resolve("output");
		ProcessBuilder builder = new ProcessBuilder(all).directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile());
		builder.environment().putAll(Map.of("HELIOSTAT_API_KEY", Gateway.TEST_KEY));
		Process process = builder.start();
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(example.toString()).isTrue();
		String text = Files.readString(output);
		assertThat(process.exitValue()).as(code + text).isZero();
		return text;
	}

}
