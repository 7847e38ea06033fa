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

	private static final byte[] NOTHING = new byte[0];

	private byte[] carried = NOTHING;

	private Base64Encoding() {
	}

	/** Encodes a stream into pieces, none of them empty; each buffer is released. */
	public static Flux<DataBuffer> of(Flux<DataBuffer> bytes) {
		return Flux.defer(() -> {
			Base64Encoding encoding = new Base64Encoding();
			// Not mapNotNull, which restores the context around each piece.
			return bytes.map(encoding::next)
				.concatWith(Mono.fromSupplier(encoding::last))
				.filter(piece -> piece.readableByteCount() > 0)
				.doOnDiscard(DataBuffer.class, DataBufferUtils::release);
		});
	}

	private DataBuffer next(DataBuffer buffer) {
		byte[] more = DiskSpool.taken(buffer);
		byte[] bytes = more;
		if (this.carried.length > 0) {
			bytes = Arrays.copyOf(this.carried, this.carried.length + more.length);
			System.arraycopy(more, 0, bytes, this.carried.length, more.length);
		}
		int whole = bytes.length / 3 * 3;
		this.carried = (whole == bytes.length) ? NOTHING : Arrays.copyOfRange(bytes, whole, bytes.length);
		return encoded((whole == bytes.length) ? bytes : Arrays.copyOf(bytes, whole));
	}

	private DataBuffer last() {
		return encoded(this.carried);
	}

	private static DataBuffer encoded(byte[] bytes) {
		return DefaultDataBufferFactory.sharedInstance.wrap(Base64.getEncoder().encode(bytes));
	}

}
