package dev.heliostat.media;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageType;
import org.reactivestreams.Subscriber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.S3Utilities;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Bytes of kept pictures as objects of a bucket. What is larger than a part is sent part
 * after part, each read from where it rests as the bucket takes it, so that memory does
 * not grow with pictures; a part that failed is read again.
 */
final class S3Blobs implements Blobs {

	private static final Logger logger = LoggerFactory.getLogger(S3Blobs.class);

	/** The smallest part that buckets take is 5 MB. */
	static final int PART = 8 * 1024 * 1024;

	private static final int NOT_FOUND = 404;

	/** No signature may be good for longer. */
	private static final Duration LONGEST = Duration.ofDays(7);

	private final S3AsyncClient bucket;

	private final S3Presigner presigner;

	private final S3Properties properties;

	private final Scheduler waiting;

	/**
	 * A store.
	 * @param waiting threads that may wait
	 */
	S3Blobs(S3AsyncClient bucket, S3Presigner presigner, S3Properties properties, Scheduler waiting) {
		this.bucket = bucket;
		this.presigner = presigner;
		this.properties = properties;
		this.waiting = waiting;
	}

	@Override
	public Mono<String> put(String name, ImageContent content, ImageType type) {
		return Mono.defer(() -> {
			RunningHash hash = new RunningHash(content);
			Mono<Void> sent = (content.length() <= PART) ? putWhole(name, hash, content.length(), type)
					: putInParts(name, hash, content.length(), type);
			return sent.then(Mono.fromSupplier(hash::value));
		});
	}

	private Mono<Void> putWhole(String name, RunningHash hash, long length, ImageType type) {
		return call(() -> this.bucket.putObject(put -> {
			put.bucket(this.properties.bucket()).key(key(name)).contentType(type.mime());
			encryption().ifPresent(put::serverSideEncryption);
			kmsKey().ifPresent(put::ssekmsKeyId);
		}, new Part(hash, 0, length, type))).doOnNext(answer -> hash.taken()).then();
	}

	private Mono<Void> putInParts(String name, RunningHash hash, long length, ImageType type) {
		return call(() -> this.bucket.createMultipartUpload(create -> {
			create.bucket(this.properties.bucket()).key(key(name)).contentType(type.mime());
			encryption().ifPresent(create::serverSideEncryption);
			kmsKey().ifPresent(create::ssekmsKeyId);
		})).flatMap(created -> {
			String upload = created.uploadId();
			return Flux.range(0, Math.toIntExact(Math.ceilDiv(length, PART)))
				.concatMap(number -> part(name, upload, number, hash, length, type), 1)
				.collectList()
				.flatMap(parts -> complete(name, upload, parts))
				.onErrorResume(failure -> abort(name, upload).then(Mono.error(failure)))
				.doOnCancel(() -> abort(name, upload).subscribe());
		});
	}

	private Mono<CompletedPart> part(String name, String upload, int number, RunningHash hash, long length,
			ImageType type) {
		long from = (long) number * PART;
		Part part = new Part(hash, from, Math.min(PART, length - from), type);
		return call(() -> this.bucket.uploadPart(send -> send.bucket(this.properties.bucket())
			.key(key(name))
			.uploadId(upload)
			.partNumber(number + 1)
			.contentLength(part.count), part)).map(sent -> {
				hash.taken();
				return CompletedPart.builder().partNumber(number + 1).eTag(sent.eTag()).build();
			});
	}

	private Mono<Void> complete(String name, String upload, List<CompletedPart> parts) {
		return call(() -> this.bucket.completeMultipartUpload(complete -> complete.bucket(this.properties.bucket())
			.key(key(name))
			.uploadId(upload)
			.multipartUpload(whole -> whole.parts(parts)))).then();
	}

	private Mono<Void> abort(String name, String upload) {
		return call(() -> this.bucket
			.abortMultipartUpload(abort -> abort.bucket(this.properties.bucket()).key(key(name)).uploadId(upload)))
			.then()
			.onErrorResume(failure -> {
				logger.warn("An upload of parts could not be ended; the bucket's own rules will", failure);
				return Mono.empty();
			});
	}

	@Override
	public Mono<ImageContent> open(String name, long length) {
		return call(() -> this.bucket.headObject(head -> head.bucket(this.properties.bucket()).key(key(name))))
			.<ImageContent>map(found -> new Stored(name, found.contentLength()))
			.onErrorMap(S3Blobs::isNotFound, gone -> new NoSuchBlobException(name));
	}

