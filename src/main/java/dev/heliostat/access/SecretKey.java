package dev.heliostat.access;

import java.security.Key;
import java.util.Base64;
import java.util.Optional;

/**
 * The gateway's one secret, from which a key for each purpose is derived.
 */
public interface SecretKey {

	/** The HMAC-SHA256 of a message under the key of a purpose, such as {@code media}. */
	byte[] sign(String purpose, byte[] message);

	/**
	 * Whether a signature was made by the secret in force or, during rotation, by the
	 * previous one. Constant time.
	 */
	boolean verify(String purpose, byte[] message, byte[] signature);

	/**
	 * Encrypts under the key of a purpose (AES-256-GCM).
	 * @param context what has to be the same when it is decrypted, and is not kept
	 */
	byte[] seal(String purpose, byte[] context, byte[] plain);

	/**
	 * Decrypts what was sealed by the secret in force or a previous one; empty when it
	 * was neither, or in another context.
	 */
	Optional<byte[]> unseal(String purpose, byte[] context, byte[] sealed);

	/**
	 * The AES key of a purpose, from the secret in force: for bytes that do not outlive
	 * the process, since it changes with the secret.
	 */
	Key cipherKey(String purpose);

	/** Encrypts under the key of a purpose (AES-256-GCM); the text is base64. */
	default String seal(String purpose, byte[] plain) {
		return Base64.getEncoder().encodeToString(seal(purpose, new byte[0], plain));
	}

	/**
	 * Decrypts what was sealed by the secret in force or a previous one; empty when it
	 * was neither.
	 */
	default Optional<byte[]> unseal(String purpose, String sealed) {
		return unseal(purpose, new byte[0], Base64.getDecoder().decode(sealed));
	}

}
