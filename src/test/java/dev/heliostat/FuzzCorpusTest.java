package dev.heliostat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.heliostat.api.FormFuzz;
import dev.heliostat.api.LimitedJsonFuzz;
import dev.heliostat.media.Base64ScannerFuzz;
import dev.heliostat.media.EgressUrlFuzz;
import dev.heliostat.media.EventScannerFuzz;
import dev.heliostat.media.ImageSnifferFuzz;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything that a fuzz target ever failed at, and what it begins with, once more
 * through the same target. {@link FuzzTest} looks for more.
 */
class FuzzCorpusTest {

	static final Path CORPUS = Path.of("src/test/resources/fuzz");

	static final Map<String, Consumer<byte[]>> TARGETS = Map.of("Base64ScannerFuzz",
			Base64ScannerFuzz::fuzzerTestOneInput, "EventScannerFuzz", EventScannerFuzz::fuzzerTestOneInput,
			"ImageSnifferFuzz", ImageSnifferFuzz::fuzzerTestOneInput, "EgressUrlFuzz",
			EgressUrlFuzz::fuzzerTestOneInput, "FormFuzz", FormFuzz::fuzzerTestOneInput, "LimitedJsonFuzz",
			LimitedJsonFuzz::fuzzerTestOneInput);

	static Stream<Path> inputs() throws IOException {
		try (Stream<Path> files = Files.walk(CORPUS)) {
			List<Path> inputs = files.filter(Files::isRegularFile).sorted().toList();
			return inputs.stream();
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("inputs")
	void anInputHoldsWhatItsTargetPromises(Path input) throws IOException {
		TARGETS.get(input.getParent().getFileName().toString()).accept(Files.readAllBytes(input));
	}

	@Test
	void everyTargetHasInputs() throws IOException {
		try (Stream<Path> directories = Files.list(CORPUS)) {
			assertThat(directories.map(directory -> directory.getFileName().toString()))
				.containsExactlyInAnyOrderElementsOf(TARGETS.keySet());
		}
	}

	@Test
	void nothingIsTooMuchOrTooLittle() {
		TARGETS.values().forEach(target -> {
			target.accept(new byte[0]);
			target.accept(new byte[3000]);
		});
	}

}
