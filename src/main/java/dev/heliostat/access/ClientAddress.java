package dev.heliostat.access;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Where requests come from: the address of the socket, or what a trusted proxy says.
 */
public final class ClientAddress {

	private final List<Network> trusted;

	ClientAddress(List<Network> trusted) {
		this.trusted = List.copyOf(trusted);
	}

	/**
	 * The address of the client. A header is believed as far as trusted proxies wrote it:
	 * from its end up to the first address that is none of them.
	 * @param socket the address at the other end of the connection
	 * @param forwarded the values of {@code X-Forwarded-For}
	 */
	public InetAddress of(InetAddress socket, List<String> forwarded) {
		InetAddress address = socket;
		List<String> hops = new ArrayList<>();
		forwarded.forEach(value -> hops.addAll(List.of(value.split(",", -1))));
		for (String hop : hops.reversed()) {
			if (!isTrusted(address)) {
				return address;
			}
			try {
				address = Network.literal(withoutPort(hop.strip()));
			}
			catch (IllegalArgumentException ex) {
				// Nobody knows what stands before it, either.
				return address;
			}
		}
		return address;
	}

	private boolean isTrusted(InetAddress address) {
		return this.trusted.stream().anyMatch(network -> network.contains(address));
	}

	/** Some proxies write {@code 192.0.2.1:4711} and {@code [2001:db8::1]:4711}. */
	private static String withoutPort(String hop) {
		if (hop.startsWith("[")) {
			int end = hop.indexOf(']');
			return (end > 0) ? hop.substring(1, end) : hop;
		}
		int colon = hop.indexOf(':');
		return (colon > 0 && colon == hop.lastIndexOf(':')) ? hop.substring(0, colon) : hop;
	}

}
