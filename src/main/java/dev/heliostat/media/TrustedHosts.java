package dev.heliostat.media;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * Tells the hosts that an operator's files name from all others.
 */
public final class TrustedHosts {

	private TrustedHosts() {
	}

	/**
	 * Whether a URL lies on one of the hosts.
	 * @param hosts {@code host}, {@code host:port} or {@code *.domain}
	 */
	public static boolean admit(URI url, Set<String> hosts) {
		if (url.getHost() == null || url.getScheme() == null || url.getRawUserInfo() != null) {
			return false;
		}
		String host = url.getHost().toLowerCase(Locale.ROOT);
		int port = (url.getPort() >= 0) ? url.getPort() : (url.getScheme().equalsIgnoreCase("https") ? 443 : 80);
		for (String trusted : hosts) {
			boolean matches = trusted.startsWith("*.") ? host.endsWith(trusted.substring(1))
					: host.equals(trusted) || (host + ":" + port).equals(trusted);
			if (matches) {
				return true;
			}
		}
		return false;
	}

}
