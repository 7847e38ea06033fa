package dev.heliostat.media;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.springframework.boot.http.client.FilteredHostException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * The one gate for URLs that the operator did not write. A URL on a provider's own hosts
 * may be plain http and private; any other one must be https without user info, and the
 * address that its name resolves to is checked when the connection is made, so that a
 * name cannot change its mind in between.
 */
final class EgressGuard {

	private final WebClient trusted;

	private final WebClient guarded;

	private final WebClient allowed;

	private final boolean allowsNetworks;

	EgressGuard(WebClient.Builder builder, EgressProperties properties) {
		List<String> networks = properties.allow();
		this.allowsNetworks = !networks.isEmpty();
		this.trusted = client(builder, InetAddressFilter.all());
		this.guarded = client(builder,
				this.allowsNetworks ? InetAddressFilter.externalAddresses().or(networks.toArray(String[]::new))
						: InetAddressFilter.externalAddresses());
		this.allowed = client(builder,
				this.allowsNetworks ? InetAddressFilter.of(networks.toArray(String[]::new)) : InetAddressFilter.none());
	}

	private static WebClient client(WebClient.Builder builder, InetAddressFilter filter) {
		ConnectionProvider pool = ConnectionProvider.builder("media")
			.maxConnections(500)
			.pendingAcquireMaxCount(2000)
			.pendingAcquireTimeout(Duration.ofSeconds(10))
			.maxIdleTime(Duration.ofSeconds(30))
			.maxLifeTime(Duration.ofMinutes(5))
			.evictInBackground(Duration.ofSeconds(30))
			.build();
		HttpClientSettings settings = HttpClientSettings.defaults()
			.withInetAddressFilter(filter)
			.withRedirects(HttpRedirects.DONT_FOLLOW)
			.withConnectTimeout(Duration.ofSeconds(5))
			.withReadTimeout(Duration.ofSeconds(30));
		ReactorClientHttpConnectorBuilder connector = ClientHttpConnectorBuilder.reactor()
			.withHttpClientFactory(() -> HttpClient.create(pool));
		return builder.clone()
			.clientConnector(connector.build(settings))
			.defaultHeader("User-Agent", "heliostat")
			.build();
	}

	/**
	 * The client that may fetch a URL; fails with {@link NoPictureException} when no rule
	 * permits the URL.
	 * @param trustedHosts {@code host}, {@code host:port} or {@code *.domain}
	 */
	WebClient clientFor(URI url, Set<String> trustedHosts) {
		String scheme = (url.getScheme() != null) ? url.getScheme().toLowerCase(Locale.ROOT) : "";
		String host = url.getHost();
		if (host == null || !(scheme.equals("https") || scheme.equals("http"))) {
			throw refused("it is no https URL");
		}
		if (url.getRawUserInfo() != null) {
			throw refused("it holds a user name or password");
		}
		if (TrustedHosts.admit(url, trustedHosts)) {
			return this.trusted;
		}
		if (scheme.equals("https")) {
			return this.guarded;
		}
		if (this.allowsNetworks) {
			return this.allowed;
		}
		throw refused("it is no https URL");
	}

	/**
	 * Turns the connector's refusal of an address into a sentence; every other error is
	 * left as it is.
	 */
	static Throwable explain(Throwable error) {
		for (Throwable cause = error; cause != null; cause = cause.getCause()) {
			if (cause instanceof FilteredHostException) {
				return refused("its name points into a private network");
			}
		}
		return error;
	}

	private static NoPictureException refused(String reason) {
		return new NoPictureException("the picture's URL may not be fetched: " + reason
				+ " (the operator may permit networks with heliostat.egress.allow)");
	}

}
