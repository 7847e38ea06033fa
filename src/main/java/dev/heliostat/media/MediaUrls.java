package dev.heliostat.media;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

import dev.heliostat.access.PublicUrl;
import dev.heliostat.access.SecretKey;

/**
 * The gateway's own URLs of pictures, signed over id and expiry.
 */
final class MediaUrls {

	private static final String PURPOSE = "media";

	private final SecretKey secret;

	private final PublicUrl publicUrl;

	MediaUrls(SecretKey secret, PublicUrl publicUrl) {
		this.secret = secret;
		this.publicUrl = publicUrl;
	}

	URI sign(String id, Instant expiry) {
		long expiresAt = expiry.getEpochSecond();
		String signature = Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(this.secret.sign(PURPOSE, message(id, expiresAt)));
		return URI.create(this.publicUrl.value() + "/media/" + id + "?exp=" + expiresAt + "&sig=" + signature);
	}

	/** Whether a signature was made by the secret in force or a previous one. */
	boolean isSigned(String id, long expiresAt, String signature) {
		return decode(signature).filter(given -> this.secret.verify(PURPOSE, message(id, expiresAt), given))
			.isPresent();
	}

	private static byte[] message(String id, long expiresAt) {
		return (id + "\n" + expiresAt).getBytes(StandardCharsets.UTF_8);
	}

	private static Optional<byte[]> decode(String signature) {
		try {
			return Optional.of(Base64.getUrlDecoder().decode(signature));
		}
		catch (IllegalArgumentException ex) {
			return Optional.empty();
		}
	}

}
