package dev.heliostat.media;

import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.ledger.MediaIndex;
import dev.heliostat.ledger.MediaRecord;
import dev.heliostat.ledger.MediaRecord.Owner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The media store: what is kept stands in the SQL store's index, the bytes are wherever
 * {@link Blobs} puts them.
 */
final class IndexedMediaStore implements MediaStore {

	private static final Logger logger = LoggerFactory.getLogger(IndexedMediaStore.class);

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final int AT_ONCE = 8;

	/** Who has just looked where bytes are has begun to read them within this time. */
	private static final Duration READING = Duration.ofMinutes(1);

	/** A hundred years. */
	private static final Duration FOR_GOOD = Duration.ofDays(36_500);

	private final Blobs blobs;

	private final MediaIndex index;

	private final MediaUrls urls;

	private final Function<String, Duration> retention;

	private final Clock clock;

	/**
	 * A store.
	 * @param retention how long the pictures of a project are kept
	 */
	IndexedMediaStore(Blobs blobs, MediaIndex index, MediaUrls urls, Function<String, Duration> retention,
			Clock clock) {
		this.blobs = blobs;
		this.index = index;
		this.urls = urls;
		this.retention = retention;
		this.clock = clock;
	}

	@Override
	public Mono<MediaRecord> store(ImageContent content, ImageType type, Optional<ImageSize> size, Owner owner) {
		return store(content, type, size, owner, retention(owner.project()));
	}

	@Override
	public Mono<MediaRecord> storeForADay(ImageContent content, ImageType type, Owner owner) {
		return store(content, type, Optional.empty(), owner, Duration.ofDays(1));
	}

	@Override
	public Mono<MediaRecord> storeForGood(ImageContent content, ImageType type, ImageSize size, Owner owner) {
		return store(content, type, Optional.of(size), owner, FOR_GOOD);
	}

	private Mono<MediaRecord> store(ImageContent content, ImageType type, Optional<ImageSize> size, Owner owner,
			Duration time) {
		return Mono.defer(() -> {
			String name = random(type);
			return this.blobs.put(name, content, type).map(hash -> {
				Instant now = this.clock.instant();
				Instant end = now.plus(time);
				return new MediaRecord(random(type), hash, name, type, content.length(), size, owner, now, end,
						this.blobs.hasAddresses() ? end : now.plus(READING));
			});
		});
	}

	private static String random(ImageType type) {
		byte[] random = new byte[20];
		RANDOM.nextBytes(random);
		return Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "." + type.extension();
	}

	@Override
	public Mono<Void> add(List<MediaRecord> records) {
		return this.index.add(records);
	}

	@Override
	public Optional<String> origin() {
		return this.blobs.origin();
	}

	@Override
	public Mono<URI> url(String id, Instant expiresAt) {
		if (!this.blobs.hasAddresses()) {
			return Mono.fromSupplier(() -> this.urls.sign(id, expiresAt));
		}
		return this.index.find(id)
			.flatMap(found -> Mono.justOrEmpty(found))
			.flatMap(record -> this.blobs.address(record.name(), expiresAt))
			.flatMap(address -> Mono.justOrEmpty(address))
			.onErrorResume(failure -> {
				logger.warn("The picture {} is handed out by the gateway, since its store gave no URL", id, failure);
				return Mono.empty();
			})
			.switchIfEmpty(Mono.fromSupplier(() -> this.urls.sign(id, expiresAt)));
	}

	@Override
	public Mono<StoredImage> find(String id) {
		return this.index.find(id)
			.flatMap(found -> found.filter(record -> this.clock.instant().isBefore(record.expiresAt()))
				.map(this::opened)
				.orElseGet(() -> Mono.error(expired())));
	}

	private Mono<StoredImage> opened(MediaRecord record) {
		return this.blobs.open(record.name(), record.bytes())
			.map(content -> new StoredImage(record, content))
			.onErrorMap(NoSuchBlobException.class, gone -> expired());
	}

	@Override
	public Mono<StoredImage> open(String id, long expiresAt, String signature) {
		return Mono.defer(() -> {
			if (!this.urls.isSigned(id, expiresAt, signature)) {
				return Mono.error(unknown());
			}
			return (this.clock.instant().getEpochSecond() >= expiresAt) ? Mono.error(expired()) : find(id);
		});
	}

	@Override
	public Mono<StoredImage> openOwn(String id, String keyId) {
		return this.index.find(id)
			.flatMap(found -> found.filter(record -> record.owner().keyId().equals(keyId))
				// What a client sent is kept encrypted, and is nobody's to fetch.
				.filter(record -> record.size().isPresent())
				.filter(record -> this.clock.instant().isBefore(record.expiresAt()))
				.map(this::opened)
				.orElseGet(() -> Mono.error(unknown())));
	}

	@Override
	public Mono<Void> delete(String id) {
		return this.index.remove(id).flatMap(this::deleted);
	}

	@Override
	public Mono<Void> deleteOf(String generation) {
		return this.index.removeOf(generation).flatMap(this::deleted);
	}

	/** What cannot be deleted now is garbage in the index, and the purge will. */
	private Mono<Void> deleted(List<String> names) {
		return Flux.fromIterable(names)
			.flatMap(this.blobs::delete, AT_ONCE)
			.then(Mono.defer(() -> this.index.forget(names)))
			.onErrorResume(failure -> {
				logger.warn("Bytes of deleted pictures are still there; trying again later", failure);
				return Mono.empty();
			});
	}

	@Override
	public Duration retention(String project) {
		return this.retention.apply(project);
	}

	private static Throwable unknown() {
		return new GatewayError.NotFound("No picture has this address. Use the URL exactly as it was given.")
			.asException();
	}

	private static Throwable expired() {
		return new GatewayError.ResultExpired("The picture's time is over and it was deleted. Make it again.")
			.asException();
	}

}
