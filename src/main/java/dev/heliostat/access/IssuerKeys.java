package dev.heliostat.access;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.heliostat.access.AccessProperties.Oidc;
import dev.heliostat.image.GatewayError;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/**
 * The public keys of an identity provider. They are read when a token needs them, and
 * again every few minutes; a token with an unknown key has them read again, but not
 * often. While they cannot be read, those that are known stay good.
 */
final class IssuerKeys {

	private static final Logger logger = LoggerFactory.getLogger(IssuerKeys.class);

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final long GOOD_FOR = Duration.ofMinutes(5).toNanos();

	private static final long PAUSE = Duration.ofSeconds(10).toNanos();

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final Oidc oidc;

	private final WebClient client;

	private final LongSupplier nanos;

	private final AtomicReference<@Nullable Mono<Read>> reading = new AtomicReference<>();

	private volatile @Nullable Read last;

	IssuerKeys(Oidc oidc, WebClient client, LongSupplier nanos) {
		this.oidc = oidc;
		this.client = client;
		this.nanos = nanos;
	}

	/**
	 * What came of reading the keys.
	 *
	 * @param keys those that are known, also from before; empty when none ever were
	 * @param at when they were read, or could not be
	 */
	private record Read(Optional<JWKSet> keys, long at) {
	}

	/** The keys that a token may be signed with. */
	Flux<JWK> candidates(SignedJWT token) {
		return Mono.defer(() -> {
			Read known = this.last;
			if (known == null) {
				return read();
			}
			long age = this.nanos.getAsLong() - known.at;
			boolean has = known.keys.filter(keys -> knows(keys, token)).isPresent();
			return ((has && age < GOOD_FOR) || age < PAUSE) ? Mono.just(known) : read();
		})
			.flatMapIterable(read -> read.keys
				.orElseThrow(() -> new GatewayError.StoreUnavailable(
						"The keys of the identity provider cannot be read at the moment. Try again shortly.")
					.asException())
				.getKeys());
	}

	private static boolean knows(JWKSet keys, SignedJWT token) {
		String id = token.getHeader().getKeyID();
		return id == null || keys.getKeyByKeyId(id) != null;
	}

	/** Reads once for all who wait. */
	private Mono<Read> read() {
		Mono<Read> fresh = Mono.defer(this::fetch)
			.map(text -> new Read(Optional.of(parse(text)), this.nanos.getAsLong()))
			.timeout(TIMEOUT)
			.onErrorResume(error -> {
				logger.warn("The keys of the issuer {} cannot be read: {}", this.oidc.issuer(), error.toString());
				Read before = this.last;
				return Mono.just(new Read((before != null) ? before.keys : Optional.empty(), this.nanos.getAsLong()));
			})
			.doOnNext(read -> {
				this.last = read;
				this.reading.set(null);
			})
			.cache();
		Mono<Read> others = this.reading.compareAndExchange(null, fresh);
		return (others != null) ? others : fresh;
	}

	private Mono<String> fetch() {
		if (this.oidc.jwksUri().startsWith("file:")) {
			return Mono.fromCallable(() -> Files.readString(Path.of(URI.create(this.oidc.jwksUri()))))
				.subscribeOn(Schedulers.boundedElastic());
		}
		Mono<String> uri = this.oidc.jwksUri().isEmpty()
				? get(withoutSlash(this.oidc.issuer()) + "/.well-known/openid-configuration")
					.map(text -> JSON.readTree(text).path("jwks_uri").asString())
				: Mono.just(this.oidc.jwksUri());
		return uri.flatMap(this::get);
	}

	private Mono<String> get(String uri) {
		return token().flatMap(token -> this.client.get().uri(URI.create(uri)).headers(headers -> {
			if (!token.isEmpty()) {
				headers.setBearerAuth(token);
			}
		}).retrieve().bodyToMono(String.class));
	}

	/** Read each time, because such tokens are replaced while the pod runs. */
	private Mono<String> token() {
		return this.oidc.jwksTokenFile().isEmpty() ? Mono.just("")
				: Mono.fromCallable(() -> Files.readString(Path.of(this.oidc.jwksTokenFile())).strip())
					.subscribeOn(Schedulers.boundedElastic());
	}

	private static JWKSet parse(String text) {
		try {
			return JWKSet.parse(text);
		}
		catch (ParseException ex) {
			throw new IllegalStateException("It is no JSON Web Key Set: " + ex.getMessage(), ex);
		}
	}

	private static String withoutSlash(String url) {
		return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
	}

}
