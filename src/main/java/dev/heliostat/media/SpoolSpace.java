package dev.heliostat.media;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.heliostat.image.GatewayError;

/**
 * The part of the disk that the spool may use. Files are removed from their directory as
 * soon as they are open, so that nothing is left behind by a crash.
 */
final class SpoolSpace {

	/**
	 * The most of one picture in memory. More would outlive young collections, fill the
	 * old generation with garbage, and be written to disk all the same.
	 */
	private static final long MEMORY_EACH = 256 * 1024;

	private final Path directory;

	private final long cap;

	private final Key key;

	private final AtomicLong used = new AtomicLong();

	/** A share of the heap that many small pictures may fill, and large ones begin in. */
	private final long memory;

	private final AtomicLong memoryUsed = new AtomicLong();

	/**
	 * Takes a directory.
	 * @param cap the most bytes; 0 for half of what is free
	 * @param memory how many bytes all pictures together may have in memory
	 * @param key an AES key under which files are written
	 */
	SpoolSpace(Path directory, long cap, long memory, Key key) {
		this.memory = memory;
		this.directory = directory;
		this.key = key;
		this.cap = (cap > 0) ? cap : half(directory);
		sweep(directory);
	}

	private static long half(Path directory) {
		try {
			return Files.getFileStore(directory).getUsableSpace() / 2;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Removes what file systems that cannot unlink open files may have left. */
	private static void sweep(Path directory) {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
			for (Path file : files) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	SpoolFile open() throws IOException {
		Path file = Files.createTempFile(this.directory, "spool", "");
		return new SpoolFile(file, this.key);
	}

	/** Takes room; fails with {@code overloaded} when there is not enough. */
	void take(long bytes) {
		if (this.used.addAndGet(bytes) > this.cap) {
			this.used.addAndGet(-bytes);
			throw new GatewayError.Overloaded("The gateway's disk space for pictures in transit is used up. Try again "
					+ "shortly; the operator may raise heliostat.media.spool-cap.", Duration.ofSeconds(5))
				.asException();
		}
	}

	void giveBack(long bytes) {
		this.used.addAndGet(-bytes);
	}

	/** How much one picture may have of it. */
	long memoryEach() {
		return Math.min(this.memory / 4, MEMORY_EACH);
	}

	/** Takes room in memory; false when all requests together have enough of it. */
	boolean takeMemory(long bytes) {
		if (this.memoryUsed.addAndGet(bytes) > this.memory) {
			this.memoryUsed.addAndGet(-bytes);
			return false;
		}
		return true;
	}

	void giveBackMemory(long bytes) {
		this.memoryUsed.addAndGet(-bytes);
	}

	/** Bytes on disk now. */
	long used() {
		return this.used.get();
	}

}
