package dev.heliostat.provider;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

import dev.heliostat.catalog.Provider;

/**
 * A provider's credential, put to use in one of the ways that provider files name: a
 * header that never changes, or a signature.
 *
 * @param header the header's name; empty where there is a signature
 * @param value the header's value
 * @param signature what is made for each request
 */
record Credentials(String header, String value, @Nullable Signature signature) {

	/** Token exchanges and signatures may wait for the network or the disk. */
	private static final Scheduler WAITING = Schedulers.newBoundedElastic(4, 10_000, "heliostat-credentials", 60, true);

	static Credentials of(Provider.Auth auth, String credential, Map<String, String> options) {
		return switch (auth.scheme()) {
			case HEADER -> new Credentials(auth.header(), auth.prefix() + credential, null);
			case BASIC -> new Credentials(auth.header(),
					"Basic " + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.UTF_8)), null);
			case GOOGLE -> new Credentials("", "", new GoogleTokens(credential, WAITING));
			case AWS -> AwsSigning.isKeyPair(credential)
					? new Credentials("", "", new AwsSigning(credential, options.getOrDefault("region", ""), WAITING))
					: new Credentials("Authorization", "Bearer " + credential, null);
		};
	}

	@Override
	public String toString() {
		return "Credentials[" + this.header + "]";
	}

}
