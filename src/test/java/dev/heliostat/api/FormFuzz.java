package dev.heliostat.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import dev.heliostat.image.GatewayException;
import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.InputImage;
import dev.heliostat.media.PictureReader;
import dev.heliostat.testing.Cuts;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fuzz target: a form is read the same way however it is cut, refused in the gateway's
 * own words or not at all, and a form that is well made arrives as it was sent.
 */
public final class FormFuzz {

	private static final String BOUNDARY = "xyzzy";

	private static final LimitsProperties LIMITS = FuzzLimits.small();

	private static final int MOST = 1 << 20;

	private static final UploadReader READER = new UploadReader(new Kept(), new LimitedJson(LIMITS),
			new RequestBytes(LIMITS.gzipRatio()), LIMITS, MOST);

	private FormFuzz() {
	}

	public static void fuzzerTestOneInput(byte[] input) {
		same(input);
		same(join("--" + BOUNDARY + "\r\n", input, "\r\n--" + BOUNDARY + "--\r\n"));
		wellMade(input);
	}

	private static void same(byte[] body) {
		String whole = read(List.of(body));
		assertThat(read(Cuts.of(body, 1))).isEqualTo(whole);
		assertThat(read(Cuts.of(body, 60))).isEqualTo(whole);
	}

	/** What a form says, or the answer that refuses it. */
	private static String read(List<byte[]> pieces) {
		try {
			UploadReader.Upload upload = upload(pieces);
			StringBuilder text = new StringBuilder(upload.fields().toString());
			upload.images().forEach(image -> text.append('\n').append(Kept.shown(image)));
			upload.mask().ifPresent(mask -> text.append("\nmask ").append(Kept.shown(mask)));
			return text.toString();
		}
		catch (GatewayException ex) {
			assertThat(ex.error().status()).isBetween(400, 499);
			return ex.error().code() + " " + ex.error().message();
		}
	}

	private static UploadReader.Upload upload(List<byte[]> pieces) {
		Flux<DataBuffer> body = Flux.fromIterable(pieces)
			.filter(piece -> piece.length > 0)
			.map(DefaultDataBufferFactory.sharedInstance::wrap);
		MockServerHttpRequest request = MockServerHttpRequest.post("/")
			.header("content-type", "multipart/form-data; boundary=" + BOUNDARY)
			.body(body);
		UploadReader.Upload upload = READER.read(request).block();
		assertThat(upload).isNotNull();
		return upload;
	}

	private static void wellMade(byte[] input) {
		String text = new String(input, StandardCharsets.UTF_8);
		String hexadecimal = HexFormat.of().formatHex(input);
		if (contains(input, ("\r\n--" + BOUNDARY).getBytes(StandardCharsets.US_ASCII))
				|| text.getBytes(StandardCharsets.UTF_8).length > LIMITS.textLength()
				|| hexadecimal.length() > LIMITS.textLength()) {
			return;
		}
		String next = "\r\n--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"";
		byte[] body = join("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"image[]\"\r\n\r\n", input,
				next + "prompt\"\r\n\r\n", text.getBytes(StandardCharsets.UTF_8),
				next + "style\"\r\n\r\n" + hexadecimal + next
						+ "mask\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n",
				input, "\r\n--" + BOUNDARY + "--\r\n");
		UploadReader.Upload upload = upload(Cuts.of(body, 100));
		assertThat(upload.fields().path("prompt").asString()).isEqualTo(text);
		assertThat(upload.fields().path("style").asString()).isEqualTo(hexadecimal);
		assertThat(upload.images()).singleElement().satisfies(image -> assertThat(Kept.bytes(image)).isEqualTo(input));
		assertThat(upload.mask()).hasValueSatisfying(mask -> assertThat(Kept.bytes(mask)).isEqualTo(input));
	}

	private static boolean contains(byte[] bytes, byte[] wanted) {
		return new String(bytes, StandardCharsets.ISO_8859_1).contains(new String(wanted, StandardCharsets.ISO_8859_1));
	}

	private static byte[] join(Object... parts) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		for (Object part : parts) {
			joined
				.writeBytes((part instanceof byte[] bytes) ? bytes : part.toString().getBytes(StandardCharsets.UTF_8));
		}
		return joined.toByteArray();
	}

	/** Takes any bytes for a picture, and keeps them in memory. */
	private static final class Kept implements PictureReader {

		private record Bytes(byte[] bytes) implements ImageContent {

			@Override
			public long length() {
				return this.bytes.length;
			}

			@Override
			public Flux<DataBuffer> read(long from, long count) {
				return Flux.just(DefaultDataBufferFactory.sharedInstance
					.wrap(Arrays.copyOfRange(this.bytes, (int) from, (int) (from + count))));
			}

			@Override
			public void release() {
			}

		}

		@Override
		public Optional<URI> passable(String url) {
			return Optional.empty();
		}

		static byte[] bytes(InputImage image) {
			return ((Bytes) image.content()).bytes();
		}

		static String shown(InputImage image) {
			return HexFormat.of().formatHex(bytes(image));
		}

		@Override
		public Picture read(InputStream bytes) throws IOException {
			return new Picture(new Bytes(bytes.readAllBytes()), ImageType.PNG, new ImageSize(1, 1));
		}

		@Override
		public Mono<Picture> read(Publisher<DataBuffer> bytes) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Mono<Extracted> extract(Publisher<DataBuffer> json, Collection<String> base64, Collection<String> urls) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Flux<Event> events(Publisher<DataBuffer> stream, Collection<String> base64) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Mono<Extracted> extract(Publisher<DataBuffer> json, Collection<String> base64, Collection<String> urls,
				Function<byte[], JsonNode> rest) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Mono<Picture> fetch(URI url, Set<String> hosts) {
			throw new UnsupportedOperationException();
		}

	}

}
