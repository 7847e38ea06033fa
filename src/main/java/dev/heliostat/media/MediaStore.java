package dev.heliostat.media;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.ledger.MediaRecord;
import dev.heliostat.ledger.MediaRecord.Owner;
import reactor.core.publisher.Mono;

/**
 * Keeps finished pictures for their retention and hands out signed, expiring URLs.
 */
public interface MediaStore {

	/**
	 * A kept picture.
	 *
	 * @param record what the index says of it
	 * @param content its bytes
	 */
	record StoredImage(MediaRecord record, ImageContent content) {
	}

	/**
	 * Writes a copy of the bytes. Nobody finds it before its record is in the index: the
	 * ledger's end of its generation puts it there, or {@link #add}.
	 */
	Mono<MediaRecord> store(ImageContent content, ImageType type, Optional<ImageSize> size, Owner owner);

	/** The same for something that is needed until it is deleted, a day at most. */
	Mono<MediaRecord> storeForADay(ImageContent content, ImageType type, Owner owner);

	/**
	 * The same for a picture that is kept until it is deleted, whatever the retention.
	 */
	Mono<MediaRecord> storeForGood(ImageContent content, ImageType type, ImageSize size, Owner owner);

	/** Makes stored pictures findable; completes when that is durable. */
	Mono<Void> add(List<MediaRecord> records);

	/** The URL of a picture that is in the index, good until its retention ends. */
	Mono<URI> url(String id, Instant expiresAt);

	/**
	 * Where URLs of pictures are when they are not the gateway's own: scheme, host and
	 * port.
	 */
	Optional<String> origin();

	/** Opens a picture of one's own; fails with {@code ResultExpired} after its time. */
	Mono<StoredImage> find(String id);

	/**
	 * Opens a picture by a signed URL's parts. Fails with {@code NotFound} for a wrong
	 * signature or unknown id, and with {@code ResultExpired} after its time.
	 */
	Mono<StoredImage> open(String id, long expiresAt, String signature);

	/**
	 * Opens a picture for the key that it was made for; fails with {@code NotFound} for
	 * any other.
	 */
	Mono<StoredImage> openOwn(String id, String keyId);

	/** Deletes a picture before its time; harmless when it is gone. */
	Mono<Void> delete(String id);

	/** Deletes the pictures of a generation before their time. */
	Mono<Void> deleteOf(String generation);

	/** How long a project's pictures are kept. */
	Duration retention(String project);

}
