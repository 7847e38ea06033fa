package dev.heliostat.image;

import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

/**
 * Whole picture bytes at rest that can be read any number of times until they are
 * released.
 */
public interface ImageContent {

	/** The number of bytes. */
	long length();

	/** The bytes in pieces, with back-pressure; the subscriber releases each buffer. */
	default Flux<DataBuffer> read() {
		return read(0, length());
	}

	/** A range of the bytes; the subscriber releases each buffer. */
	Flux<DataBuffer> read(long from, long count);

	/** Gives back the memory or the file; idempotent. Reads that have begun may fail. */
	void release();

}
