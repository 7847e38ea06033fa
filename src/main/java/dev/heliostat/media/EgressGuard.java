package dev.heliostat.media;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.micrometer.observation.ObservationRegistry;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import org.springframework.boot.http.client.FilteredHostException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.client.ClientResponse;
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

	/**
	 * How much is read from a connection at once. Reactor Netty stops reading one when 32
	 * pieces wait, whatever their size, so this is what a slow disk lets pile up for
	 * each: 128 KB.
	 */
	public static final RecvByteBufAllocator SMALL_READS = new AdaptiveRecvByteBufAllocator(256, 1024, 16 * 1024)
		.maxMessagesPerRead(4);

	private static final String NOT_HTTPS = "it is no https URL";

	private static final int HIGHEST_PORT = 65_535;

	private static final int MOST_SKIPPED = 64 * 1024;

	private static final String PRIVATE = "it points into a private network";

	private final InetAddressFilter addresses;

	private final InetAddressFilter networks;

	private final WebClient trusted;

	private final WebClient guarded;

	private final WebClient allowed;

	private final boolean allowsNetworks;

	/**
	 * A guard.
	 * @param stall how long an answer may pause before its connection is given up
	 */
	EgressGuard(WebClient.Builder builder, EgressProperties properties, Duration stall) {
		this(builder, properties, stall, UnaryOperator.identity());
	}

	/** Makes a guard whose connections are made in a way of their own. */
	EgressGuard(WebClient.Builder builder, EgressProperties properties, Duration stall,
			UnaryOperator<HttpClient> connections) {
		List<String> networks = properties.allow();
		this.allowsNetworks = !networks.isEmpty();
		this.trusted = client(builder, InetAddressFilter.all(), stall, connections);
		// Hosts that clients name are told of no trace, and would be labels without end.
		WebClient.Builder silent = builder.clone().observationRegistry(ObservationRegistry.NOOP);
		this.networks = this.allowsNetworks ? InetAddressFilter.of(networks.toArray(String[]::new))
				: InetAddressFilter.none();
		this.addresses = PlainHost.publicAddresses().or(this.networks);
		this.guarded = client(silent, this.addresses, stall, connections);
		this.allowed = client(silent, this.networks, stall, connections);
	}

	private static WebClient client(WebClient.Builder builder, InetAddressFilter filter, Duration stall,
			UnaryOperator<HttpClient> connections) {
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
			.withHttpClientFactory(() -> connections
				.apply(HttpClient.create(pool).option(ChannelOption.RCVBUF_ALLOCATOR, SMALL_READS)));
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
		if (!(scheme.equals("https") || scheme.equals("http"))) {
			return Optional.of(NOT_HTTPS);
		}
		if (url.getRawAuthority() != null && url.getRawAuthority().indexOf('@') >= 0) {
			return Optional.of("it holds a user name or password");
		}
		if (TrustedHosts.admit(url, trustedHosts)) {
			return Optional.empty();
		}
		if (scheme.equals("http") && !this.allowsNetworks) {
			return Optional.of(NOT_HTTPS);
		}
		Optional<PlainHost> host = PlainHost.of(url);
		if (host.isEmpty()) {
			return Optional.of("its host is neither a plain name nor a plain address");
		}
		if (url.getPort() == 0 || url.getPort() > HIGHEST_PORT) {
			return Optional.of("its port is not between 1 and " + HIGHEST_PORT);
		}
		return isPrivate(host.get(), scheme.equals("https")) ? Optional.of(PRIVATE) : Optional.empty();
	}

	private static String scheme(URI url) {
		return (url.getScheme() != null) ? url.getScheme().toLowerCase(Locale.ROOT) : "";
	}

	/**
	 * Whether it is an address that may not be reached, or a name that can mean no other.
	 */
	private boolean isPrivate(PlainHost host, boolean secure) {
		InetAddressFilter filter = secure ? this.addresses : this.networks;
		return host.address()
			.map(address -> !filter.matches(address))
			.orElseGet(() -> host.isInner() && !this.allowsNetworks);
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
			.exchangeToMono(response -> skipped(response).thenReturn(response.statusCode().value()))
			.timeout(timeout)
			.onErrorMap(EgressGuard::explain));
	}

	/** Reads the little that a receiver has to say, so that its connection is of use. */
	private static Mono<Void> skipped(ClientResponse response) {
		return response.bodyToFlux(DataBuffer.class).map(buffer -> {
			int length = buffer.readableByteCount();
			DataBufferUtils.release(buffer);
			return length;
		}).scan(0, Integer::sum).takeUntil(read -> read > MOST_SKIPPED).then();
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
