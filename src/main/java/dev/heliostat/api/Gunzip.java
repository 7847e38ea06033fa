package dev.heliostat.api;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.compression.JdkZlibDecoder;
import io.netty.handler.codec.compression.ZlibWrapper;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.heliostat.image.GatewayError;

/**
 * Opens gzip while it comes, a little at a time: what a few hundred bytes can become at
 * the worst is all that is ever in memory.
 */
final class Gunzip {

	/** At most a thousand times as much comes out of it. */
	private static final int SLICE = 256;

	/** A body may begin with a run that is worth more than the ratio. */
	private static final int FREE = 64 * 1024;

	private final JdkZlibDecoder decoder = new JdkZlibDecoder(ZlibWrapper.GZIP, false, 0);

	private final EmbeddedChannel channel = new EmbeddedChannel(this.decoder);

	private final int ratio;

	private long came;

	private long became;

	private Gunzip(int ratio) {
		this.ratio = ratio;
	}

	/**
	 * Opens a stream; each of its buffers is released.
	 * @param ratio how many times larger it may become
	 */
	static Flux<DataBuffer> of(Flux<DataBuffer> compressed, int ratio) {
		return Flux.using(() -> new Gunzip(ratio),
				gunzip -> compressed.concatMap(gunzip::open, 1)
					.concatWith(Mono.fromRunnable(gunzip::end))
					.doOnDiscard(DataBuffer.class, DataBufferUtils::release),
				Gunzip::close);
	}

	private Flux<DataBuffer> open(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return Flux.range(0, Math.ceilDiv(bytes.length, SLICE))
			.map(slice -> open(bytes, slice * SLICE, Math.min(SLICE, bytes.length - slice * SLICE)))
			.filter(opened -> opened.readableByteCount() > 0);
	}

	private DataBuffer open(byte[] bytes, int from, int count) {
		if (this.decoder.isClosed()) {
			throw broken("goes on behind its end");
		}
		try {
			this.channel.writeInbound(Unpooled.wrappedBuffer(bytes, from, count));
		}
		catch (DecompressionException ex) {
			throw broken("is broken");
		}
		DataBuffer opened = DefaultDataBufferFactory.sharedInstance.allocateBuffer(4 * SLICE);
		ByteBuf piece = this.channel.readInbound();
		while (piece != null) {
			opened.write(piece.nioBuffer());
			piece.release();
			piece = this.channel.readInbound();
		}
		this.came += count;
		this.became += opened.readableByteCount();
		if (this.became > FREE + this.came * this.ratio) {
			throw new GatewayError.RequestTooLarge("The compressed body becomes more than " + this.ratio
					+ " times as large (heliostat.limits.gzip-ratio). Send it uncompressed.")
				.asException();
		}
		return opened;
	}

	private void close() {
		try {
			this.channel.finishAndReleaseAll();
		}
		catch (DecompressionException ex) {
			// What is wrong was said when it came.
		}
	}

	private void end() {
		if (!this.decoder.isClosed()) {
			throw broken("is cut off");
		}
	}

	private static RuntimeException broken(String how) {
		return new GatewayError.InvalidValue("body",
				"The gzip of the body " + how + ". Send it again, whole, or uncompressed.")
			.asException();
	}

}