	@Override
	public Mono<Void> delete(String name) {
		return call(() -> this.bucket.deleteObject(delete -> delete.bucket(this.properties.bucket()).key(key(name))))
			.then()
			.onErrorResume(S3Blobs::isNotFound, gone -> Mono.empty());
	}

	@Override
	public Flux<String> list(Instant before) {
		return Flux
			.defer(() -> Flux.from(this.bucket
				.listObjectsV2Paginator(list -> list.bucket(this.properties.bucket()).prefix(this.properties.prefix()))
				.contents()))
			.filter(object -> object.lastModified().isBefore(before))
			.map(S3Object::key)
			.map(key -> key.substring(this.properties.prefix().length()))
			.filter(FileBlobs::isName);
	}

	@Override
	public boolean hasAddresses() {
		return this.properties.presign();
	}

	/** Said without credentials: there may be none when a page asks first. */
	@Override
	public Optional<String> origin() {
		if (!this.properties.presign()) {
			return Optional.empty();
		}
		S3Utilities urls = S3Utilities.builder()
			.region(Region.of(this.properties.region()))
			.s3Configuration(S3Configuration.builder().pathStyleAccessEnabled(this.properties.pathStyle()).build())
			.build();
		URL url = urls.getUrl(get -> {
			get.bucket(this.properties.bucket()).key("picture");
			if (!this.properties.endpoint().isEmpty()) {
				get.endpoint(URI.create(this.properties.endpoint()));
			}
		});
		return Optional.of(url.getProtocol() + "://" + url.getAuthority());
	}

	@Override
	public Mono<Optional<URI>> address(String name, Instant expiresAt) {
		return Mono.fromCallable(() -> {
			Duration left = Duration.between(Instant.now(), expiresAt);
			Duration good = (left.compareTo(LONGEST) > 0) ? LONGEST : left;
			return Optional.of(uri(good.isPositive() ? good : Duration.ofSeconds(1), name));
		}).subscribeOn(this.waiting);
	}

	private URI uri(Duration good, String name) throws URISyntaxException {
		return this.presigner
			.presignGetObject(presign -> presign.signatureDuration(good)
				.getObjectRequest(get -> get.bucket(this.properties.bucket()).key(key(name))))
			.url()
			.toURI();
	}

	private String key(String name) {
		return this.properties.prefix() + name;
	}

	private Optional<String> encryption() {
		return Optional.of(this.properties.sse()).filter(sse -> !sse.isEmpty());
	}

	private Optional<String> kmsKey() {
		return Optional.of(this.properties.kmsKeyId()).filter(id -> !id.isEmpty());
	}

	/** The SDK looks for credentials, and takes locks, on the thread that calls it. */
	private <T> Mono<T> call(Supplier<CompletableFuture<T>> call) {
		return Mono.fromFuture(call).subscribeOn(this.waiting);
	}

	private static boolean isNotFound(Throwable error) {
		return error instanceof S3Exception answered && answered.statusCode() == NOT_FOUND;
	}

	/** A part of content on its way: each try reads it anew. */
	private static final class Part implements AsyncRequestBody {

		private final RunningHash hash;

		private final long from;

		private final long count;

		private final ImageType type;

		Part(RunningHash hash, long from, long count, ImageType type) {
			this.hash = hash;
			this.from = from;
			this.count = count;
			this.type = type;
		}

		@Override
		public Optional<Long> contentLength() {
			return Optional.of(this.count);
		}

		@Override
		public String contentType() {
			return this.type.mime();
		}

		@Override
		public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
			this.hash.read(this.from, this.count).map(ByteBuffer::wrap).subscribe(subscriber);
		}

	}

	/** An object as content. */
	private final class Stored implements ImageContent {

		private final String name;

		private final long length;

		Stored(String name, long length) {
			this.name = name;
			this.length = length;
		}

		@Override
		public long length() {
			return this.length;
		}

		@Override
		public Flux<DataBuffer> read(long from, long count) {
			return call(
					() -> S3Blobs.this.bucket.getObject(
							get -> get.bucket(S3Blobs.this.properties.bucket())
								.key(key(this.name))
								.range("bytes=" + from + "-" + (from + count - 1)),
							AsyncResponseTransformer.toPublisher()))
				.flatMapMany(bytes -> Flux.from(bytes))
				.map(DefaultDataBufferFactory.sharedInstance::wrap);
		}

		/** The object belongs to the store, which deletes it in its time. */
		@Override
		public void release() {
		}

	}

}
