package dev.heliostat.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

import dev.heliostat.simulator.LargePictures;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.GatewayProcess;
import dev.heliostat.testing.OpenFiles;
import dev.heliostat.testing.PacedClient;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Large pictures cost no more memory than small ones: a gateway of 128 MB of heap and 128
 * MB of direct memory, in a process of its own, serves many large pictures at once to
 * slow readers, takes many large uploads at once, and is compared by the highest resident
 * size that the kernel saw (VmHWM) with a fresh process that did the same with small
 * pictures. Run by {@code mvn -Pmemory test}.
 */
@Tag("memory")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MemoryTest {

	private static final int MEGABYTE = 1024 * 1024;

	private static final long MARGIN = 60;

	private static final long SLOW = 500_000;

	private static final String GENERATIONS = "/openai/v1/images/generations";

	private static final String EDITS = "/openai/v1/images/edits";

	private static final String MULTIPART = "multipart/form-data; boundary=xyzzy";

	private final LargePictures provider = new LargePictures();

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private byte[] small;

	private byte[] ten;

	private byte[] twenty;

	@BeforeAll
	void draw() {
		this.small = TestPictures.noise(60, 60);
		this.ten = TestPictures.noise(1870, 1870);
		this.twenty = TestPictures.noise(2650, 2650);
		assertThat(this.small.length).isBetween(9_000, 13_000);
		assertThat(this.ten.length).isBetween(10_000_000, 11_500_000);
		assertThat(this.twenty.length).isBetween(20_000_000, 22_000_000);
	}

	@AfterAll
	void stop() {
		this.provider.close();
		this.threads.shutdownNow();
	}

	private GatewayProcess gateway(Path data) {
		List<String> jvm = new ArrayList<>(List.of("-Xmx128m", "-XX:+UseParallelGC", "-XX:MaxDirectMemorySize=128m",
				"-Dio.netty.maxDirectMemory=134217728", "-XX:+ExitOnOutOfMemoryError"));
		jvm.addAll(List.of(System.getProperty("heliostat.memory.jvm", "").split(" ")));
		jvm.removeIf(String::isEmpty);
		return GatewayProcess.start(jvm,
				List.of("--heliostat.data-dir=" + data, "--heliostat.routing.explore=0",
						"--heliostat.providers.openai.base-url=" + this.provider.baseUrl(),
						"--heliostat.providers.openai.api-key=openai-key-of-the-tests",
						"--heliostat.providers.together.base-url=" + this.provider.baseUrl(),
						"--heliostat.providers.together.api-key=together-key-of-the-tests"));
	}

	/** Resident memory as the kernel counts it, in MB. */
	private static long resident(GatewayProcess gateway, String what) {
		try {
			return Files.readAllLines(Path.of("/proc/" + gateway.pid() + "/status"))
				.stream()
				.filter(line -> line.startsWith(what + ":"))
				.mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
				.findFirst()
				.orElseThrow();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Runs so many at once and names what failed. */
	private void together(int count, IntFunction<String> client) {
		List<CompletableFuture<String>> ends = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			int number = i;
			ends.add(CompletableFuture.supplyAsync(() -> client.apply(number), this.threads));
		}
		assertThat(ends.stream().map(CompletableFuture::join).filter(end -> !end.isEmpty()).toList()).isEmpty();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static List<byte[]> generation(String model, String prompt) {
		return List.of(bytes(Requests.of(model, prompt, "\"response_format\": \"b64_json\"")));
	}

	/** A round of pictures to readers of 500 KB a second, with both forms of answers. */
	private long pictures(byte[] picture, int count) {
		Path data = Gateway.temporary();
		try (GatewayProcess gateway = gateway(data)) {
			long begin = resident(gateway, "VmHWM");
			PacedClient client = new PacedClient(gateway.port(), SLOW);
			for (String kind : List.of("base64", "url")) {
				this.provider.next(picture, count);
				String model = kind.equals("url") ? "together/flux.1-schnell" : "openai/gpt-image-2";
				together(count, i -> client.post(GENERATIONS, "application/json",
						generation(model, "Cat " + i + " of kind " + kind), this.provider.base64()));
				report(gateway, count + " pictures of " + picture.length + " bytes as " + kind, begin);
			}
			Awaitility.await().until(() -> OpenFiles.below(gateway.pid(), data.resolve("spool")) == 0);
			return resident(gateway, "VmHWM");
		}
	}

	/** A round of edits in both forms, sent on in both forms. */
	private long edits(byte[] picture, int count) {
		Path data = Gateway.temporary();
		byte[] dataUrl = Base64.getEncoder().encode(picture);
		try (GatewayProcess gateway = gateway(data)) {
			long begin = resident(gateway, "VmHWM");
			PacedClient client = new PacedClient(gateway.port(), 0);
			for (String form : List.of("multipart", "json")) {
				this.provider.next(this.small, count);
				together(count, i -> {
					String model = (i % 2 == 0) ? "openai/gpt-image-2" : "together/flux.1-kontext-pro";
					String prompt = "Cat " + i + " sent as " + form;
					return form.equals("json")
							? client.post(EDITS, "application/json", json(model, prompt, dataUrl),
									this.provider.base64())
							: client.post(EDITS, MULTIPART, form(model, prompt, picture), this.provider.base64());
				});
				assertThat(this.provider.received()).isGreaterThan((long) picture.length * count);
				report(gateway, count + " edits of " + picture.length + " bytes as " + form, begin);
			}
			Awaitility.await().until(() -> OpenFiles.below(gateway.pid(), data.resolve("spool")) == 0);
			return resident(gateway, "VmHWM");
		}
	}

	private static List<byte[]> json(String model, String prompt, byte[] base64) {
		return List.of(
				bytes("{\"model\":\"" + model + "\",\"prompt\":\"" + prompt
						+ "\",\"response_format\":\"b64_json\",\"image\":\"data:image/png;base64,"),
				base64, bytes("\"}"));
	}

	private static List<byte[]> form(String model, String prompt, byte[] picture) {
		String field = "--xyzzy\r\nContent-Disposition: form-data; name=\"";
		return List.of(
				bytes(field + "model\"\r\n\r\n" + model + "\r\n" + field + "prompt\"\r\n\r\n" + prompt + "\r\n" + field
						+ "response_format\"\r\n\r\nb64_json\r\n" + field
						+ "image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"),
				picture, bytes("\r\n--xyzzy--\r\n"));
	}

	private static void report(GatewayProcess gateway, String what, long begin) {
		System.out.println("MemoryTest: " + what + ": peak " + resident(gateway, "VmHWM") + " MB (at the start " + begin
				+ " MB; now " + resident(gateway, "VmRSS") + " MB, of it anonymous " + resident(gateway, "RssAnon")
				+ " MB)");
	}

	@Test
	void hundredLargePicturesTakeNoMoreMemoryThanHundredSmallOnes() {
		long usual = pictures(this.small, 100);
		assertThat(pictures(this.ten, 100)).isLessThanOrEqualTo(usual + MARGIN);
	}

	@Test
	void fiftyLargeEditsTakeNoMoreMemoryThanFiftySmallOnes() {
		long usual = edits(this.small, 50);
		assertThat(edits(this.twenty, 50)).isLessThanOrEqualTo(usual + MARGIN);
	}

	/** Each of them is cut at the limit of a picture; the others are answered. */
	@Test
	void aGigabyteEndsNothingAndDelaysNobody() {
		Path data = Gateway.temporary();
		try (GatewayProcess gateway = gateway(data)) {
			long begin = resident(gateway, "VmHWM");
			PacedClient client = new PacedClient(gateway.port(), 0);
			this.provider.next(TestPictures.picture(64, 64, "png"), 0);
			List<CompletableFuture<String>> endless = new ArrayList<>();
			for (int i = 0; i < 12; i++) {
				String kind = List.of("endless-base64", "endless-raw", "endless-file").get(i % 3);
				String prompt = "Cat " + i + " of kind " + kind;
				endless.add(CompletableFuture.supplyAsync(() -> client.post(GENERATIONS, "application/json",
						generation("together/flux.1-schnell", prompt), new byte[0]), this.threads));
			}
			int served = 0;
			while (endless.stream().anyMatch(end -> !end.isDone()) || served < 100) {
				String end = client.post(GENERATIONS, "application/json",
						generation("openai/gpt-image-2", "Cat " + served + " of kind small"), this.provider.base64());
				assertThat(end).isEmpty();
				served++;
			}
			endless.forEach(end -> assertThat(end.join()).startsWith("HTTP/1.1 502 "));
			report(gateway, "12 answers of 1 GB cut, beside them " + served + " pictures", begin);
			Awaitility.await().until(() -> OpenFiles.below(gateway.pid(), data.resolve("spool")) == 0);
		}
	}

}
