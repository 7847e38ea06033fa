package dev.heliostat.media;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import dev.heliostat.image.ImageContent;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;

/**
 * The SHA-256 of content that is read part after part, where a part may be read again
 * because sending it failed.
 */
final class RunningHash {

	private final ImageContent content;

	private MessageDigest before = sha256();

	private MessageDigest after = this.before;

	RunningHash(ImageContent content) {
		this.content = content;
	}

	/**
	 * Reads the part that follows what was {@linkplain #taken taken}; the bytes are to be
	 * read only.
	 */
	Flux<byte[]> read(long from, long count) {
		return Flux.defer(() -> {
			MessageDigest digest = copy(this.before);
			// Whoever counts what it gets need not wait for the end.
			this.after = digest;
			return this.content.read(from, count).map(DiskSpool::taken).doOnNext(digest::update);
		}).doOnDiscard(DataBuffer.class, DataBufferUtils::release);
	}

	/** Notes that the part which was read last is not read again. */
	void taken() {
		this.before = this.after;
	}

	/** The hash of everything that was taken, in hexadecimal. */
	String value() {
		return HexFormat.of().formatHex(copy(this.before).digest());
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static MessageDigest copy(MessageDigest digest) {
		try {
			return (MessageDigest) digest.clone();
		}
		catch (CloneNotSupportedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
