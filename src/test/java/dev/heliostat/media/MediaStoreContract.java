package dev.heliostat.media;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.ledger.MediaIndex;
import dev.heliostat.ledger.MediaRecord;
import dev.heliostat.ledger.MediaRecord.Owner;
import dev.heliostat.testing.Bytes;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the media store promises wherever the bytes are: two nodes share it, and the
 * second one has another secret, with the first one's as its previous one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MediaStoreContract {

	private static final String SECRET = "a-secret-of-the-tests-that-is-long-enough-0001";

	private static final String NEXT_SECRET = "a-secret-of-the-tests-that-is-long-enough-0002";

	private static final Owner OWNER = new Owner("key", "default", "gen_1");

	private static final Owner OTHER = new Owner("other", "other", "gen_2");

	private static final Optional<ImageSize> SIZE = Optional.of(new ImageSize(1, 1));

	Gateway gateway;

	Gateway other;

	private byte seed;

	/** What both nodes are started with. */
	abstract List<String> arguments();

	@BeforeAll
	void start() {
		List<String> shared = new ArrayList<>(arguments());
		shared.addAll(List.of("--heliostat.media.projects.brief.retention=1ms", "--heliostat.media.purge-every=10m"));
		this.gateway = node(shared, "--heliostat.secret-key=" + SECRET);
		this.other = node(shared, "--heliostat.secret-key=" + NEXT_SECRET,
				"--heliostat.previous-secret-keys=" + SECRET);
	}

	static Gateway node(List<String> shared, String... own) {
		List<String> arguments = new ArrayList<>(shared);
		arguments.addAll(List.of(own));
		return Gateway.start(arguments.toArray(String[]::new));
	}

	@AfterAll
	void stop() {
		this.gateway.close();
		this.other.close();
	}

	private static MediaStore store(Gateway node) {
		return node.bean(MediaStore.class);
	}

	private MediaRecord keep(Gateway node, ImageContent content, Owner owner) {
		MediaRecord record = store(node).store(content, ImageType.PNG, SIZE, owner).block();
		store(node).add(List.of(record)).block();
		return record;
	}

	private List<String> names() {
		return this.gateway.bean(Blobs.class).list(Instant.now().plus(Duration.ofDays(1))).collectList().block();
	}

	private static byte[] bytes(ImageContent content, long from, long count) {
		DataBuffer whole = DataBufferUtils.join(content.read(from, count)).block();
		return DiskSpool.copy(whole);
	}

	private static void purge(Gateway node) {
		node.bean(MediaPurge.class).purge().block();
	}

	/** Purges, or sweeps, as it will be done later. */
	static MediaPurge later(Gateway node, Duration time) {
		return new MediaPurge(node.bean(Blobs.class), node.bean(MediaIndex.class), Duration.ofMinutes(1),
				Clock.offset(Clock.systemUTC(), time));
	}

	private byte[] fresh() {
		byte[] bytes = new byte[1000];
		Arrays.fill(bytes, ++this.seed);
		return bytes;
	}

	private static void expectGone(Callable<?> call, Class<? extends GatewayError> error) {
		assertThatExceptionOfType(GatewayException.class).isThrownBy(call::call)
			.satisfies(failure -> assertThat(failure.error()).isInstanceOf(error));
	}

	@Test
	void theSameBytesAreKeptOnceWhoeverTheirOwners() {
		byte[] picture = fresh();
		MediaRecord first = keep(this.gateway, new Bytes(picture), OWNER);
		MediaRecord second = keep(this.other, new Bytes(picture), OTHER);
		assertThat(second.id()).isNotEqualTo(first.id());
		assertThat(second.sha256()).isEqualTo(first.sha256());
		assertThat(names()).contains(first.name(), second.name());
		later(this.gateway, Duration.ofMinutes(2)).purge().block();
		assertThat(names()).contains(second.name()).doesNotContain(first.name());

		store(this.gateway).delete(first.id()).block();
		expectGone(() -> store(this.gateway).find(first.id()).block(), GatewayError.ResultExpired.class);
		MediaStore.StoredImage left = store(this.gateway).find(second.id()).block();
		assertThat(bytes(left.content(), 0, picture.length)).isEqualTo(picture);

		store(this.other).delete(second.id()).block();
		assertThat(names()).doesNotContain(first.name(), second.name());
	}

	@Test
	void aPictureIsServedWithRangesAndTags() {
		Answer made = this.gateway.generate(Gateway.TEST_KEY,
				Requests.of(Requests.MODEL, "ranges", "\"response_format\": \"url\""));
		String url = made.json().at("/data/0/url").asString();
		Answer whole = this.gateway.get(url, "");
		byte[] picture = whole.response().body();
		assertThat(whole.status()).isEqualTo(200);
		assertThat(whole.header("etag")).isEqualTo("\"" + sha256(picture) + "\"");
		assertThat(whole.header("content-type")).isEqualTo("image/png");
		assertThat(whole.header("content-length")).isEqualTo(Integer.toString(picture.length));
		assertThat(whole.header("x-content-type-options")).isEqualTo("nosniff");
		assertThat(whole.header("content-security-policy")).contains("sandbox");
		assertThat(whole.header("cache-control")).startsWith("private, max-age=").contains("immutable");

		Answer part = this.gateway.send(this.gateway.request(url, "").header("range", "bytes=10-19").GET());
		assertThat(part.status()).isEqualTo(206);
		assertThat(part.response().body()).isEqualTo(Arrays.copyOfRange(picture, 10, 20));
		assertThat(part.header("content-range")).isEqualTo("bytes 10-19/" + picture.length);
		Answer end = this.gateway.send(this.gateway.request(url, "").header("range", "bytes=-5").GET());
		assertThat(end.response().body()).isEqualTo(Arrays.copyOfRange(picture, picture.length - 5, picture.length));
		assertThat(this.gateway
			.send(this.gateway.request(url, "").header("range", "bytes=10-19").header("if-range", "\"another\"").GET())
			.status()).isEqualTo(200);
		assertThat(this.gateway.send(this.gateway.request(url, "").header("range", "bytes=99999999-").GET()).status())
			.isEqualTo(416);
		assertThat(this.gateway.send(this.gateway.request(url, "").header("if-none-match", whole.header("etag")).GET())
			.status()).isEqualTo(304);
		Answer head = this.gateway.send(this.gateway.request(url, "").method("HEAD", BodyPublishers.noBody()));
		assertThat(head.status()).isEqualTo(200);
		assertThat(head.header("content-length")).isEqualTo(Integer.toString(picture.length));
		assertThat(head.response().body()).isEmpty();
	}

	@Test
	void onlyASignatureOrItsOwnersKeyOpensAPicture() {
		Answer made = this.gateway.generate(Gateway.TEST_KEY,
				Requests.of(Requests.MODEL, "owners", "\"response_format\": \"url\""));
		URI url = URI.create(made.json().at("/data/0/url").asString());
		String plain = url.getPath();
		assertThat(this.gateway.get(plain, Gateway.TEST_KEY).status()).isEqualTo(200);
		assertThat(this.other.get(plain, Gateway.TEST_KEY).status()).isEqualTo(200);
		assertThat(this.gateway.get(plain, Gateway.LIVE_KEY).status()).isEqualTo(404);
		assertThat(this.gateway.get(plain, "").status()).isEqualTo(404);
		assertThat(this.gateway.get(plain, "no-key-of-anybody-00000001").status()).isEqualTo(401);
		String forged = url.toString().replaceFirst("exp=(\\d)", "exp=9$1");
		assertThat(this.gateway.get(forged, "").status()).isEqualTo(404);
		assertThat(this.gateway.get(url.toString().replaceFirst("sig=..", "sig=AA"), "").status()).isEqualTo(404);
		assertThat(this.gateway.get("/media/AAAAAAAAAAAAAAAAAAAAAAAAAAA.png", Gateway.TEST_KEY).status())
			.isEqualTo(404);
	}

	@Test
	void aPictureIsGoneWhenItsProjectsTimeIsOver() {
		MediaRecord record = keep(this.gateway, new Bytes(fresh()), new Owner("key", "brief", "gen_3"));
		Awaitility.await().until(() -> Instant.now().isAfter(record.expiresAt()));
		expectGone(() -> store(this.gateway).find(record.id()).block(), GatewayError.ResultExpired.class);
		expectGone(() -> store(this.gateway).openOwn(record.id(), "key").block(), GatewayError.NotFound.class);
		MediaRecord usual = keep(this.gateway, new Bytes(fresh()), OWNER);
		URI late = new MediaUrls(this.gateway.bean(dev.heliostat.access.SecretKey.class),
				this.gateway.bean(dev.heliostat.access.PublicUrl.class))
			.sign(usual.id(), Instant.now().minusSeconds(5));
		Answer answer = this.gateway.get(late.toString(), "");
		assertThat(answer.status()).isEqualTo(410);
		assertThat(answer.json().at("/error/code").asString()).isEqualTo("result_expired");

		purge(this.other);
		assertThat(names()).doesNotContain(record.name()).contains(usual.name());
		store(this.gateway).delete(usual.id()).block();
	}

	@Test
	void urlsOfThePreviousSecretStayGood() {
		MediaRecord record = keep(this.gateway, new Bytes(fresh()), OWNER);
		String path = path(new MediaUrls(this.gateway.bean(dev.heliostat.access.SecretKey.class),
				this.gateway.bean(dev.heliostat.access.PublicUrl.class))
			.sign(record.id(), record.expiresAt()));
		String next = path(new MediaUrls(this.other.bean(dev.heliostat.access.SecretKey.class),
				this.other.bean(dev.heliostat.access.PublicUrl.class))
			.sign(record.id(), record.expiresAt()));
		assertThat(this.other.get(path, "").status()).isEqualTo(200);
		assertThat(this.other.get(next, "").status()).isEqualTo(200);
		assertThat(this.gateway.get(next, "").status()).isEqualTo(404);
		store(this.gateway).delete(record.id()).block();
	}

	private static String path(URI url) {
		return url.getRawPath() + "?" + url.getRawQuery();
	}

	@Test
	void anOwnerDeletesThePicturesOfAGeneration() {
		String body = Requests.of(Requests.MODEL, "to be deleted", "\"response_format\": \"url\"", "\"n\": 2",
				"\"seed\": 7");
		Answer made = keyed(body);
		String id = made.json().at("/metadata/id").asString();
		String url = made.json().at("/data/0/url").asString();
		assertThat(this.gateway.get(url, "").status()).isEqualTo(200);
		List<String> names = this.gateway.bean(JdbcClient.class).sql("""
				select distinct name from media_blob join media on media.sha256 = media_blob.sha256
				where generation = :id""").param("id", id).query(String.class).list();
		assertThat(names).isNotEmpty();

		assertThat(delete("/v1/generations/" + id + "/media", Gateway.LIVE_KEY).status()).isEqualTo(404);
		assertThat(delete("/v1/generations/gen_unknown/media", Gateway.TEST_KEY).status()).isEqualTo(404);
		assertThat(this.gateway.get(url, "").status()).isEqualTo(200);
		assertThat(delete("/openai/v1/generations/" + id + "/media", Gateway.TEST_KEY).status()).isEqualTo(204);

		assertThat(this.gateway.get(url, "").status()).isEqualTo(410);
		assertThat(this.gateway.get(URI.create(url).getPath(), Gateway.TEST_KEY).status()).isEqualTo(404);
		Answer again = keyed(body);
		assertThat(again.status()).as(again.text()).isEqualTo(410);
		assertThat(this.gateway.get("/v1/generations/" + id, Gateway.TEST_KEY).json().at("/error/code").asString())
			.isEqualTo("result_expired");
		assertThat(names()).doesNotContainAnyElementsOf(names);
		assertThat(delete("/v1/generations/" + id + "/media", Gateway.TEST_KEY).status()).isEqualTo(204);
		assertThat(this.gateway.get("/v1/generations/" + id + "/media", Gateway.TEST_KEY).status()).isEqualTo(405);
	}

	private Answer keyed(String body) {
		return this.gateway.send(this.gateway.request("/v1/images/generations", Gateway.TEST_KEY)
			.header("content-type", "application/json")
			.header("idempotency-key", "to-be-deleted")
			.POST(BodyPublishers.ofString(body)));
	}

	private Answer delete(String path, String key) {
		return this.gateway.send(this.gateway.request(path, key).DELETE());
	}

	/** Whatever has become of the bytes that are kept, a new copy of them is there. */
	@Test
	void bytesThatWereLostAreThereWhenTheyAreStoredAgain() {
		byte[] picture = fresh();
		MediaRecord first = keep(this.gateway, new Bytes(picture), OWNER);
		this.gateway.bean(Blobs.class).delete(first.name()).block();
		expectGone(() -> store(this.gateway).find(first.id()).block(), GatewayError.ResultExpired.class);
		MediaRecord second = keep(this.gateway, new Bytes(picture), OTHER);
		for (MediaRecord record : List.of(first, second)) {
			MediaStore.StoredImage found = store(this.other).find(record.id()).block();
			assertThat(bytes(found.content(), 0, picture.length)).isEqualTo(picture);
			store(this.gateway).delete(record.id()).block();
		}
	}

	/** Two nodes keep, delete and purge the same few pictures, all at once. */
	@Test
	void whatIsKeptIsThereWhateverIsDeletedBesideIt() throws Exception {
		List<byte[]> pictures = List.of(fresh(), fresh(), fresh());
		List<Future<List<MediaRecord>>> work = new ArrayList<>();
		try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
			for (int thread = 0; thread < 8; thread++) {
				int number = thread;
				work.add(threads.submit(() -> {
					Gateway node = (number % 2 == 0) ? this.gateway : this.other;
					List<MediaRecord> kept = new ArrayList<>();
					for (int i = 0; i < 12; i++) {
						MediaRecord record = keep(node, new Bytes(pictures.get((number + i) % 3)), OWNER);
						if (i % 4 != 3) {
							store(node).delete(record.id()).block();
						}
						else {
							kept.add(record);
						}
						if (i % 6 == 5) {
							purge(node);
						}
					}
					return kept;
				}));
			}
		}
		List<MediaRecord> kept = new ArrayList<>();
		for (Future<List<MediaRecord>> part : work) {
			kept.addAll(part.get());
		}
		purge(this.gateway);
		for (MediaRecord record : kept) {
			MediaStore.StoredImage found = store(this.other).find(record.id()).block();
			assertThat(sha256(bytes(found.content(), 0, 1000))).isEqualTo(record.sha256());
		}
		List<String> hashes = pictures.stream().map(MediaStoreContract::sha256).toList();
		assertThat(references(hashes)).isEqualTo(kept.size());
		kept.forEach(record -> store(this.gateway).delete(record.id()).block());
		assertThat(references(hashes)).isZero();
		later(this.gateway, Duration.ofMinutes(2)).purge().block();
		assertThat(names()).doesNotContainAnyElementsOf(kept.stream().map(MediaRecord::name).toList());
	}

	private long references(List<String> hashes) {
		return this.gateway.bean(JdbcClient.class)
			.sql("select coalesce(sum(refs), 0) from media_blob where sha256 in (:hashes)")
			.param("hashes", hashes)
			.query(Long.class)
			.single();
	}

	@Test
	void aLargePictureGoesThroughInParts() {
		Large large = new Large(64 * 1024 * 1024);
		MediaRecord record = keep(this.gateway, large, OWNER);
		ImageContent content = store(this.other).find(record.id()).block().content();
		assertThat(content.length()).isEqualTo(large.length());
		MessageDigest digest = digest();
		content.read().doOnNext(buffer -> digest.update(DiskSpool.copy(buffer))).blockLast(Duration.ofMinutes(2));
		assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(record.sha256());
		long boundary = S3Blobs.PART - 100;
		assertThat(bytes(content, boundary, 200)).isEqualTo(bytes(large, boundary, 200));
		store(this.gateway).delete(record.id()).block();
		assertThat(names()).doesNotContain(record.name());
	}

	@Test
	void whatHasNoRecordIsSweptAfterAWhile() {
		MediaRecord known = keep(this.gateway, new Bytes(fresh()), OWNER);
		MediaRecord unknown = store(this.gateway).store(new Bytes(fresh()), ImageType.PNG, SIZE, OWNER).block();
		this.gateway.bean(MediaPurge.class).sweep().block();
		assertThat(names()).contains(known.name(), unknown.name());
		later(this.gateway, Duration.ofHours(2)).sweep().block();
		assertThat(names()).contains(known.name()).doesNotContain(unknown.name());
		store(this.gateway).delete(known.id()).block();
	}

	static String sha256(byte[] bytes) {
		return HexFormat.of().formatHex(digest().digest(bytes));
	}

	private static MessageDigest digest() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Content that is made up as it is read. */
	private record Large(long length) implements ImageContent {

		private static final int PIECE = 60_000;

		@Override
		public Flux<DataBuffer> read(long from, long count) {
			return Flux.generate(() -> from, (at, sink) -> {
				int size = (int) Math.min(PIECE, from + count - at);
				if (size <= 0) {
					sink.complete();
					return at;
				}
				byte[] piece = new byte[size];
				for (int i = 0; i < size; i++) {
					piece[i] = (byte) ((at + i) * 31 >> 3);
				}
				sink.next(DefaultDataBufferFactory.sharedInstance.wrap(piece));
				return at + size;
			});
		}

		@Override
		public void release() {
		}

	}

}
