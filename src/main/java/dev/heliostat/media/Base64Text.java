package dev.heliostat.media;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * One base64 text on its way: characters come one by one, bytes leave in whole groups.
 */
final class Base64Text {

	private static final byte[] NOTHING = new byte[0];

	private static final String DATA = "data";

	/** The characters of base64; all others are looked at one by one. */
	private static final boolean[] PLAIN = plain();

	/** What most small pictures fit in. */
	private static final int LEAST_ROOM = 4 * 1024;

	/**
	 * Large pictures leave in blocks of 48 KB: each costs some steps, whatever its size.
	 */
	private static final int MOST_ROOM = 64 * 1024;

	/** Made for the first character: most answers hold no base64. */
	private byte[] characters = NOTHING;

	private int waiting;

	private long total;

	private boolean padded;

	private static boolean[] plain() {
		boolean[] plain = new boolean[256];
		for (char next : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=".toCharArray()) {
			plain[next] = true;
		}
		return plain;
	}

	/** Where the characters that mean nothing but themselves end. */
	static int endOfRun(byte[] piece, int from) {
		int end = from;
		while (end < piece.length && PLAIN[piece[end] & 0xff]) {
			end++;
		}
		return end;
	}

	/** Forgets everything, for the next text. */
	void reset() {
		this.waiting = 0;
		this.total = 0;
		this.padded = false;
	}

	/** Whether there is nothing so far but what a data URL has before its colon. */
	boolean isData() {
		return this.total == DATA.length() && this.waiting == DATA.length()
				&& new String(this.characters, 0, this.waiting, StandardCharsets.US_ASCII).equalsIgnoreCase(DATA);
	}

	/**
	 * Takes characters as far as there is room for them; when it took fewer, what is
	 * there has to be decoded first.
	 * @return how many it took
	 */
	int add(byte[] from, int begin, int end) {
		room();
		int count = Math.min(end - begin, this.characters.length - this.waiting);
		System.arraycopy(from, begin, this.characters, this.waiting, count);
		this.waiting += count;
		this.total += count;
		return count;
	}

	private void room() {
		if (this.waiting == this.characters.length && this.waiting < MOST_ROOM) {
			this.characters = Arrays.copyOf(this.characters, Math.max(LEAST_ROOM, this.waiting * 4));
		}
	}

	/** Whether what is there has to be decoded before more is taken. */
	boolean isFull() {
		return this.waiting == MOST_ROOM;
	}

	/** Takes a character; gives bytes when there is no room for more. */
	byte[] add(byte character) {
		room();
		byte[] decoded = isFull() ? decode(false) : NOTHING;
		this.characters[this.waiting++] = character;
		this.total++;
		return decoded;
	}

	/**
	 * Decodes whole groups of four; what is left over waits for more. Fails with
	 * {@link NoPictureException} when this is no base64.
	 * @param last whether nothing follows
	 */
	byte[] decode(boolean last) {
		int whole = last ? this.waiting : this.waiting / 4 * 4;
		if (whole == 0) {
			return NOTHING;
		}
		if (this.padded) {
			throw broken();
		}
		try {
			ByteBuffer buffer = Base64.getDecoder().decode(ByteBuffer.wrap(this.characters, 0, whole));
			byte[] decoded = (buffer.remaining() == buffer.array().length) ? buffer.array()
					: Arrays.copyOf(buffer.array(), buffer.remaining());
			this.padded = this.characters[whole - 1] == '=';
			System.arraycopy(this.characters, whole, this.characters, 0, this.waiting - whole);
			this.waiting -= whole;
			return decoded;
		}
		catch (IllegalArgumentException ex) {
			throw broken();
		}
	}

	static NoPictureException broken() {
		return new NoPictureException("the base64 is broken");
	}

}
