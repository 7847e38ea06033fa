package dev.heliostat.ledger;

import java.time.Instant;
import java.util.Optional;

import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;

/**
 * A picture as the index of media holds it.
 *
 * @param id what it is called outside: unguessable, and its own for every picture
 * @param sha256 the hash of its bytes, in hexadecimal
 * @param name where its bytes are; of several records of equal bytes all have the same
 * one once they are in the index: that of the youngest
 * @param type its format
 * @param bytes its length
 * @param size its dimensions; empty for what is kept encrypted
 * @param owner whose it is
 * @param createdAt when it was stored
 * @param expiresAt when it is deleted
 * @param othersUntil how long older copies of equal bytes can still be had
 */
public record MediaRecord(String id, String sha256, String name, ImageType type, long bytes, Optional<ImageSize> size,
		Owner owner, Instant createdAt, Instant expiresAt, Instant othersUntil) {

	/**
	 * Whose a picture is.
	 *
	 * @param keyId the key that may read it
	 * @param project the project whose retention it has
	 * @param generation the generation that it belongs to
	 */
	public record Owner(String keyId, String project, String generation) {
	}

}
