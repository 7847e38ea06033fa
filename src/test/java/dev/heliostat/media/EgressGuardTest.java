package dev.heliostat.media;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import javax.crypto.spec.SecretKeySpec;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import dev.heliostat.image.ImageSize;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.telemetry.GatewayMeters;
import dev.heliostat.testing.TrickyUrl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What the egress guard says of URLs, and of what their names turn out to mean when the
 * connection is made.
 */
class EgressGuardTest {

	private static final byte[] PICTURE = TestPictures.picture(30, 20, "png");

	private final Scheduler disk = Schedulers.newBoundedElastic(2, 1000, "test-disk");

	private final AtomicInteger asked = new AtomicInteger();

	private final Names names = new Names();

	@TempDir
	private Path directory;

	private DisposableServer server;

	@BeforeEach
	void serve() {
		// On every address of this machine's own network, so that a name can change
		// between them.
		this.server = HttpServer.create().host("127.0.0.2").port(0).handle((request, response) -> {
			this.asked.incrementAndGet();
			return switch (request.uri()) {
				case "/a.png" -> response.sendByteArray(Mono.just(PICTURE));
				case "/closing.png" -> response.keepAlive(false).sendByteArray(Mono.just(PICTURE));
				case "/endless" -> response.sendByteArray(Flux.generate(sink -> sink.next(new byte[8192])));
				default -> response.status(302)
					.header("location", request.uri().substring(request.uri().indexOf('=') + 1))
					.send();
			};
		}).bindNow();
	}

	@AfterEach
	void stop() {
		this.server.disposeNow();
		this.disk.dispose();
	}

	private EgressGuard guard(String... allowed) {
		return new EgressGuard(WebClient.builder(), egress(allowed), Duration.ofSeconds(5),
				client -> client.resolver(this.names));
	}

	private static EgressProperties egress(String... allowed) {
		return new EgressProperties(List.of(allowed), DataSize.ofKilobytes(1), Duration.ofSeconds(10));
	}

	private SpoolingPictureReader reader(EgressGuard guard) {
		return new SpoolingPictureReader(
				new DiskSpool(
						new SpoolSpace(this.directory, 3_000_000, 1_000_000, new SecretKeySpec(new byte[32], "AES")),
						this.disk),
				guard,
				new MediaProperties("", Duration.ofMinutes(60), DataSize.ofBytes(0), DataSize.ofMegabytes(2), 4_000_000,
						Duration.ofSeconds(10),
						new MediaProperties.Transcoding(0, 10, DataSize.ofBytes(0), 4_000_000, "",
								Duration.ofSeconds(1), MediaProperties.AiMark.KEEP),
						false, Map.of(), Duration.ofSeconds(60)),
				egress(), new GatewayMeters(new SimpleMeterRegistry()));
	}

	private URI url(String host, String path) {
		return URI.create("http://" + host + ":" + this.server.port() + path);
	}

	static List<TrickyUrl> urls() {
		return TrickyUrl.all();
	}

	@ParameterizedTest
	@MethodSource("urls")
	void eachUrlMeetsItsRule(TrickyUrl tricky) {
		if (!tricky.isReadable()) {
			assertThatThrownBy(() -> URI.create(tricky.url())).isInstanceOf(IllegalArgumentException.class);
			return;
		}
		String refusal = guard().refusal(URI.create(tricky.url()), Set.of("api.example.com")).orElse("-");
		assertThat(refusal).contains(tricky.rule());
		if (tricky.isRefused()) {
			assertThatThrownBy(() -> guard().clientFor(URI.create(tricky.url()), Set.of()))
				.isInstanceOf(NoPictureException.class)
				.hasMessageContaining(tricky.rule());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "::1", "::127.0.0.1",
			"64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1", "fd00:ec2::254", "::ffff:0:127.0.0.1", "5f00::1", "0.0.0.0",
			"224.0.0.1" })
	void aNameThatMeansAnInnerAddressIsRefusedWhenTheConnectionIsMade(String address) {
		this.names.put("pictures.example.com", address);
		URI url = URI.create("https://pictures.example.com/a.png");
		assertThat(guard().refusal(url, Set.of())).isEmpty();
		assertThatThrownBy(() -> reader(guard()).fetch(url, Set.of()).block()).isInstanceOf(NoPictureException.class)
			.hasMessageContaining("private network")
			.hasMessageNotContaining(address);
		assertThatThrownBy(() -> guard().post(url, Map.of(), new byte[0], Duration.ofSeconds(5)).block())
			.isInstanceOf(NoPictureException.class)
			.hasMessageContaining("private network");
		assertThat(this.asked).hasValue(0);
	}

	@Test
	void aNameThatChangesItsMindIsJudgedAnewAtEachConnection() {
		this.names.put("flip.example.com", "127.0.0.2", "127.0.0.1");
		EgressGuard guard = guard("127.0.0.2/32");
		URI url = url("flip.example.com", "/closing.png");
		assertThat(reader(guard).fetch(url, Set.of()).block().size()).isEqualTo(new ImageSize(30, 20));
		assertThatThrownBy(() -> reader(guard).fetch(url, Set.of()).block()).isInstanceOf(NoPictureException.class)
			.hasMessageContaining("private network");
		assertThat(this.asked).hasValue(1);
	}

