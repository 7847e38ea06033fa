package dev.heliostat.media;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

/**
 * Reads ranges of an open file in pieces, on whatever thread subscribes and as fast as it
 * is asked.
 */
final class FileReading {

	/**
	 * A few of these are what a slow reader holds of a picture. Divisible by three, so
	 * that base64 needs nothing of the next one.
	 */
	private static final int PIECE = 12 * 1024;

	private FileReading() {
	}

	/** A source of bytes that can be read from any place. */
	@FunctionalInterface
	interface Source {

		byte[] bytes(long from, int count);

	}

	static Flux<DataBuffer> of(FileChannel channel, long from, long count) {
		return of((position, size) -> bytes(channel, position, size), from, count);
	}

	static Flux<DataBuffer> of(Source source, long from, long count) {
		return Flux.generate(() -> from, (position, sink) -> {
			int size = (int) Math.min(PIECE, from + count - position);
			if (size <= 0) {
				sink.complete();
				return position;
			}
			sink.next(DefaultDataBufferFactory.sharedInstance.wrap(source.bytes(position, size)));
			return position + size;
		});
	}

	static byte[] bytes(FileChannel channel, long position, int size) {
		ByteBuffer buffer = ByteBuffer.allocate(size);
		try {
			while (buffer.hasRemaining()) {
				if (channel.read(buffer, position + buffer.position()) < 0) {
					throw new IOException("the file ended early");
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return buffer.array();
	}

}
