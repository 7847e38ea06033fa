package dev.heliostat.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Derives a key for each purpose from one secret by HMAC-SHA256. The key for a purpose is
 * the HMAC of its name under the secret.
 */
final class DerivedSecretKey implements SecretKey {

	private static final String ALGORITHM = "HmacSHA256";

	private static final String SEALING = "AES/GCM/NoPadding";

	/**
	 * One for each thread: to look for one that fits takes longer than to seal a small
	 * text.
	 */
	private static final ThreadLocal<Cipher> CIPHERS = ThreadLocal.withInitial(DerivedSecretKey::newCipher);

	private static final int NONCE = 12;

	private static final SecureRandom RANDOM = new SecureRandom();

	private final List<byte[]> secrets = new ArrayList<>();

	private final ConcurrentHashMap<String, List<Derived>> derived = new ConcurrentHashMap<>();

	/**
	 * The key for a purpose.
	 *
	 * @param cipher the key, for AES
	 * @param mac ready to be copied: looking for one that fits takes longer than hashing
	 */
	private record Derived(SecretKeySpec cipher, Mac mac) {

		static Derived of(byte[] key) {
			return new Derived(new SecretKeySpec(key, "AES"), initialized(new SecretKeySpec(key, ALGORITHM)));
		}

		byte[] hmac(byte[] message) {
			try {
				return ((Mac) this.mac.clone()).doFinal(message);
			}
			catch (CloneNotSupportedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	DerivedSecretKey(SecretProperties properties, Path file) {
		String current = properties.current().isEmpty() ? keptIn(file) : properties.current();
		this.secrets.add(current.getBytes(StandardCharsets.UTF_8));
		properties.previous().forEach(secret -> this.secrets.add(secret.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * Reads the secret file, or makes it: written aside and linked into place, so that
	 * two starts agree on one.
	 */
	private static String keptIn(Path file) {
		try {
			return Files.readString(file).strip();
		}
		catch (NoSuchFileException absent) {
			return create(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String create(Path file) {
		try {
			Path parent = file.toAbsolutePath().getParent();
			Path fresh = Files.createTempFile(parent, ".secret", "",
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
			Files.writeString(fresh, KeyFormat.random(43));
			try {
				Files.createLink(file, fresh);
			}
			catch (FileAlreadyExistsException raced) {
				return Files.readString(file).strip();
			}
			catch (UnsupportedOperationException noLinks) {
				Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
			}
			finally {
				Files.deleteIfExists(fresh);
			}
			return Files.readString(file).strip();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public byte[] sign(String purpose, byte[] message) {
		return keys(purpose).getFirst().hmac(message);
	}

	@Override
	public boolean verify(String purpose, byte[] message, byte[] signature) {
		boolean valid = false;
		for (Derived key : keys(purpose)) {
			valid |= MessageDigest.isEqual(key.hmac(message), signature);
		}
		return valid;
	}

	@Override
	public byte[] seal(String purpose, byte[] context, byte[] plain) {
		byte[] nonce = new byte[NONCE];
		RANDOM.nextBytes(nonce);
		try {
			Cipher cipher = cipher(Cipher.ENCRYPT_MODE, keys(purpose).getFirst().cipher(), nonce, context);
			byte[] whole = Arrays.copyOf(nonce, NONCE + cipher.getOutputSize(plain.length));
			cipher.doFinal(plain, 0, plain.length, whole, NONCE);
			return whole;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public Optional<byte[]> unseal(String purpose, byte[] context, byte[] sealed) {
		if (sealed.length < NONCE) {
			return Optional.empty();
		}
		byte[] nonce = Arrays.copyOf(sealed, NONCE);
		for (Derived key : keys(purpose)) {
			try {
				return Optional.of(cipher(Cipher.DECRYPT_MODE, key.cipher(), nonce, context).doFinal(sealed, NONCE,
						sealed.length - NONCE));
			}
			catch (GeneralSecurityException ex) {
				// Sealed by another secret, or damaged: the next one may open it.
			}
		}
		return Optional.empty();
	}

	@Override
	public Key cipherKey(String purpose) {
		return keys(purpose).getFirst().cipher();
	}

	private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, byte[] context)
			throws GeneralSecurityException {
		Cipher cipher = CIPHERS.get();
		cipher.init(mode, key, new GCMParameterSpec(128, nonce));
		cipher.updateAAD(context);
		return cipher;
	}

	private static Cipher newCipher() {
		try {
			return Cipher.getInstance(SEALING);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private List<Derived> keys(String purpose) {
		return this.derived.computeIfAbsent(purpose, name -> {
			byte[] label = ("heliostat:" + name).getBytes(StandardCharsets.UTF_8);
			return this.secrets.stream()
				.map(secret -> Derived.of(initialized(new SecretKeySpec(secret, ALGORITHM)).doFinal(label)))
				.toList();
		});
	}

	private static Mac initialized(SecretKeySpec key) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(key);
			return mac;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
