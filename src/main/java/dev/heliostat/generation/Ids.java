package dev.heliostat.generation;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Makes ids of generations: the time first, so that they sort and index well, then 80
 * random bits.
 */
final class Ids {

	private static final SecureRandom RANDOM = new SecureRandom();

	private Ids() {
	}

	static String generation(long epochMillis) {
		byte[] bytes = new byte[10];
		RANDOM.nextBytes(bytes);
		return "gen_" + Long.toString(epochMillis, 36) + HEX.formatHex(bytes);
	}

	private static final HexFormat HEX = HexFormat.of();

}