	@Test
	void ofSeveralAddressesOnlyThoseThatAreAllowedAreTried() {
		this.names.putAll("both.example.com", "127.0.0.1", "127.0.0.2", "10.0.0.1");
		assertThat(reader(guard("127.0.0.2/32")).fetch(url("both.example.com", "/a.png"), Set.of()).block().size())
			.isEqualTo(new ImageSize(30, 20));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://127.0.0.1/a.png", "https://127.0.0.1/a.png", "https://127.1/a.png",
			"http://inner.example.com/a.png", "https://inner.example.com/a.png", "https://2130706433/a.png",
			"//127.0.0.1/a.png", "https://user@127.0.0.2/a.png", "file:///etc/passwd", "ftp://127.0.0.2/a.png" })
	void eachStepOfARedirectIsJudged(String location) {
		this.names.put("inner.example.com", "127.0.0.1");
		assertThatThrownBy(
				() -> reader(guard("127.0.0.2/32")).fetch(url("127.0.0.2", "/to=" + location), Set.of()).block())
			.isInstanceOf(NoPictureException.class)
			.hasMessageContaining("the URL may not be called");
		assertThat(this.asked).hasValue(1);
	}

	@Test
	void redirectsEndSometime() {
		assertThat(reader(guard("127.0.0.2/32")).fetch(url("127.0.0.2", "/to=/a.png"), Set.of()).block().size())
			.isEqualTo(new ImageSize(30, 20));
		assertThatThrownBy(
				() -> reader(guard("127.0.0.2/32")).fetch(url("127.0.0.2", "/to=/to=/to=/to=/to=/x"), Set.of()).block())
			.isInstanceOf(NoPictureException.class);
		assertThat(this.asked).hasValueLessThan(8);
	}

	@Test
	void aRedirectThatIsNoUrlIsRefused() {
		assertThatThrownBy(
				() -> reader(guard("127.0.0.2/32")).fetch(url("127.0.0.2", "/to=http:%5C%5Cx"), Set.of()).block())
			.isInstanceOf(RuntimeException.class);
	}

	@Test
	void webhooksFollowNoRedirectAndReadNoEndlessAnswer() {
		EgressGuard guard = guard("127.0.0.2/32");
		assertThat(guard.post(url("127.0.0.2", "/to=http://127.0.0.1/"), Map.of(), new byte[3], Duration.ofSeconds(5))
			.block()).isEqualTo(302);
		assertThat(guard.post(url("127.0.0.2", "/endless"), Map.of(), new byte[3], Duration.ofSeconds(5)).block())
			.isEqualTo(200);
		assertThat(this.asked).hasValue(2);
	}

	@Test
	void anAllowedNetworkIsReachedByPlainHttpAndNothingElseIs() {
		this.names.put("inner.example.com", "127.0.0.2");
		this.names.put("outer.example.com", "8.8.8.8");
		EgressGuard guard = guard("127.0.0.2/32");
		assertThat(reader(guard).fetch(url("inner.example.com", "/a.png"), Set.of()).block()).isNotNull();
		assertThat(reader(guard).fetch(url("127.0.0.2", "/a.png"), Set.of()).block()).isNotNull();
		assertThatThrownBy(() -> reader(guard).fetch(URI.create("http://outer.example.com/"), Set.of()).block())
			.hasMessageContaining("private network");
		assertThatThrownBy(() -> reader(guard).fetch(URI.create("http://8.8.8.8/"), Set.of()).block())
			.hasMessageContaining("private network");
	}

	@Test
	void aProvidersOwnHostIsTrustedAsItIsWrittenAndNotAsItLooks() {
		Set<String> hosts = Set.of("127.0.0.2:" + this.server.port(), "*.pictures.example.com");
		assertThat(reader(guard()).fetch(url("127.0.0.2", "/a.png"), hosts).block()).isNotNull();
		for (String other : List.of("http://127.0.0.2:1/a.png", "https://pictures.example.com.evil.internal/a.png",
				"https://evilpictures.example.local/", "https://x@a.pictures.example.com/",
				"http://a.pictures.example.com.evil.example/")) {
			assertThatThrownBy(() -> reader(guard()).fetch(URI.create(other), hosts).block()).as(other)
				.isInstanceOf(NoPictureException.class)
				.hasMessageContaining("may not be called");
		}
	}

	/** Names that mean what the test says, one answer after the other. */
	private static final class Names extends AddressResolverGroup<InetSocketAddress> {

		private final Map<String, Deque<List<String>>> answers = new HashMap<>();

		/** Answers with one address each time; the last one stays. */
		void put(String name, String... addresses) {
			this.answers.put(name, new ArrayDeque<>(Arrays.stream(addresses).map(List::of).toList()));
		}

		/** Answers with all addresses each time. */
		void putAll(String name, String... addresses) {
			this.answers.put(name, new ArrayDeque<>(List.of(List.of(addresses))));
		}

		private synchronized List<InetAddress> next(String name) throws UnknownHostException {
			Deque<List<String>> known = this.answers.get(name);
			if (known == null) {
				throw new UnknownHostException(name);
			}
			List<String> answer = (known.size() > 1) ? known.removeFirst() : known.getFirst();
			return answer.stream().map(InetAddress::ofLiteral).toList();
		}

		@Override
		protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
			return new InetNameResolver(executor) {

				@Override
				protected void doResolve(String name, Promise<InetAddress> promise) throws Exception {
					promise.setSuccess(next(name).getFirst());
				}

				@Override
				protected void doResolveAll(String name, Promise<List<InetAddress>> promise) throws Exception {
					promise.setSuccess(next(name));
				}

			}.asAddressResolver();
		}

	}

}
