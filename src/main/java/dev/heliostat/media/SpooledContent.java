package dev.heliostat.media;

import java.io.IOException;
import java.io.UncheckedIOException;
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
 * a limit, an encrypted file beyond it.
 */
final class SpooledContent implements ImageContent {

	/** How much is written to disk at once. */
	private static final int BLOCK = 64 * 1024;

	private static final DataBufferFactory BUFFERS = DefaultDataBufferFactory.sharedInstance;

	private final SpoolSpace space;

	private final Scheduler disk;

	private final AtomicBoolean released = new AtomicBoolean();

	private List<byte[]> pieces = new ArrayList<>();

	/** How much of the pieces is not on disk yet. */
	private int waiting;

	private @Nullable SpoolFile file;

	private long length;

	/** Whether a file is, or is about to be, open. */
	private volatile boolean spilled;

	/** What of the memory that all contents share is given back. */
	private long inMemory;

	/** What of the spool's room is given back at the end. */
	private long taken;

	SpooledContent(SpoolSpace space, Scheduler disk) {
		this.space = space;
		this.disk = disk;
	}

	/**
	 * Adds bytes, which the spool then owns; touches the disk, on its own threads, only
	 * past the memory limit, and then in blocks.
	 */
	Mono<Void> append(byte[] bytes) {
		return remember(bytes) ? Mono.empty() : Mono.<Void>fromRunnable(this::spill).subscribeOn(this.disk);
	}

	/** Whether nothing has to be written now. */
	private synchronized boolean remember(byte[] bytes) {
		if (this.released.get()) {
			return true;
		}
		this.pieces.add(bytes);
		this.length += bytes.length;
		if (!this.spilled && this.length <= this.space.memoryEach() && this.space.takeMemory(bytes.length)) {
			this.inMemory += bytes.length;
			return true;
		}
		this.spilled = true;
		this.waiting += bytes.length;
		return this.waiting < BLOCK;
	}

	/** Writes what is not on disk yet. */
	private synchronized void spill() {
		if (this.released.get() || this.pieces.isEmpty()) {
			return;
		}
		try {
			SpoolFile open = this.file;
			if (open == null) {
				open = this.space.open();
				this.file = open;
			}
			for (byte[] piece : this.pieces) {
				taken(piece.length);
				open.append(piece);
			}
			this.waiting = 0;
			this.pieces = new ArrayList<>();
			giveBackMemory();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void taken(long bytes) {
		this.space.take(bytes);
		this.taken += bytes;
	}

	@Override
	public long length() {
		return this.length;
	}

	@Override
	public Flux<DataBuffer> read(long from, long count) {
		if (!this.spilled) {
			return (from == 0 && count == this.length) ? Flux.fromIterable(this.pieces).map(BUFFERS::wrap)
					: Flux.just(BUFFERS.wrap(peek(from, (int) count)));
		}
		return Flux.defer(() -> whole().read(from, count)).subscribeOn(this.disk);
	}

	/** The file with everything in it. */
	private synchronized SpoolFile whole() {
		spill();
		SpoolFile open = this.file;
		if (open == null) {
			throw new IllegalStateException("The picture was released");
		}
		return open;
	}

	/** Whether looking at the bytes touches the disk. */
	boolean isOnDisk() {
		return this.spilled;
	}

	/** A copy of some bytes; fewer where the content ends. */
	byte[] peek(long from, int count) {
		int size = (int) Math.max(0, Math.min(count, this.length - from));
		if (this.spilled) {
			return whole().bytes(from, size);
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
			if (this.spilled) {
				this.disk.schedule(this::close);
			}
			else {
				forget();
			}
		}
	}

	private synchronized void forget() {
		this.pieces = List.of();
		giveBackMemory();
	}

	private void giveBackMemory() {
		this.space.giveBackMemory(this.inMemory);
		this.inMemory = 0;
	}

	private synchronized void close() {
		forget();
		SpoolFile open = this.file;
		if (open != null) {
			this.space.giveBack(this.taken);
			this.taken = 0;
			open.close();
		}
	}

}
