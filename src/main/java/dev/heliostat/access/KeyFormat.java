package dev.heliostat.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The form of generated keys: {@code hs_live_}, 30 base62 characters (178 random bits)
 * and a checksum of 6, so that secret scanners and typing errors are caught without a
 * look-up.
 */
final class KeyFormat {

	private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	private static final int RANDOM = 30;

	private static final int CHECKSUM = 6;

	private static final Pattern FORM = Pattern
		.compile("hs_(live|test|admin)_[0-9A-Za-z]{" + (RANDOM + CHECKSUM) + "}");

	private static final SecureRandom SOURCE = new SecureRandom();

	/** One for each thread: to look for one takes longer than to hash a key. */
	private static final ThreadLocal<MessageDigest> SHA256 = ThreadLocal.withInitial(KeyFormat::sha256);

	private KeyFormat() {
	}

	/** Makes a new key. */
	static String generate(Caller.Kind kind) {
		String body = "hs_" + kind.name().toLowerCase(Locale.ROOT) + "_" + random(RANDOM);
		return body + checksum(body);
	}

	/** A random text of base62 digits, each 5.95 bits. */
	static String random(int length) {
		StringBuilder text = new StringBuilder(length);
		for (int i = 0; i < length; i++) {
			text.append(DIGITS.charAt(SOURCE.nextInt(DIGITS.length())));
		}
		return text.toString();
	}

	/** Whether a text has the exact form of a generated key. */
	static boolean isGenerated(String key) {
		return FORM.matcher(key).matches();
	}

	/** Whether the checksum of a generated key fits. */
	static boolean isIntact(String key) {
		int split = key.length() - CHECKSUM;
		return key.substring(split).equals(checksum(key.substring(0, split)));
	}

	/** The form in which a key is kept: its SHA-256 in lower-case hex. */
	static String hash(String key) {
		return HexFormat.of().formatHex(digest(key));
	}

	static byte[] digest(String key) {
		return SHA256.get().digest(key.getBytes(StandardCharsets.UTF_8));
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String checksum(String body) {
		CRC32 crc = new CRC32();
		crc.update(body.getBytes(StandardCharsets.US_ASCII));
		long value = crc.getValue();
		char[] digits = new char[CHECKSUM];
		for (int i = CHECKSUM - 1; i >= 0; i--) {
			digits[i] = DIGITS.charAt((int) (value % DIGITS.length()));
			value /= DIGITS.length();
		}
		return new String(digits);
	}

}
