package dev.heliostat.provider;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.heliostat.catalog.Provider;
import dev.heliostat.media.EgressGuard;
import io.micrometer.observation.ObservationRegistry;
import io.netty.channel.ChannelOption;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.ReactorHttpClientBuilder;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * One HTTP client with a connection pool of its own for each provider, so that a slow one
 * takes no connection from another.
 */
final class ProviderClients {

	private final ObservationRegistry observations;

	private final ConcurrentHashMap<String, Pooled> pools = new ConcurrentHashMap<>();

	ProviderClients(ObservationRegistry observations) {
		this.observations = observations;
	}

	private record Pooled(Provider.Limits limits, HttpClient client) {
	}

	ProviderClient client(Provider provider, URI baseUrl, Optional<String> credential, Map<String, String> options) {
		Pooled pooled = this.pools.compute(provider.name(),
				(name, known) -> (known != null && known.limits.equals(provider.limits())) ? known
						: new Pooled(provider.limits(), client(name, provider.limits())));
		return new ProviderClient(pooled.client, baseUrl,
				credential.map(secret -> Credentials.of(provider.auth(), secret, options)), this.observations);
	}

	private static HttpClient client(String name, Provider.Limits limits) {
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
		return new ReactorHttpClientBuilder()
			.withHttpClientFactory(
					() -> HttpClient.create(pool).option(ChannelOption.RCVBUF_ALLOCATOR, EgressGuard.SMALL_READS))
			.build(settings);
	}

}
