package dev.heliostat.media;

import dev.heliostat.image.ImageContent;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Mono;

/**
 * Where bytes rest while a request lives: the first part in memory, the rest in a file.
 */
public interface Spool {

	/**
	 * Drains a stream to its end. Each buffer is released. When the stream fails, is
	 * longer than the cap, or the subscriber goes away, nothing is left behind.
	 * @param bytes the stream
	 * @param cap the most bytes to take
	 * @return the whole content; fails with {@link SpoolLimitException} past the cap, and
	 * with {@code GatewayError.Overloaded} when the spool as a whole is full
	 */
	Mono<ImageContent> drain(Publisher<DataBuffer> bytes, long cap);

}
