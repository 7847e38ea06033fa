package dev.heliostat.media;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageType;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Where the bytes of kept pictures are, by names that are never used twice: files, or
 * objects of a bucket. Of owners and times it knows nothing.
 */
interface Blobs {

	/**
	 * Writes content at a name; nothing is left there when it fails.
	 * @return the SHA-256 of what was written, in hexadecimal
	 */
	Mono<String> put(String name, ImageContent content, ImageType type);

	/**
	 * Opens what was written at a name; fails with {@link NoSuchBlobException} when there
	 * is nothing.
	 * @param length how many bytes were written
	 */
	Mono<ImageContent> open(String name, long length);

	/** Deletes what is at a name; harmless when there is nothing. */
	Mono<Void> delete(String name);

	/** The names at which something was written before an instant. */
	Flux<String> list(Instant before);

	/**
	 * A URL at which the store itself hands out what is at a name, where it is to do
	 * that.
	 */
	default Mono<Optional<URI>> address(String name, Instant expiresAt) {
		return Mono.just(Optional.empty());
	}

	/** Where those URLs are: scheme, host and port; empty where there are none. */
	default Optional<String> origin() {
		return Optional.empty();
	}

	/** Whether {@link #address} gives URLs. */
	default boolean hasAddresses() {
		return false;
	}

}
