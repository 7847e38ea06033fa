package dev.heliostat.testing;

import java.util.Arrays;

import dev.heliostat.image.ImageContent;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

/**
 * Content in memory, for tests.
 *
 * @param bytes the bytes
 */
public record Bytes(byte[] bytes) implements ImageContent {

	public static Bytes of(int length) {
		return new Bytes(new byte[length]);
	}

	@Override
	public long length() {
		return this.bytes.length;
	}

	@Override
	public Flux<DataBuffer> read(long from, long count) {
		return Flux.just(DefaultDataBufferFactory.sharedInstance
			.wrap(Arrays.copyOfRange(this.bytes, (int) from, (int) (from + count))));
	}

	@Override
	public void release() {
	}

	/** Splits bytes into buffers of a length. */
	public static Flux<DataBuffer> pieces(byte[] bytes, int length) {
		return Flux.range(0, (bytes.length + length - 1) / length)
			.map(i -> DefaultDataBufferFactory.sharedInstance
				.wrap(Arrays.copyOfRange(bytes, i * length, Math.min(bytes.length, (i + 1) * length))));
	}

}
