package dev.heliostat.media;

import java.util.Arrays;
import java.util.Base64;

import org.jspecify.annotations.Nullable;
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

	/** Encodes a stream into pieces, none of them empty; each buffer is released. */
	public static Flux<DataBuffer> of(Flux<DataBuffer> bytes) {
		return Flux.defer(() -> {
			Base64Encoding encoding = new Base64Encoding();
			return bytes.mapNotNull(encoding::next)
				.concatWith(Mono.fromSupplier(encoding::last))
				.doOnDiscard(DataBuffer.class, DataBufferUtils::release);
		});
	}

	private @Nullable DataBuffer next(DataBuffer buffer) {
		int more = buffer.readableByteCount();
		int available = this.carried.length + more;
		int whole = available / 3 * 3;
		byte[] bytes = Arrays.copyOf(this.carried, available);
		buffer.read(bytes, this.carried.length, more);
		DataBufferUtils.release(buffer);
		this.carried = Arrays.copyOfRange(bytes, whole, available);
		return encoded((whole == available) ? bytes : Arrays.copyOf(bytes, whole));
	}

	private @Nullable DataBuffer last() {
		return encoded(this.carried);
	}

	private static @Nullable DataBuffer encoded(byte[] bytes) {
		return (bytes.length > 0) ? DefaultDataBufferFactory.sharedInstance.wrap(Base64.getEncoder().encode(bytes))
				: null;
	}

}
