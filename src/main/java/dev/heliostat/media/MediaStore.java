package dev.heliostat.media;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;

import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageType;
import reactor.core.publisher.Mono;

/**
 * Holds finished pictures for their retention and hands out signed, expiring URLs.
 */
public interface MediaStore {

	/** A stored picture. */
	record StoredImage(String id, ImageContent content, ImageType type) {
	}

	/** Keeps a copy of the bytes; the id is unguessable. */
	Mono<String> store(ImageContent content, ImageType type);

	/** The public URL of a picture that is stored now, good until the retention ends. */
	default URI signedUrl(String id) {
		return signedUrl(id, expiry());
	}

	/** The public URL of a stored picture, signed, good until an instant. */
	URI signedUrl(String id, Instant expiresAt);

	/** Opens a picture of one's own; fails with {@code ResultExpired} after its time. */
	Mono<StoredImage> find(String id);

	/**
	 * Opens a picture by a signed URL's parts. Fails with {@code NotFound} for a wrong
	 * signature or unknown id, and with {@code ResultExpired} after its time.
	 */
	Mono<StoredImage> open(String id, long expiresAt, String signature);

	/** Deletes a picture before its time; harmless when it is gone. */
	Mono<Void> delete(String id);

	/** How long something is kept. */
	Duration retention();

	/** The instant at which something stored now is deleted. */
	Instant expiry();

}
