package dev.heliostat.e2e;

import java.util.List;

/**
 * Keys on the embedded store.
 */
class KeysTest extends KeysContract {

	@Override
	List<List<String>> arguments() {
		return List.of(List.of());
	}

}
