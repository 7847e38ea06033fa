package dev.heliostat.media;

import java.util.Arrays;
import java.util.Base64;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Encodes bytes as base64 while they flow: whole groups of three at once, the one or two
 * bytes left over wait for more.
 */
public final class Base64Encoding {

	private byte[] carried = new byte[0];

	private Base64Encoding() {
	}

	/** Encodes a stream; each buffer is released. */
	public static Flux<DataBuffer> of(Flux<DataBuffer> bytes) {
		return Flux.defer(() -> {
			Base64Encoding encoding = new Base64Encoding();
			return bytes.map(encoding::next)
				.concatWith(Mono.fromSupplier(encoding::last))
				.doOnDiscard(DataBuffer.class, DataBufferUtils::release);
		});
	}

	private DataBuffer next(DataBuffer buffer) {
		int available = this.carried.length + buffer.readableByteCount();
		byte[] bytes = Arrays.copyOf(this.carried, available);
		buffer.read(bytes, this.carried.length, buffer.readableByteCount());
		DataBufferUtils.release(buffer);
		int whole = available / 3 * 3;
		this.carried = Arrays.copyOfRange(bytes, whole, available);
		return encoded((whole == available) ? bytes : Arrays.copyOf(bytes, whole));
	}

	private DataBuffer last() {
		return encoded(this.carried);
	}

	private static DataBuffer encoded(byte[] bytes) {
		return DefaultDataBufferFactory.sharedInstance.wrap(Base64.getEncoder().encode(bytes));
	}

}
