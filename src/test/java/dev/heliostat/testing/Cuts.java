package dev.heliostat.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Cuts bytes into pieces as a network would: the same pieces for the same bytes.
 */
public final class Cuts {

	private Cuts() {
	}

	/** Pieces of 1 to {@code longest} bytes. */
	public static List<byte[]> of(byte[] bytes, int longest) {
		Random random = new Random(Arrays.hashCode(bytes) + longest);
		List<byte[]> pieces = new ArrayList<>();
		int at = 0;
		while (at < bytes.length) {
			int length = Math.min(bytes.length - at, 1 + random.nextInt(longest));
			pieces.add(Arrays.copyOfRange(bytes, at, at + length));
			at += length;
		}
		return pieces;
	}

}
