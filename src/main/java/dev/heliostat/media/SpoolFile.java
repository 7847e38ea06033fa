package dev.heliostat.media;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.SecureRandom;

import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;

import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

/**
 * A file of the spool that holds nothing readable: AES in counter mode, so that any range
 * is decrypted without what lies before it, and bytes take the room that they had. Each
 * file has a nonce of its own, which is nowhere but in memory. Whoever could change the
 * file could change the process, so there is no tag to check.
 * <p>
 * No channel: a channel closes itself when a thread that reads it is interrupted, as it
 * is when a provider breaks off while a picture is sent, and the next provider is to be
 * sent the same picture.
 */
final class SpoolFile {

	private static final int BLOCK = 16;

	private static final int NONCE = 12;

	private static final SecureRandom RANDOM = new SecureRandom();

	private final RandomAccessFile file;

	private final Key key;

	private final byte[] nonce = new byte[NONCE];

	private final Cipher writing;

	/**
	 * Opens a file and removes it from its directory, so that it dies with the process.
	 */
	SpoolFile(Path path, Key key) throws IOException {
		this.file = new RandomAccessFile(path.toFile(), "rw");
		Files.delete(path);
		this.key = key;
		RANDOM.nextBytes(this.nonce);
		this.writing = cipher(0);
	}

	/** Adds bytes at the end; they are encrypted where they are. */
	synchronized void append(byte[] bytes) throws IOException {
		crypt(this.writing, bytes, bytes.length);
		this.file.write(bytes);
	}

	Flux<DataBuffer> read(long from, long count) {
		return Flux.defer(() -> {
			Cipher cipher = reading(from);
			return FileReading.of((position, size) -> bytes(cipher, position, size), from, count);
		});
	}

	byte[] bytes(long from, int count) {
		return bytes(reading(from), from, count);
	}

	/** A cipher for what is read from a place on, without a gap. */
	private Cipher reading(long from) {
		Cipher cipher = cipher(from / BLOCK);
		crypt(cipher, new byte[BLOCK], (int) (from % BLOCK));
		return cipher;
	}

	private byte[] bytes(Cipher cipher, long from, int count) {
		byte[] bytes = new byte[count];
		readFully(from, bytes);
		crypt(cipher, bytes, count);
		return bytes;
	}

	private synchronized void readFully(long from, byte[] bytes) {
		try {
			this.file.seek(from);
			this.file.readFully(bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** A cipher that begins at a block: encrypting and decrypting are the same. */
	private Cipher cipher(long block) {
		try {
			Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
			byte[] counter = ByteBuffer.allocate(BLOCK).put(this.nonce).putInt(Math.toIntExact(block)).array();
			cipher.init(Cipher.ENCRYPT_MODE, this.key, new IvParameterSpec(counter));
			return cipher;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void crypt(Cipher cipher, byte[] bytes, int count) {
		try {
			if (cipher.update(bytes, 0, count, bytes, 0) != count) {
				throw new IllegalStateException("A stream cipher held bytes back");
			}
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	synchronized void close() {
		try {
			this.file.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
