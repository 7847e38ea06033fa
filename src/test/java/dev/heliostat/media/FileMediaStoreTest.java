package dev.heliostat.media;

import java.util.List;

import dev.heliostat.testing.Gateway;

/**
 * The media store with files, and its index on SQLite.
 */
class FileMediaStoreTest extends MediaStoreContract {

	@Override
	List<String> arguments() {
		return List.of("--heliostat.data-dir=" + Gateway.temporary());
	}

}
