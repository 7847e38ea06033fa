package dev.heliostat.ledger;

import java.nio.file.Path;

/**
 * The configured data directory cannot be used.
 */
class UnusableDataDirectoryException extends RuntimeException {

	UnusableDataDirectoryException(Path root, String problem) {
		super("heliostat.data-dir: " + root.toAbsolutePath() + " " + problem
				+ " (expected: a directory that this process may read and write)");
	}

}
