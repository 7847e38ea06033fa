package dev.heliostat.nodes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script that Redis runs as one step.
 *
 * @param text the script
 * @param digest what Redis calls it once it has seen it
 */
public record Script(String text, String digest) {

	/** A script that is a file of this program: {@code redis/<name>.lua}. */
	public static Script named(String name) {
		try (InputStream stream = Script.class.getResourceAsStream("/redis/" + name + ".lua")) {
			if (stream == null) {
				throw new IllegalStateException("redis/" + name + ".lua is missing");
			}
			return of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static Script of(String text) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
			return new Script(text, HexFormat.of().formatHex(digest));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
