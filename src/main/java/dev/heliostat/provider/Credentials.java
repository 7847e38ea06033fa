package dev.heliostat.provider;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import dev.heliostat.catalog.Provider;

/**
 * Puts a provider's credential to use, in each of the ways that provider files name.
 */
final class Credentials {

	/** Token exchanges and signatures may wait for the network or the disk. */
	private static final Scheduler WAITING = Schedulers.newBoundedElastic(4, 10_000, "heliostat-credentials", 60, true);

	private Credentials() {
	}

	/** What a request passes on its way out. */
	static ExchangeFilterFunction filter(Provider.Auth auth, String credential, Map<String, String> options) {
		return switch (auth.scheme()) {
			case HEADER -> fixed(auth.header(), auth.prefix() + credential);
			case BASIC -> fixed(auth.header(),
					"Basic " + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.UTF_8)));
			case GOOGLE -> new GoogleTokens(credential, WAITING);
			case AWS -> AwsSigning.isKeyPair(credential)
					? new AwsSigning(credential, options.getOrDefault("region", ""), WAITING)
					: fixed("Authorization", "Bearer " + credential);
		};
	}

	private static ExchangeFilterFunction fixed(String header, String value) {
		return (request, next) -> next.exchange(ClientRequest.from(request).header(header, value).build());
	}

}
