package dev.heliostat.access;

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

	/** Encrypts under the key of a purpose (AES-256-GCM); the text is base64. */
	String seal(String purpose, byte[] plain);

	/**
	 * Decrypts what was sealed by the secret in force or a previous one; empty when it
	 * was neither.
	 */
	Optional<byte[]> unseal(String purpose, String sealed);

}
