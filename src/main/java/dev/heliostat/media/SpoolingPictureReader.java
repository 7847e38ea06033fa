package dev.heliostat.media;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import dev.heliostat.media.MediaProperties.AiMark;
import dev.heliostat.telemetry.GatewayMeters;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads pictures into the spool.
 */
final class SpoolingPictureReader implements PictureReader {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final int CHUNK = 16 * 1024;

	private final DiskSpool spool;

	private final EgressGuard guard;

	private final PictureDownload download;

	private final MediaProperties properties;

	private final GatewayMeters meters;

	SpoolingPictureReader(DiskSpool spool, EgressGuard guard, MediaProperties properties, EgressProperties egress,
			GatewayMeters meters) {
		this.spool = spool;
		this.guard = guard;
		this.download = new PictureDownload(guard, this, properties.fetchTimeout(), egress);
		this.properties = properties;
		this.meters = meters;
	}

	@Override
	public Mono<Picture> read(Publisher<DataBuffer> bytes) {
		return this.spool.drainTo(bytes, cap()).flatMap(this::sniffed).onErrorMap(this::explained);
	}

	@Override
	public Picture read(InputStream bytes) throws IOException {
		SpooledContent content = this.spool.open();
		try {
			byte[] piece = new byte[CHUNK];
			int count = bytes.readNBytes(piece, 0, CHUNK);
			while (count > 0) {
				if (content.length() + count > cap()) {
					throw new NoPictureException("larger than " + cap() + " bytes");
				}
				content.append(Arrays.copyOf(piece, count)).block();
				count = bytes.readNBytes(piece, 0, CHUNK);
			}
			return sniff(content);
		}
		catch (IOException | RuntimeException ex) {
			content.release();
			throw ex;
		}
	}

	@Override
	public Mono<Extracted> extract(Publisher<DataBuffer> json, Collection<String> base64, Collection<String> urls) {
		return extract(json, base64, urls, SpoolingPictureReader::parse);
	}

	@Override
	public Mono<Extracted> extract(Publisher<DataBuffer> json, Collection<String> base64, Collection<String> urls,
			Function<byte[], JsonNode> rest) {
		return Mono.defer(() -> {
			Base64Scanner scanner = new Base64Scanner(base64, urls);
			List<SpooledContent> contents = new ArrayList<>();
			return Flux.from(json)
				.concatMap(buffer -> fed(contents, scanner, DiskSpool.copy(buffer)), 1)
				.doOnDiscard(DataBuffer.class, DataBufferUtils::release)
				.then(Mono.defer(() -> contents.isEmpty() ? Mono.just(List.<Picture>of())
						: Flux.fromIterable(contents).concatMap(this::sniffed).collectList()))
				.map(pictures -> new Extracted(rest.apply(scanner.skeleton()), pictures))
				.onErrorMap(this::explained)
				.doOnError(error -> contents.forEach(SpooledContent::release))
				.doOnCancel(() -> contents.forEach(SpooledContent::release));
		});
	}

	@Override
	public Flux<Event> events(Publisher<DataBuffer> stream, Collection<String> base64) {
		return Flux.defer(() -> new EventPictures(this, base64).read(stream));
	}

	/**
	 * Does not throw, and fails only when it is subscribed to: the buffer would be
	 * released once more.
	 */
	private Mono<Void> fed(List<SpooledContent> contents, Base64Scanner scanner, byte[] bytes) {
		try {
			List<Base64Scanner.Part> parts = scanner.feed(bytes);
			return parts.isEmpty() ? Mono.empty() : appendAll(contents, parts);
		}
		catch (RuntimeException ex) {
			return Mono.defer(() -> Mono.error(ex));
		}
	}

	Mono<Void> appendAll(List<SpooledContent> contents, List<Base64Scanner.Part> parts) {
		return Flux.fromIterable(parts).concatMap(part -> {
			while (contents.size() <= part.index()) {
				contents.add(this.spool.open());
			}
			SpooledContent content = contents.get(part.index());
			if (content.length() + part.bytes().length > cap()) {
				return Mono.<Void>error(new SpoolLimitException(cap()));
			}
			return content.append(part.bytes());
		}, 1).then();
	}

	static JsonNode parse(byte[] skeleton) {
		try {
			return JSON.readTree(skeleton);
		}
		catch (JacksonException ex) {
			throw new NoPictureException("the answer is no JSON");
		}
	}

	@Override
	public Optional<URI> passable(String url) {
		if (!this.properties.passthroughUrls() || this.properties.transcoding().aiMark() == AiMark.ADD) {
			return Optional.empty();
		}
		try {
			return Optional.of(new URI(url)).filter(uri -> this.guard.refusal(uri, Set.of()).isEmpty());
		}
		catch (URISyntaxException ex) {
			return Optional.empty();
		}
	}

	@Override
	public Mono<Picture> fetch(URI url, Set<String> hosts) {
		if ("data".equalsIgnoreCase(url.getScheme())) {
			return Mono.defer(() -> read(Flux.just(decoded(url))));
		}
		return this.download.fetch(url, hosts);
	}

	private static DataBuffer decoded(URI url) {
		String text = url.getSchemeSpecificPart();
		int comma = text.indexOf(',');
		if (comma < 0 || !text.substring(0, comma).endsWith(";base64")) {
			throw new NoPictureException("the data URL holds no base64");
		}
		try {
			byte[] bytes = Base64.getDecoder().decode(text.substring(comma + 1));
			return DefaultDataBufferFactory.sharedInstance.wrap(bytes);
		}
		catch (IllegalArgumentException ex) {
			throw new NoPictureException("the data URL's base64 is broken");
		}
	}

	Mono<Picture> sniffed(SpooledContent content) {
		Mono<Picture> sniff = Mono.fromCallable(() -> sniff(content)).doOnError(error -> content.release());
		return content.isOnDisk() ? sniff.subscribeOn(this.spool.disk()) : sniff;
	}

	private Picture sniff(SpooledContent content) {
		long length = content.length();
		byte[] head = content.peek(0, ImageSniffer.HEAD);
		byte[] tail = content.peek(Math.max(0, length - ImageSniffer.TAIL), ImageSniffer.TAIL);
		ImageSniffer.Sniffed sniffed = ImageSniffer.sniff(head, tail, length);
		if (sniffed.size().pixels() > this.properties.maxPixels()) {
			throw new NoPictureException("the picture has " + sniffed.size() + " pixels (expected: at most "
					+ this.properties.maxPixels() + " in all)");
		}
		this.meters.bytesIn(length);
		return new Picture(content, sniffed.type(), sniffed.size());
	}

	Throwable explained(Throwable error) {
		return (error instanceof SpoolLimitException)
				? new NoPictureException("the picture is too large: " + error.getMessage()) : error;
	}

	private long cap() {
		return this.properties.maxPictureBytes().toBytes();
	}

}
