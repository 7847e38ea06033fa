package dev.heliostat.access;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.UnaryOperator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.heliostat.image.GatewayError;
import reactor.core.publisher.Mono;

/**
 * Finds callers by Bearer key: configured keys first, then the store's, remembered for a
 * few seconds so that a revocation is in force everywhere soon.
 */
final class StoredCallers implements Callers {

	private static final Duration REMEMBERED = Duration.ofSeconds(4);

	private static final int LONGEST = 512;

	private static final String SCHEME = "bearer ";

	private final BootstrapKeys configured;

	private final KeyStore stored;

	private final UnaryOperator<Caller> scoped;

	private final Cache<String, Optional<Caller>> remembered;

	/**
	 * Makes a look-up.
	 * @param scoped gives a caller the scopes that configuration has for it
	 */
	StoredCallers(BootstrapKeys configured, KeyStore stored, UnaryOperator<Caller> scoped, Ticker ticker) {
		this.configured = configured;
		this.stored = stored;
		this.scoped = scoped;
		this.remembered = Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(REMEMBERED).ticker(ticker).build();
	}

	@Override
	public Mono<Caller> authenticate(Optional<String> authorization) {
		if (authorization.isEmpty()) {
			return refuse("No API key was sent. Send the header 'Authorization: Bearer <key>'.");
		}
		String header = authorization.get().strip();
		if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
			return refuse("The Authorization header is not of the form 'Bearer <key>'.");
		}
		String key = header.substring(SCHEME.length()).strip();
		if (key.isEmpty() || key.length() > LONGEST) {
			return refuse("The API key is empty or too long. Send the header 'Authorization: Bearer <key>'.");
		}
		byte[] digest = KeyFormat.digest(key);
		Optional<Caller> configuredCaller = this.configured.find(digest);
		if (configuredCaller.isPresent()) {
			return Mono.just(this.scoped.apply(configuredCaller.get()));
		}
		if (KeyFormat.isGenerated(key) && !KeyFormat.isIntact(key)) {
			return refuse("The API key is mistyped or cut off: its checksum does not fit. Copy it again.");
		}
		String hash = HexFormat.of().formatHex(digest);
		Optional<Caller> known = this.remembered.getIfPresent(hash);
		if (known != null) {
			return known.map(Mono::just).orElseGet(StoredCallers::unknown);
		}
		return this.stored.find(hash)
			.map(found -> found.map(this.scoped))
			.doOnNext(found -> this.remembered.put(hash, found))
			.flatMap(found -> found.map(Mono::just).orElseGet(StoredCallers::unknown));
	}

	private static Mono<Caller> unknown() {
		return refuse(
				"The API key is not known here, or was revoked, or has expired. Ask the operator for another one.");
	}

	private static Mono<Caller> refuse(String message) {
		return Mono.error(new GatewayError.InvalidKey(message).asException());
	}

}
