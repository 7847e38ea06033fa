package dev.heliostat.media;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.http.client.FilteredHostException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * The one gate for URLs that the operator did not write. A URL on a provider's own hosts
 * may be plain http and private; any other one must be https without user info, and the
 * address that its name resolves to is checked when the connection is made, so that a
 * name cannot change its mind in between.
 */
public final class EgressGuard {

	private static final String PRIVATE = "it points into a private network";

	private final InetAddressFilter addresses;

	private final WebClient trusted;

	private final WebClient guarded;

	private final WebClient allowed;

	private final boolean allowsNetworks;

	/**
	 * A guard.
	 * @param stall how long an answer may pause before its connection is given up
	 */
	EgressGuard(WebClient.Builder builder, EgressProperties properties, Duration stall) {
		List<String> networks = properties.allow();
		this.allowsNetworks = !networks.isEmpty();
		this.trusted = client(builder, InetAddressFilter.all(), stall);
		// Hosts that clients name would be labels of metrics without end, and are told of
		// no
		// trace.
		WebClient.Builder silent = builder.clone().observationRegistry(ObservationRegistry.NOOP);
		this.addresses = this.allowsNetworks ? InetAddressFilter.externalAddresses().or(networks.toArray(String[]::new))
				: InetAddressFilter.externalAddresses();
		this.guarded = client(silent, this.addresses, stall);
		this.allowed = client(silent,
				this.allowsNetworks ? InetAddressFilter.of(networks.toArray(String[]::new)) : InetAddressFilter.none(),
				stall);
	}

	private static WebClient client(WebClient.Builder builder, InetAddressFilter filter, Duration stall) {
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
			.withReadTimeout(stall);
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
		Optional<String> refusal = refusal(url, trustedHosts);
		if (refusal.isPresent()) {
			throw refused(refusal.get());
		}
		if (TrustedHosts.admit(url, trustedHosts)) {
			return this.trusted;
		}
		return scheme(url).equals("https") ? this.guarded : this.allowed;
	}

	/**
	 * The rule that a URL breaks, as the second half of a sentence; empty when it breaks
	 * none as far as can be said before its name is resolved.
	 */
	public Optional<String> refusal(URI url, Set<String> trustedHosts) {
		String scheme = scheme(url);
		if (url.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
			return Optional.of("it is no https URL");
		}
		if (url.getRawUserInfo() != null) {
			return Optional.of("it holds a user name or password");
		}
		if (TrustedHosts.admit(url, trustedHosts)) {
			return Optional.empty();
		}
		if (scheme.equals("http") && !this.allowsNetworks) {
			return Optional.of("it is no https URL");
		}
		return isPrivate(url.getHost()) ? Optional.of(PRIVATE) : Optional.empty();
	}

	private static String scheme(URI url) {
		return (url.getScheme() != null) ? url.getScheme().toLowerCase(Locale.ROOT) : "";
	}

	/** Whether it is an address, not a name, that may not be reached. */
	private boolean isPrivate(String host) {
		try {
			return !this.addresses.matches(InetAddress.ofLiteral(host.replaceAll("^\\[|]$", "")));
		}
		catch (IllegalArgumentException name) {
			return host.equalsIgnoreCase("localhost") && !this.allowsNetworks;
		}
	}

	/**
	 * Posts to a URL that a client named; the body of the answer is thrown away.
	 * Redirects are not followed. Fails with a sentence for people when no rule permits
	 * it or nobody answers in time.
	 * @return the HTTP status
	 */
	public Mono<Integer> post(URI url, Map<String, String> headers, byte[] body, Duration timeout) {
		return Mono.defer(() -> clientFor(url, Set.of()).post()
			.uri(url)
			.headers(all -> headers.forEach(all::set))
			.bodyValue(body)
			.exchangeToMono(response -> response.releaseBody().thenReturn(response.statusCode().value()))
			.timeout(timeout)
			.onErrorMap(EgressGuard::explain));
	}

	/**
	 * Turns the connector's refusal of an address into a sentence; every other error is
	 * left as it is.
	 */
	static Throwable explain(Throwable error) {
		for (Throwable cause = error; cause != null; cause = cause.getCause()) {
			if (cause instanceof FilteredHostException) {
				return refused(PRIVATE);
			}
		}
		return error;
	}

	private static NoPictureException refused(String reason) {
		return new NoPictureException("the URL may not be called: " + reason
				+ " (the operator may permit networks with heliostat.egress.allow)");
	}

}
