package dev.heliostat.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The directory that holds everything the gateway keeps on disk.
 *
 * @param root an existing directory that can be written
 */
public record DataDirectory(Path root) {

	/**
	 * Opens a directory, making it when it is absent; fails with one sentence when it
	 * cannot be used.
	 */
	static DataDirectory open(Path root) {
		try {
			Files.createDirectories(root);
		}
		catch (IOException ex) {
			throw new UnusableDataDirectoryException(root, "cannot be created");
		}
		if (!Files.isReadable(root) || !Files.isWritable(root) || !canWrite(root)) {
			throw new UnusableDataDirectoryException(root, "cannot be read and written");
		}
		return new DataDirectory(root);
	}

	/** A subdirectory, made when it is absent. */
	public Path directory(String name) {
		Path path = this.root.resolve(name);
		try {
			return Files.createDirectories(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** A file or directory below the root, as it is. */
	public Path resolve(String name) {
		return this.root.resolve(name);
	}

	/** Asks by doing: a superuser is told "writable" even of a read-only file system. */
	private static boolean canWrite(Path root) {
		try {
			Files.delete(Files.createTempFile(root, ".probe", ""));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
