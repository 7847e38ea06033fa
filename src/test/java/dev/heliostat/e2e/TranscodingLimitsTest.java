package dev.heliostat.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import dev.heliostat.media.Transcoder;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What happens when conversions are many, slow, or fail.
 */
class TranscodingLimitsTest {

	/** The common pool has one thread on two processors. */
	private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

	@AfterEach
	void stop() {
		this.clients.close();
	}

	private static byte[] base64(Answer answer) {
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		return Base64.getDecoder().decode(answer.json().at("/data/0/b64_json").asString());
	}

	private static String head(byte[] file) {
		return new String(file, 0, 12, StandardCharsets.ISO_8859_1);
	}

	/** A program in the place of libvips, which waits for a file and gives a sample. */
	private static Path fakeVips(String last) {
		try {
			Path place = Gateway.temporary();
			Files.copy(Path.of("src/test/resources/pictures/sample.avif"), place.resolve("sample.avif"));
			Path script = Files.writeString(place.resolve("vips"), """
					#!/bin/sh
					here="$(dirname "$0")"
					echo started >> "$here/log"
					while [ ! -f "$here/go" ]; do sleep 0.02; done
					""" + last);
			assertThat(script.toFile().setExecutable(true)).isTrue();
			return script;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static final String AVIF = Requests.of(Requests.MODEL, "A cat", "\"size\": \"64x48\"",
			"\"output_format\": \"avif\"", "\"response_format\": \"b64_json\"");

	@Test
	void avifIsMadeOutsideAndAFullQueueTurnsAwayOnlyWhoHasSpentNothing() throws IOException {
		Path vips = fakeVips("cp \"$here/sample.avif\" \"$3\"\n");
		try (Gateway narrow = Gateway.start("--heliostat.media.transcoding.vips=" + vips,
				"--heliostat.media.transcoding.threads=1", "--heliostat.media.transcoding.queue=1")) {
			List<CompletableFuture<Answer>> answers = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				answers.add(CompletableFuture.supplyAsync(() -> narrow.generate(Gateway.TEST_KEY, AVIF), this.clients));
			}
			Transcoder transcoder = narrow.bean(Transcoder.class);
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThatThrownBy(transcoder::admit).hasMessageContaining("Too many pictures"));
			Answer third = narrow.generate(Gateway.TEST_KEY, AVIF);
			assertThat(third.status()).as(third.text()).isEqualTo(503);
			assertThat(third.json().at("/error/code").asString()).isEqualTo("overloaded");
			assertThat(third.header("retry-after")).isEqualTo("2");
			assertThat(third.header("x-should-retry")).isEqualTo("true");
			assertThat(narrow.generate(Gateway.TEST_KEY, Requests.of(Requests.MODEL, "No conversion")).status())
				.isEqualTo(200);

			Files.createFile(vips.resolveSibling("go"));
			for (CompletableFuture<Answer> answer : answers) {
				byte[] file = base64(answer.join());
				assertThat(head(file)).endsWith("ftypavif");
				assertThat(answer.join().json().path("size").asString()).isEqualTo("64x48");
				assertThat(answer.join().json().has("output_format")).isFalse();
			}
			assertThat(head(base64(narrow.generate(Gateway.TEST_KEY, AVIF)))).endsWith("ftypavif");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "hang", "exit 3", "echo nothing > \"$3\"" })
	void aPictureThatCannotBeConvertedIsNotLost(String end) throws IOException {
		Path vips = fakeVips(end + "\n");
		if (!end.equals("hang")) {
			Files.createFile(vips.resolveSibling("go"));
		}
		Path data = Gateway.temporary();
		try (Gateway failing = Gateway.start("--heliostat.media.transcoding.vips=" + vips,
				"--heliostat.media.transcoding.vips-timeout=1s", "--heliostat.data-dir=" + data)) {
			Answer answer = failing.generate(Gateway.TEST_KEY, AVIF);
			assertThat(head(base64(answer))).contains("PNG");
			assertThat(answer.json().path("output_format").asString()).isEqualTo("png");
			assertThat(answer.json().at("/metadata/warnings").toString())
				.contains("output_format: the picture could not be converted");
			// The program's files are gone, and so is the program.
			try (Stream<Path> files = Files.list(data.resolve("spool"))) {
				assertThat(files).isEmpty();
			}
			assertThat(ProcessHandle.current().descendants().map(each -> each.info().commandLine().orElse("")))
				.noneMatch(command -> command.contains(vips.toString()));
		}
	}

	@Test
	void anUnknownSettingOfTheMarkStopsTheStart() {
		assertThatThrownBy(() -> Gateway.start("--heliostat.media.transcoding.ai-mark=sometimes").close())
			.hasStackTraceContaining("ai-mark");
	}

	@Test
	void manyConversionsFitIntoLittleMemory() {
		try (ReplicateSimulator replicate = new ReplicateSimulator(0);
				Gateway small = Gateway.start("--heliostat.providers.replicate.base-url=" + replicate.baseUrl(),
						"--heliostat.providers.replicate.api-key=" + ReplicateSimulator.TOKEN,
						"--heliostat.media.transcoding.memory=16MB", "--heliostat.media.transcoding.threads=4")) {
			assertThat(small.generate(Gateway.LIVE_KEY, Requests.CARD).status()).isEqualTo(200);
			List<CompletableFuture<Answer>> answers = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				String body = Requests.of(Requests.MODEL, "A cat " + i, "\"output_format\": \"gif\"",
						"\"response_format\": \"b64_json\"");
				answers.add(CompletableFuture.supplyAsync(() -> small.generate(Gateway.LIVE_KEY, body), this.clients));
			}
			answers.forEach(answer -> assertThat(head(base64(answer.join()))).startsWith("GIF8"));
			Answer large = small.generate(Gateway.TEST_KEY, Requests.of(Requests.MODEL, "A wall",
					"\"size\": \"2048x2048\"", "\"output_format\": \"gif\"", "\"response_format\": \"b64_json\""));
			assertThat(large.status()).isEqualTo(200);
		}
	}

}
