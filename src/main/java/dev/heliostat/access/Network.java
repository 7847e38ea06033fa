package dev.heliostat.access;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A range of addresses: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or a single one.
 *
 * @param address any address of the range, whose leading bits count
 * @param bits how many bits have to be the same
 */
public record Network(InetAddress address, int bits) {

	private static final Pattern DOTTED = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");

	/**
	 * Reads a range; never asks a name server.
	 */
	public static Network of(String text) {
		int slash = text.indexOf('/');
		String host = (slash < 0) ? text : text.substring(0, slash);
		try {
			InetAddress address = literal(host.strip());
			int most = address.getAddress().length * 8;
			int bits = (slash < 0) ? most : Integer.parseInt(text.substring(slash + 1).strip());
			if (bits < 0 || bits > most) {
				throw new IllegalArgumentException();
			}
			return new Network(address, bits);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					text + " (expected: a network such as 10.0.0.0/8 or 2001:db8::/32, or an address)", ex);
		}
	}

	/**
	 * Reads an address in one of its usual forms; {@code 10.1}, which some programs take
	 * for another one than others, is none.
	 */
	static InetAddress literal(String text) {
		if (text.indexOf(':') < 0 && !DOTTED.matcher(text).matches()) {
			throw new IllegalArgumentException(text);
		}
		return InetAddress.ofLiteral(text);
	}

	/** Whether an address lies in the range. */
	public boolean contains(InetAddress other) {
		byte[] own = this.address.getAddress();
		byte[] its = other.getAddress();
		if (own.length != its.length) {
			return false;
		}
		int whole = this.bits / 8;
		if (!Arrays.equals(own, 0, whole, its, 0, whole)) {
			return false;
		}
		int rest = this.bits % 8;
		return rest == 0 || ((own[whole] ^ its[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
	}

	/** The range as it is written. */
	@Override
	public String toString() {
		return this.address.getHostAddress() + "/" + this.bits;
	}

}
