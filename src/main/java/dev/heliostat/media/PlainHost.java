package dev.heliostat.media;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.springframework.boot.http.client.InetAddressFilter;

/**
 * A host in the one form that every reader understands alike: a name in ASCII, four
 * decimal numbers, or an IPv6 address in brackets. What else a host can be written as
 * (one number, octal, hexadecimal, with a zone or a last dot) is for hiding.
 *
 * @param text the host as it stands in the URL
 * @param address the address, where the host is one and no name
 */
record PlainHost(String text, Optional<InetAddress> address) {

	private static final String NUMBER = "(0|[1-9][0-9]{0,2})";

	private static final Pattern IPV4 = Pattern.compile(NUMBER + "(\\." + NUMBER + "){3}");

	/** An IPv4 at its end is plain, too: readers of URLs differ over {@code 064}. */
	private static final Pattern IPV6 = Pattern
		.compile("\\[[0-9a-fA-F:]+(?<=:)(" + IPV4.pattern() + ")?]|\\[[0-9a-fA-F:]+]");

	private static final int LONGEST = 253;

	private static final int LONGEST_LABEL = 63;

	/** Domains that no public name server knows. */
	private static final Set<String> INNER = Set.of("localhost", "localdomain", "local", "internal", "intranet", "lan",
			"home", "corp", "arpa", "test", "invalid");

	/**
	 * Addresses that everybody can reach. Boot's filter knows the special networks; of
	 * IPv6 only what is handed out to the world counts, so that an address of IPv4 in
	 * another coat does not.
	 */
	static InetAddressFilter publicAddresses() {
		return InetAddressFilter.externalAddresses()
			.and(InetAddressFilter.adapt(PlainHost::isHandedOut))
			.andNot("3fff::/20");
	}

	private static boolean isHandedOut(InetAddress address) {
		return !(address instanceof Inet6Address) || (address.getAddress()[0] & 0xe0) == 0x20;
	}

	/** The host of a URL; empty where it has none, or one that is not plain. */
	static Optional<PlainHost> of(URI url) {
		String host = url.getHost();
		if (host == null || host.length() > LONGEST) {
			return Optional.empty();
		}
		if (isName(host)) {
			return Optional.of(new PlainHost(host, Optional.empty()));
		}
		return address(host).map(address -> new PlainHost(host, Optional.of(address)));
	}

	/**
	 * Labels of letters, digits and hyphens between dots. Names end with a label that
	 * begins with a letter, addresses do not.
	 */
	private static boolean isName(String host) {
		int label = 0;
		for (int i = 0; i < host.length(); i++) {
			char next = host.charAt(i);
			if (next == '.') {
				if (i == label) {
					return false;
				}
				label = i + 1;
			}
			else if (!(isLetter(next) || (next >= '0' && next <= '9') || next == '-') || i - label >= LONGEST_LABEL) {
				return false;
			}
		}
		return label < host.length() && isLetter(host.charAt(label));
	}

	private static boolean isLetter(char next) {
		return (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
	}

	private static Optional<InetAddress> address(String host) {
		boolean bracketed = host.startsWith("[");
		if (!(bracketed ? IPV6 : IPV4).matcher(host).matches()) {
			return Optional.empty();
		}
		try {
			return Optional.of(InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host));
		}
		catch (IllegalArgumentException ex) {
			return Optional.empty();
		}
	}

	/** Whether it is a name that means something inside a network only. */
	boolean isInner() {
		String name = this.text.toLowerCase(Locale.ROOT);
		int dot = name.lastIndexOf('.');
		return dot < 0 || INNER.contains(name.substring(dot + 1));
	}

}
