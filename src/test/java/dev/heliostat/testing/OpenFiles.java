package dev.heliostat.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The files that a process has open, also those that have no name any more.
 */
public final class OpenFiles {

	private OpenFiles() {
	}

	/** How many lie, or lay, below a directory. */
	public static long below(Path directory) {
		return below(ProcessHandle.current().pid(), directory);
	}

	/** How many of another process lie, or lay, below a directory. */
	public static long below(long pid, Path directory) {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
			return descriptors.filter(descriptor -> isBelow(descriptor, directory)).count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isBelow(Path descriptor, Path directory) {
		try {
			return Files.readSymbolicLink(descriptor).startsWith(directory);
		}
		catch (IOException closed) {
			return false;
		}
	}

}
