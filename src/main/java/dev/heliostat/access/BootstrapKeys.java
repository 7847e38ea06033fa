package dev.heliostat.access;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The keys that configuration gives. Any text may be one, unless it is weak.
 */
final class BootstrapKeys {

	private static final int SHORTEST = 16;

	private static final Set<String> WELL_KNOWN = Set.of("changeme", "change-me", "sk-1234", "password", "secret",
			"admin", "test", "heliostat", "your_api_key", "your-api-key", "changemechangeme", "1234567890123456");

	private final List<Entry> entries = new ArrayList<>();

	BootstrapKeys(BootstrapProperties properties, boolean allowWeak) {
		for (Caller.Kind kind : Caller.Kind.values()) {
			String key = properties.key(kind);
			if (!key.isEmpty()) {
				String name = kind.name().toLowerCase(Locale.ROOT);
				if (!allowWeak) {
					check("heliostat.bootstrap." + name + "-key", key);
				}
				this.entries
					.add(new Entry(KeyFormat.digest(key), new Caller("key_bootstrap_" + name, "default", kind)));
			}
		}
	}

	private static void check(String property, String key) {
		boolean repetitive = key.chars().distinct().count() < 5;
		if (key.length() < SHORTEST || repetitive || WELL_KNOWN.contains(key.toLowerCase(Locale.ROOT))) {
			throw new WeakKeyException(property + ": short or well-known (expected: at least " + SHORTEST
					+ " characters that nobody can guess; heliostat.access.allow-weak-keys=true permits it for experiments)");
		}
	}

	/**
	 * Finds the caller by a key's digest; takes the same time wherever the key stands.
	 */
	Optional<Caller> find(byte[] digest) {
		Optional<Caller> found = Optional.empty();
		for (Entry entry : this.entries) {
			if (MessageDigest.isEqual(entry.digest, digest)) {
				found = Optional.of(entry.caller);
			}
		}
		return found;
	}

	private record Entry(byte[] digest, Caller caller) {
	}

}
