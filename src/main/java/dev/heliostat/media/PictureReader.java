package dev.heliostat.media;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Turns streams into whole pictures in the spool, whose type and size are read from the
 * bytes themselves.
 */
public interface PictureReader {

	/** A whole picture, and what it really is. */
	record Picture(ImageContent content, ImageType type, ImageSize size) {
	}

	/**
	 * A JSON answer without its base64 texts.
	 *
	 * @param json the answer; each extracted text is replaced by the index of its
	 * picture, as a number
	 * @param pictures the decoded pictures in the order of their appearance
	 */
	record Extracted(JsonNode json, List<Picture> pictures) {
	}

	/**
	 * One server-sent event without its base64 texts.
	 *
	 * @param name its name; empty where it has none
	 * @param json its data, each extracted text replaced by the index of its picture;
	 * missing where the data is no JSON
	 * @param pictures the decoded pictures in the order of their appearance
	 * @param fault why its pictures cannot be used; then there are none
	 */
	record Event(String name, JsonNode json, List<Picture> pictures, Optional<Throwable> fault) {

		/** Gives back pictures that nobody took. */
		public void release() {
			this.pictures.forEach(picture -> picture.content().release());
		}

	}

	/**
	 * Drains raw bytes; fails with {@link NoPictureException} when they are no picture.
	 */
	Mono<Picture> read(Publisher<DataBuffer> bytes);

	/**
	 * Reads raw bytes on a thread that may wait for them; fails with
	 * {@link NoPictureException} when they are no picture, or more than a picture may
	 * have.
	 */
	Picture read(InputStream bytes) throws IOException;

	/**
	 * Drains JSON and takes the pictures out of it, decoded as they flow, so that they
	 * are never one text.
	 * @param base64 names of members that hold base64, or lists of it
	 * @param urls names of members that hold URLs; those that begin with {@code data:}
	 * are pictures
	 */
	Mono<Extracted> extract(Publisher<DataBuffer> json, Collection<String> base64, Collection<String> urls);

	/**
	 * Reads server-sent events as they come, and takes the pictures out of them, decoded
	 * as they flow. An event whose pictures are broken does not end the stream. Whoever
	 * gets an event releases it.
	 * @param base64 names of members that hold base64
	 */
	Flux<Event> events(Publisher<DataBuffer> stream, Collection<String> base64);

	/**
	 * As {@link #extract(Publisher, Collection, Collection)}, where what is left is read
	 * by somebody else.
	 */
	Mono<Extracted> extract(Publisher<DataBuffer> json, Collection<String> base64, Collection<String> urls,
			Function<byte[], JsonNode> rest);

	/**
	 * The URL of a picture as clients may get it in place of the picture: the operator
	 * wants that, and clients could reach it as far as can be told. Empty where the
	 * picture is to be fetched.
	 */
	Optional<URI> passable(String url);

	/**
	 * Fetches a picture that a provider names, through the egress guard; a broken
	 * download is begun anew, twice at most.
	 * @param url where it is; {@code https}, or any scheme and address that {@code hosts}
	 * covers; also {@code data:}
	 * @param hosts the provider's own hosts, as
	 * {@link dev.heliostat.catalog.Provider#hosts()} with the base URL's added
	 */
	Mono<Picture> fetch(URI url, Set<String> hosts);

}
