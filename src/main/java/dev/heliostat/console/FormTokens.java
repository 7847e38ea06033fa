package dev.heliostat.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

import dev.heliostat.access.SecretKey;

/**
 * Marks forms as the gateway's own: a token names whom a form was made for, and is
 * signed. It belongs to the key, not to the session, so that a form outlives a session
 * that ended while it was filled in.
 */
final class FormTokens {

	private static final String PURPOSE = "console-form";

	private static final int OWNER = 16;

	private final SecretKey secret;

	FormTokens(SecretKey secret) {
		this.secret = secret;
	}

	/** Makes the token for the holder of a key, or of a random text. */
	String token(String holder) {
		byte[] owner = owner(holder);
		byte[] signature = this.secret.sign(PURPOSE, owner);
		byte[] token = Arrays.copyOf(owner, OWNER + signature.length);
		System.arraycopy(signature, 0, token, OWNER, signature.length);
		return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
	}

	/** Whether a token was made here for that holder. */
	boolean fits(String token, String holder) {
		return genuine(token).filter(owner -> MessageDigest.isEqual(owner, owner(holder))).isPresent();
	}

	/** Whether a token was made here at all. */
	boolean isGenuine(String token) {
		return genuine(token).isPresent();
	}

	private Optional<byte[]> genuine(String token) {
		byte[] bytes;
		try {
			bytes = Base64.getUrlDecoder().decode(token);
		}
		catch (IllegalArgumentException ex) {
			return Optional.empty();
		}
		if (bytes.length <= OWNER) {
			return Optional.empty();
		}
		byte[] owner = Arrays.copyOf(bytes, OWNER);
		return this.secret.verify(PURPOSE, owner, Arrays.copyOfRange(bytes, OWNER, bytes.length)) ? Optional.of(owner)
				: Optional.empty();
	}

	private byte[] owner(String holder) {
		return Arrays.copyOf(this.secret.sign("console-holder", holder.getBytes(StandardCharsets.UTF_8)), OWNER);
	}

}
