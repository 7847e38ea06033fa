package dev.heliostat.media;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import dev.heliostat.image.GatewayException;
import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageSize;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.telemetry.GatewayMeters;
import dev.heliostat.testing.Bytes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import javax.crypto.spec.SecretKeySpec;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Bytes in transit: where they rest, where they may come from, and that nothing stays
 * behind.
 */
class SpoolAndGuardTest {

	private final Scheduler disk = Schedulers.newBoundedElastic(2, 1000, "test-disk");

	@TempDir
	private Path directory;

	private SpoolSpace space;

	private DiskSpool spool;

	/** How much of one picture stays in memory, where all have a million bytes. */
	private static final int MEMORY = 250_000;

	@BeforeEach
	void open() {
		this.space = new SpoolSpace(this.directory, 3_000_000, 1_000_000, new SecretKeySpec(new byte[32], "AES"));
		this.spool = new DiskSpool(this.space, this.disk);
	}

	@AfterEach
	void dispose() {
		this.disk.dispose();
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	private static byte[] read(Flux<DataBuffer> content) {
		DataBuffer joined = DataBufferUtils.join(content).block();
		byte[] bytes = new byte[joined.readableByteCount()];
		joined.read(bytes);
		return bytes;
	}

	private boolean isEmpty() throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.findAny().isEmpty() && this.space.used() == 0;
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 1000, MEMORY, MEMORY + 1, 1_500_000 })
	void whatGoesInComesOutAgainAndAgain(int length) throws IOException {
		byte[] bytes = random(length);
		ImageContent content = this.spool.drain(Bytes.pieces(bytes, 10_000), 2_000_000).block();
		assertThat(content.length()).isEqualTo(length);
		if (length > 0) {
			assertThat(read(content.read())).isEqualTo(bytes);
			assertThat(read(content.read())).isEqualTo(bytes);
			assertThat(read(content.read(length / 2, length - length / 2)))
				.isEqualTo(Arrays.copyOfRange(bytes, length / 2, length));
		}
		assertThat(this.space.used()).isEqualTo(length > MEMORY ? length : 0);
		content.release();
		content.release();
		Awaitility.await().until(this::isEmpty);
	}

	@Test
	void anyRangeIsReadFromTheDisk() {
		byte[] bytes = random(600_000);
		ImageContent content = this.spool.drain(Bytes.pieces(bytes, 9_999), 2_000_000).block();
		for (int[] range : new int[][] { { 0, 1 }, { 1, 15 }, { 15, 2 }, { 16, 16 }, { 17, 70_000 }, { 65_535, 2 },
				{ 65_536, 300_001 }, { 599_999, 1 } }) {
			assertThat(read(content.read(range[0], range[1])))
				.isEqualTo(Arrays.copyOfRange(bytes, range[0], range[0] + range[1]));
		}
		content.release();
		Awaitility.await().until(this::isEmpty);
	}

	@Test
	void whatIsOnTheDiskIsNotThePicture() throws IOException {
		byte[] bytes = random(600_000);
		ImageContent content = this.spool.drain(Bytes.pieces(bytes, 10_000), 2_000_000).block();
		ImageContent again = this.spool.drain(Bytes.pieces(bytes, 10_000), 2_000_000).block();
		List<byte[]> files = openFiles();
		assertThat(files).hasSize(2);
		assertThat(files).allSatisfy(file -> {
			assertThat(file).hasSize(bytes.length);
			for (int from = 0; from < bytes.length; from += 10_000) {
				assertThat(Arrays.mismatch(file, from, from + 1000, bytes, from, from + 1000)).isBetween(0, 8);
			}
		});
		assertThat(Arrays.mismatch(files.getFirst(), files.getLast())).isBetween(0, 8);
		content.release();
		again.release();
		Awaitility.await().until(this::isEmpty);
	}

	/** What the files of the spool hold, which have no name any more. */
	private List<byte[]> openFiles() throws IOException {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.filter(this::isSpooled).map(descriptor -> {
				try {
					return Files.readAllBytes(descriptor);
				}
				catch (IOException ex) {
					throw new java.io.UncheckedIOException(ex);
				}
			}).toList();
		}
	}

	private boolean isSpooled(Path descriptor) {
		try {
			return Files.readSymbolicLink(descriptor).startsWith(this.directory);
		}
		catch (IOException closed) {
			return false;
		}
	}

	@Test
	void aReaderThatIsInterruptedSpoilsTheContentForNobody() {
		byte[] bytes = random(600_000);
		ImageContent content = this.spool.drain(Bytes.pieces(bytes, 10_000), 2_000_000).block();
		Thread.currentThread().interrupt();
		byte[] head = ((SpooledContent) content).peek(0, 100);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(head).isEqualTo(Arrays.copyOf(bytes, 100));
		assertThat(read(content.read())).isEqualTo(bytes);
		content.release();
		Awaitility.await().until(this::isEmpty);
	}

	@Test
	void aStreamPastItsCapLeavesNothing() {
		assertThatThrownBy(() -> this.spool.drain(Bytes.pieces(random(900_000), 10_000), 800_000).block())
			.isInstanceOf(SpoolLimitException.class);
		Awaitility.await().until(this::isEmpty);
	}

	@Test
	void aStreamThatFailsOrIsCancelledLeavesNothing() {
		Flux<DataBuffer> failing = Bytes.pieces(random(600_000), 10_000)
			.concatWith(Mono.error(new IOException("broken")));
		assertThatThrownBy(() -> this.spool.drain(failing, 2_000_000).block()).hasMessageContaining("broken");
		Disposable draining = this.spool
			.drain(Bytes.pieces(random(600_000), 10_000).concatWith(Flux.never()), 2_000_000)
			.subscribe();
		Awaitility.await().until(() -> this.space.used() == 600_000);
		draining.dispose();
		Awaitility.await().until(this::isEmpty);
	}

	@Test
	void aFullSpoolTurnsAway() {
		ImageContent first = this.spool.drain(Bytes.pieces(random(2_900_000), 50_000), 5_000_000).block();
		assertThatThrownBy(() -> this.spool.drain(Bytes.pieces(random(600_000), 50_000), 5_000_000).block())
			.isInstanceOf(GatewayException.class)
			.hasMessageContaining("spool-cap");
		first.release();
		Awaitility.await().until(this::isEmpty);
	}

	private static EgressProperties egress(String... allowed) {
		return new EgressProperties(List.of(allowed), DataSize.ofKilobytes(1), Duration.ofSeconds(10));
	}

	private SpoolingPictureReader reader(String... allowed) {
		MediaProperties properties = new MediaProperties("", Duration.ofMinutes(60), DataSize.ofBytes(0),
				DataSize.ofMegabytes(2), 4_000_000, Duration.ofSeconds(10), new MediaProperties.Transcoding(0, 10,
						DataSize.ofBytes(0), 4_000_000, "", Duration.ofSeconds(1), MediaProperties.AiMark.KEEP),
				false, Map.of(), Duration.ofSeconds(60));
		return new SpoolingPictureReader(this.spool,
				new EgressGuard(WebClient.builder(), egress(allowed), Duration.ofSeconds(5)), properties, egress(),
				new GatewayMeters(new SimpleMeterRegistry()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://example.com/a.png", "https://user:pass@example.com/a.png",
			"ftp://example.com/a.png", "file:///etc/passwd", "https://127.0.0.1/a.png", "https://127.1/a.png",
			"https://2130706433/a.png", "https://0x7f000001/a.png", "https://0177.0.0.1/a.png", "https://[::1]/a.png",
			"https://[::ffff:127.0.0.1]/a.png", "https://10.0.0.1/a.png", "https://169.254.169.254/latest/meta-data",
			"https://192.168.1.1/a.png", "https://[fe80::1]/a.png", "https://[fd00::1]/a.png", "https://0.0.0.0/a.png",
			"https://100.64.0.1/a.png", "https://localhost/a.png", "https://localhost./a.png",
			"https://LOCALHOST/a.png", "gopher://example.com/" })
	void urlsThatLeadInsideAreRefusedWithoutAConnection(String url) {
		assertThatThrownBy(() -> reader().fetch(URI.create(url), Set.of("api.example.com")).block())
			.isInstanceOf(NoPictureException.class)
			.hasMessageNotContaining("127.0.0.1");
	}

	@Test
	void trustedHostsAndAllowedNetworksAreReachedAndRedirectsAreCheckedAnew() {
		byte[] picture = TestPictures.picture(300, 200, "png");
		DisposableServer inside = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.route(routes -> routes.get("/a.png", (request, response) -> response.sendByteArray(Mono.just(picture)))
				.get("/big", (request, response) -> response.sendByteArray(Mono.just(new byte[3_000_000])))
				.get("/moved", (request, response) -> response.sendRedirect("/a.png")))
			.bindNow();
		DisposableServer outside = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.route(routes -> routes.get("/moved",
					(request, response) -> response.sendRedirect("http://127.0.0.1:" + inside.port() + "/a.png")))
			.bindNow();
		try {
			URI url = URI.create("http://127.0.0.1:" + inside.port() + "/a.png");
			Set<String> trusted = Set.of("127.0.0.1:" + inside.port());
			assertThat(reader().fetch(url, trusted).block().size()).isEqualTo(new ImageSize(300, 200));
			assertThat(reader().fetch(url.resolve("/moved"), trusted).block().size())
				.isEqualTo(new ImageSize(300, 200));
			assertThat(reader("127.0.0.0/8").fetch(url, Set.of()).block().size()).isEqualTo(new ImageSize(300, 200));
			assertThatThrownBy(() -> reader().fetch(url, Set.of()).block()).isInstanceOf(NoPictureException.class);
			assertThatThrownBy(() -> reader().fetch(url.resolve("/big"), trusted).block())
				.hasMessageContaining("too large");
			URI moved = URI.create("http://127.0.0.1:" + outside.port() + "/moved");
			assertThatThrownBy(() -> reader().fetch(moved, Set.of("127.0.0.1:" + outside.port())).block())
				.isInstanceOf(NoPictureException.class);
		}
		finally {
			inside.disposeNow();
			outside.disposeNow();
		}
		Awaitility.await().until(() -> this.space.used() == 0);
	}

	@Test
	void aPictureWithTooManyPixelsIsRefusedBeforeItIsDecoded() {
		byte[] bomb = TestPictures.picture(64, 64, "png").clone();
		java.nio.ByteBuffer.wrap(bomb).putInt(16, 30_000).putInt(20, 30_000);
		assertThatThrownBy(() -> reader().read(Bytes.pieces(bomb, 1000)).block()).hasMessageContaining("30000x30000");
	}

	@Test
	void dataUrlsAreDecoded() {
		String url = "data:image/png;base64,"
				+ java.util.Base64.getEncoder().encodeToString(TestPictures.picture(30, 20, "png"));
		assertThat(reader().fetch(URI.create(url), Set.of()).block().size()).isEqualTo(new ImageSize(30, 20));
	}

}
