package dev.heliostat.provider;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.heliostat.catalog.Provider;
import dev.heliostat.media.EgressGuard;
import io.netty.channel.ChannelOption;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.util.DefaultUriBuilderFactory;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * One HTTP client with a connection pool of its own for each provider, so that a slow one
 * takes no connection from another.
 */
final class ProviderClients {

	private final WebClient.Builder builder;

	private final ConcurrentHashMap<String, Pooled> pools = new ConcurrentHashMap<>();

	ProviderClients(WebClient.Builder builder) {
		this.builder = builder;
	}

	private record Pooled(Provider.Limits limits, ClientHttpConnector connector) {
	}

	WebClient client(Provider provider, URI baseUrl, Optional<String> credential, Map<String, String> options) {
		Pooled pooled = this.pools.compute(provider.name(),
				(name, known) -> (known != null && known.limits.equals(provider.limits())) ? known
						: new Pooled(provider.limits(), connector(name, provider.limits())));
		// Model ids are put into paths as they are: their slashes are part of the path.
		DefaultUriBuilderFactory uris = new DefaultUriBuilderFactory(baseUrl.toString());
		uris.setEncodingMode(DefaultUriBuilderFactory.EncodingMode.NONE);
		WebClient.Builder client = this.builder.clone()
			.clientConnector(pooled.connector)
			.uriBuilderFactory(uris)
			.defaultHeader("User-Agent", "heliostat");
		credential.ifPresent(secret -> Credentials.apply(client, provider.auth(), secret, options));
		return client.build();
	}

	private static ClientHttpConnector connector(String name, Provider.Limits limits) {
		ConnectionProvider pool = ConnectionProvider.builder("provider-" + name)
			.maxConnections(limits.connections())
			.pendingAcquireMaxCount(limits.connections() * 20)
			.pendingAcquireTimeout(limits.responseTimeout())
			.maxIdleTime(Duration.ofSeconds(30))
			.maxLifeTime(Duration.ofMinutes(5))
			.evictInBackground(Duration.ofSeconds(30))
			.build();
		HttpClientSettings settings = HttpClientSettings.defaults()
			.withRedirects(HttpRedirects.DONT_FOLLOW)
			.withConnectTimeout(limits.connectTimeout())
			.withReadTimeout(limits.responseTimeout());
		return ClientHttpConnectorBuilder.reactor()
			.withHttpClientFactory(
					() -> HttpClient.create(pool).option(ChannelOption.RCVBUF_ALLOCATOR, EgressGuard.SMALL_READS))
			.build(settings);
	}

}
