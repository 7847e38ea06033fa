package dev.heliostat.media;

import dev.heliostat.image.ImageContent;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The spool on a local disk.
 */
final class DiskSpool implements Spool {

	private final SpoolSpace space;

	private final Scheduler disk;

	DiskSpool(SpoolSpace space, Scheduler disk) {
		this.space = space;
		this.disk = disk;
	}

	@Override
	public Mono<ImageContent> drain(Publisher<DataBuffer> bytes, long cap) {
		return drainTo(bytes, cap).cast(ImageContent.class);
	}

	Mono<SpooledContent> drainTo(Publisher<DataBuffer> bytes, long cap) {
		return Mono.defer(() -> {
			SpooledContent content = open();
			return Flux.from(bytes)
				.concatMap(buffer -> append(content, buffer, cap), 1)
				.doOnDiscard(DataBuffer.class, DataBufferUtils::release)
				.then(Mono.just(content))
				.doOnError(error -> content.release())
				.doOnCancel(content::release);
		});
	}

	/** Empty content, to be appended to. */
	SpooledContent open() {
		return new SpooledContent(this.space, this.disk);
	}

	Scheduler disk() {
		return this.disk;
	}

	private static Mono<Void> append(SpooledContent content, DataBuffer buffer, long cap) {
		byte[] bytes = copy(buffer);
		if (content.length() + bytes.length > cap) {
			// A failure that is there already would have the buffer released once more.
			return Mono.defer(() -> Mono.error(new SpoolLimitException(cap)));
		}
		return content.append(bytes);
	}

	/**
	 * A buffer's bytes, to be read only: they may be those of a content in memory.
	 * Releases the buffer.
	 */
	static byte[] taken(DataBuffer buffer) {
		if (buffer instanceof DefaultDataBuffer whole && whole.getNativeBuffer().hasArray()
				&& whole.readableByteCount() == whole.getNativeBuffer().array().length) {
			return whole.getNativeBuffer().array();
		}
		return copy(buffer);
	}

	/** A copy of a buffer's bytes; releases the buffer. */
	static byte[] copy(DataBuffer buffer) {
		try {
			byte[] bytes = new byte[buffer.readableByteCount()];
			buffer.read(bytes);
			return bytes;
		}
		finally {
			DataBufferUtils.release(buffer);
		}
	}

}
