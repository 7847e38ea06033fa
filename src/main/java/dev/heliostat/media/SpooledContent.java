package dev.heliostat.media;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.heliostat.image.ImageContent;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Bytes that are appended once and then read any number of times: pieces in memory up to
 * a limit, a file beyond it.
 */
final class SpooledContent implements ImageContent {

	/** How much stays in memory. */
	static final int MEMORY = 256 * 1024;

	private static final DataBufferFactory BUFFERS = DefaultDataBufferFactory.sharedInstance;

	private final SpoolSpace space;

	private final Scheduler disk;

	private final AtomicBoolean released = new AtomicBoolean();

	private List<byte[]> pieces = new ArrayList<>();

	private @Nullable FileChannel file;

	private long length;

	SpooledContent(SpoolSpace space, Scheduler disk) {
		this.space = space;
		this.disk = disk;
	}

	/**
	 * Adds bytes, which the spool then owns; touches the disk, on its own threads, only
	 * past the memory limit.
	 */
	Mono<Void> append(byte[] bytes) {
		if (this.file == null && this.length + bytes.length <= MEMORY) {
			this.pieces.add(bytes);
			this.length += bytes.length;
			return Mono.empty();
		}
		return Mono.<Void>fromRunnable(() -> spill(bytes)).subscribeOn(this.disk);
	}

	private synchronized void spill(byte[] bytes) {
		if (this.released.get()) {
			return;
		}
		try {
			FileChannel channel = this.file;
			if (channel == null) {
				this.space.take(this.length + bytes.length);
				channel = this.space.open();
				this.file = channel;
				for (byte[] piece : this.pieces) {
					write(channel, piece);
				}
				this.pieces = List.of();
			}
			else {
				this.space.take(bytes.length);
			}
			this.length += bytes.length;
			write(channel, bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void write(FileChannel channel, byte[] bytes) throws IOException {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		while (buffer.hasRemaining()) {
			channel.write(buffer);
		}
	}

	@Override
	public long length() {
		return this.length;
	}

	@Override
	public Flux<DataBuffer> read(long from, long count) {
		FileChannel channel = this.file;
		if (channel == null) {
			return (from == 0 && count == this.length) ? Flux.fromIterable(this.pieces).map(BUFFERS::wrap)
					: Flux.just(BUFFERS.wrap(peek(from, (int) count)));
		}
		return FileReading.of(channel, from, count).subscribeOn(this.disk);
	}

	/** Whether looking at the bytes touches the disk. */
	boolean isOnDisk() {
		return this.file != null;
	}

	/** A copy of some bytes; fewer where the content ends. */
	byte[] peek(long from, int count) {
		int size = (int) Math.max(0, Math.min(count, this.length - from));
		FileChannel channel = this.file;
		if (channel != null) {
			return FileReading.bytes(channel, from, size);
		}
		byte[] bytes = new byte[size];
		long start = 0;
		for (byte[] piece : this.pieces) {
			long begin = Math.max(from, start);
			long end = Math.min(from + size, start + piece.length);
			if (begin < end) {
				System.arraycopy(piece, (int) (begin - start), bytes, (int) (begin - from), (int) (end - begin));
			}
			start += piece.length;
		}
		return bytes;
	}

	@Override
	public void release() {
		if (this.released.compareAndSet(false, true)) {
			if (this.file == null) {
				this.pieces = List.of();
			}
			else {
				this.disk.schedule(this::close);
			}
		}
	}

	private synchronized void close() {
		FileChannel channel = this.file;
		if (channel != null) {
			try {
				channel.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			this.space.giveBack(this.length);
		}
	}

}
