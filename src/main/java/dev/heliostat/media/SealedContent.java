package dev.heliostat.media;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.heliostat.access.SecretKey;
import dev.heliostat.image.ImageContent;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

/**
 * Content that is encrypted or decrypted while it is read, in pieces of one length, so
 * that it is never whole in memory. Each piece knows its place and the whole's length.
 */
final class SealedContent {

	private static final String PURPOSE = "upload";

	private static final int PIECE = 64 * 1024;

	/** What encryption adds to a piece: a nonce before it and a tag after it. */
	private static final int ADDED = 12 + 16;

	private SealedContent() {
	}

	/** Reads as the encrypted form of other content, which it releases. */
	static ImageContent sealing(ImageContent plain, SecretKey secret) {
		long length = plain.length();
		return new Transformed(length + Math.ceilDiv(length, PIECE) * ADDED, plain) {

			@Override
			public Flux<DataBuffer> read(long from, long count) {
				if (from != 0 || count != length()) {
					return Flux.error(new UnsupportedOperationException("encrypted content is only read whole"));
				}
				return pieces(plain.read(), PIECE).index()
					.map(piece -> wrap(secret.seal(PURPOSE, context(piece.getT1(), length), piece.getT2())));
			}

		};
	}

	/** Reads as what was encrypted. */
	static ImageContent opening(ImageContent sealed, long length, SecretKey secret) {
		return new Transformed(length, sealed) {

			@Override
			public Flux<DataBuffer> read(long from, long count) {
				long first = from / PIECE;
				long begin = first * (PIECE + ADDED);
				long end = Math.min(sealed.length(), Math.ceilDiv(from + count, PIECE) * (PIECE + ADDED));
				return pieces(sealed.read(begin, end - begin), PIECE + ADDED).index().map(piece -> {
					long number = first + piece.getT1();
					byte[] plain = secret.unseal(PURPOSE, context(number, length), piece.getT2())
						.orElseThrow(() -> new IllegalStateException("A kept upload cannot be decrypted"));
					long start = number * PIECE;
					return wrap(Arrays.copyOfRange(plain, (int) Math.max(0, from - start),
							(int) Math.min(plain.length, from + count - start)));
				});
			}

		};
	}

	private static byte[] context(long number, long length) {
		return ByteBuffer.allocate(16).putLong(number).putLong(length).array();
	}

	private static DataBuffer wrap(byte[] bytes) {
		return DefaultDataBufferFactory.sharedInstance.wrap(bytes);
	}

	/** Cuts a stream into pieces of one length; the last one may be shorter. */
	private static Flux<byte[]> pieces(Flux<DataBuffer> bytes, int length) {
		return Flux.defer(() -> {
			ByteBuffer open = ByteBuffer.allocate(length);
			return bytes.concatMapIterable(buffer -> {
				List<byte[]> full = new ArrayList<>();
				ByteBuffer more = ByteBuffer.wrap(DiskSpool.copy(buffer));
				while (more.hasRemaining()) {
					int part = Math.min(open.remaining(), more.remaining());
					open.put(more.slice(more.position(), part));
					more.position(more.position() + part);
					if (!open.hasRemaining()) {
						full.add(Arrays.copyOf(open.array(), length));
						open.clear();
					}
				}
				return full;
			})
				.concatWith(Flux.defer(() -> (open.position() == 0) ? Flux.empty()
						: Flux.just(Arrays.copyOf(open.array(), open.position()))));
		});
	}

	/** Content that belongs to other content. */
	private abstract static class Transformed implements ImageContent {

		private final long length;

		private final ImageContent source;

		Transformed(long length, ImageContent source) {
			this.length = length;
			this.source = source;
		}

		@Override
		public long length() {
			return this.length;
		}

		@Override
		public void release() {
			this.source.release();
		}

	}

}
