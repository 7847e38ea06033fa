package dev.heliostat.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

import dev.heliostat.access.AccessProperties.DeclaredKey;

/**
 * The keys that configuration gives. Any text may be one, unless it is weak.
 */
final class DeclaredKeys {

	private static final int SHORTEST = 16;

	private static final Set<String> WELL_KNOWN = Set.of("changeme", "change-me", "sk-1234", "password", "secret",
			"admin", "test", "heliostat", "your_api_key", "your-api-key", "changemechangeme", "1234567890123456");

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");

	private static final Pattern HASH = Pattern.compile("(?:sha256:)?([0-9a-fA-F]{64})");

	private final List<Entry> entries = new ArrayList<>();

	private final boolean allowWeak;

	DeclaredKeys(BootstrapProperties bootstrap, AccessProperties access) {
		this.allowWeak = access.allowWeakKeys();
		for (Caller.Kind kind : Caller.Kind.values()) {
			String key = bootstrap.key(kind);
			if (!key.isEmpty()) {
				String name = kind.name().toLowerCase(Locale.ROOT);
				check("heliostat.bootstrap." + name + "-key", key);
				add("heliostat.bootstrap." + name + "-key", KeyFormat.digest(key), key("key_bootstrap_" + name, kind,
						Project.DEFAULT, "bootstrap " + name, Optional.of(end(key)), Scope.ALL, Map.of()));
			}
		}
		new TreeMap<>(access.declaredKeys()).forEach(this::declare);
	}

	private void declare(String id, DeclaredKey declared) {
		String property = "heliostat.access.declared-keys." + id;
		if (!ID.matcher(id).matches()) {
			throw new DeclaredKeyException(
					property + ": not usable as an id (expected: up to 63 letters, digits, - and _)");
		}
		Caller.Kind kind = declared.kind()
			.orElseThrow(() -> new DeclaredKeyException(property + ".kind: missing (expected: live, test or admin)"));
		String name = declared.name().isEmpty() ? id : declared.name();
		int given = (declared.value().isEmpty() ? 0 : 1) + (declared.valueFile().isEmpty() ? 0 : 1)
				+ (declared.hash().isEmpty() ? 0 : 1);
		if (given != 1) {
			throw new DeclaredKeyException(property + ": " + ((given == 0) ? "no secret" : "several secrets")
					+ " (expected: one of .value, .value-file and .hash)");
		}
		Optional<String> secret = declared.hash().isEmpty() ? Optional.of(secret(property, declared))
				: Optional.empty();
		secret.ifPresent(text -> check(property, text));
		byte[] digest = secret.map(KeyFormat::digest).orElseGet(() -> digest(property, declared.hash()));
		add(property, digest, key(id, kind, declared.project(), name, secret.map(DeclaredKeys::end), declared.scopes(),
				declared.tags()));
	}

	private static String secret(String property, DeclaredKey declared) {
		if (!declared.value().isEmpty()) {
			return declared.value();
		}
		try {
			return Files.readString(Path.of(declared.valueFile())).strip();
		}
		catch (IOException ex) {
			throw new DeclaredKeyException(property + ".value-file: " + declared.valueFile()
					+ " cannot be read (expected: a file with the key)");
		}
	}

	private static byte[] digest(String property, String hash) {
		var matcher = HASH.matcher(hash.strip());
		if (!matcher.matches()) {
			throw new DeclaredKeyException(property
					+ ".hash: not understood (expected: the SHA-256 of the key, 64 hexadecimal digits; printf %s \"$KEY\" | sha256sum makes it)");
		}
		return HexFormat.of().parseHex(matcher.group(1));
	}

	private static AccessKey key(String id, Caller.Kind kind, String project, String name, Optional<String> lastFour,
			Scope scope, Map<String, String> tags) {
		return new AccessKey(id, kind, project, name, lastFour, scope, tags, Optional.empty(), 1,
				AccessKey.Source.DECLARED, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
	}

	private static String end(String key) {
		return key.substring(Math.max(0, key.length() - 4));
	}

	private void add(String property, byte[] digest, AccessKey key) {
		for (Entry entry : this.entries) {
			if (MessageDigest.isEqual(entry.digest, digest) || entry.key.id().equals(key.id())) {
				throw new DeclaredKeyException(
						property + ": the same " + (entry.key.id().equals(key.id()) ? "id" : "key") + " as that of "
								+ entry.key.id() + " (expected: one of its own)");
			}
		}
		List<Scope> scopes = key.scope().equals(Scope.ALL) ? List.of() : List.of(key.scope());
		this.entries.add(new Entry(digest, key, new Caller(key.id(), key.project(), key.kind(), scopes)));
	}

	private void check(String property, String key) {
		boolean repetitive = key.chars().distinct().count() < 5;
		boolean weak = key.length() < SHORTEST || repetitive || WELL_KNOWN.contains(key.toLowerCase(Locale.ROOT));
		if (weak && !this.allowWeak) {
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

	boolean isEmpty() {
		return this.entries.isEmpty();
	}

	/** Every one, in an order that does not change. */
	List<AccessKey> list() {
		return this.entries.stream().map(Entry::key).toList();
	}

	Optional<AccessKey> get(String id) {
		return this.entries.stream().map(Entry::key).filter(key -> key.id().equals(id)).findFirst();
	}

	private record Entry(byte[] digest, AccessKey key, Caller caller) {
	}

}
