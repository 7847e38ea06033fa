package dev.heliostat.provider;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

import org.springframework.web.reactive.function.client.WebClient;
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

	/** Lets every request of a client carry the credential. */
	static void apply(WebClient.Builder client, Provider.Auth auth, String credential, Map<String, String> options) {
		switch (auth.scheme()) {
			case HEADER -> client.defaultHeader(auth.header(), auth.prefix() + credential);
			case BASIC -> client.defaultHeader(auth.header(),
					"Basic " + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.UTF_8)));
			case GOOGLE -> client.filter(new GoogleTokens(credential, WAITING));
			case AWS -> {
				if (AwsSigning.isKeyPair(credential)) {
					client.filter(new AwsSigning(credential, options.getOrDefault("region", ""), WAITING));
				}
				else {
					client.defaultHeader("Authorization", "Bearer " + credential);
				}
			}
		}
	}

}
