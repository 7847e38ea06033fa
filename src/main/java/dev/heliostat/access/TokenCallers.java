package dev.heliostat.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.proc.JWKSecurityContext;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import dev.heliostat.access.AccessProperties.Oidc;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Callers by tokens of an identity provider, such as those that Kubernetes gives to pods:
 * the subject is the caller, and a claim says the project.
 */
final class TokenCallers {

	private static final Pattern FORM = Pattern.compile("eyJ[\\w-]{1,4000}\\.[\\w-]{1,8000}\\.[\\w-]{0,2000}");

	/** How long a token that was good is believed; its own end counts all the same. */
	private static final Duration BELIEVED = Duration.ofSeconds(60);

	private final Oidc oidc;

	private final ReactiveJwtDecoder decoder;

	private final TokenProjects projects;

	private final Clock clock;

	private final Cache<String, Jwt> believed = Caffeine.newBuilder()
		.maximumSize(10_000)
		.expireAfterWrite(BELIEVED)
		.build();

	TokenCallers(Oidc oidc, IssuerKeys keys, TokenProjects projects, Clock clock) {
		this.oidc = oidc;
		this.projects = projects;
		this.clock = clock;
		NimbusReactiveJwtDecoder nimbus = NimbusReactiveJwtDecoder.withJwkSource(keys::candidates)
			.jwtProcessorCustomizer(processor -> processor.setJWSKeySelector(
					new JWSVerificationKeySelector<>(algorithms(oidc.algorithms()), TokenCallers::offered)))
			.build();
		JwtTimestampValidator times = new JwtTimestampValidator(oidc.clockSkew());
		times.setClock(clock);
		nimbus.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
				List.of(times, new JwtIssuerValidator(oidc.issuer()), audience(oidc.audiences()), complete(oidc))));
		this.decoder = nimbus;
	}

	private static List<JWK> offered(JWKSelector selector, JWKSecurityContext context) {
		return selector.select(new JWKSet(context.getKeys()));
	}

	/**
	 * Only signatures with key pairs: what has a public key can never be made with it.
	 */
	private static Set<JWSAlgorithm> algorithms(List<String> names) {
		return names.stream().map(name -> {
			JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
			if (!JWSAlgorithm.Family.SIGNATURE.contains(algorithm)) {
				throw new DeclaredKeyException("heliostat.access.oidc.algorithms: " + name
						+ " (expected: some of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA)");
			}
			return algorithm;
		}).collect(Collectors.toUnmodifiableSet());
	}

	private static OAuth2TokenValidator<Jwt> audience(List<String> audiences) {
		return token -> (token.getAudience() != null && token.getAudience().stream().anyMatch(audiences::contains))
				? OAuth2TokenValidatorResult.success() : failure("it is for another audience");
	}

	/** A token without an end would be good for ever. */
	private static OAuth2TokenValidator<Jwt> complete(Oidc oidc) {
		return token -> {
			if (token.getExpiresAt() == null) {
				return failure("it has no end (exp)");
			}
			String subject = token.getClaimAsString(oidc.subjectClaim());
			return (subject == null || subject.isBlank() || subject.length() > 250)
					? failure("its claim " + oidc.subjectClaim() + " is missing or too long")
					: OAuth2TokenValidatorResult.success();
		};
	}

	private static OAuth2TokenValidatorResult failure(String description) {
		return OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", description, null));
	}

	/** Whether a text looks like a token. */
	static boolean isToken(String text) {
		return FORM.matcher(text).matches();
	}

	/** The caller that a token stands for; fails with {@code InvalidKey}. */
	Mono<Caller> caller(String token) {
		return Mono.defer(() -> {
			String digest = HexFormat.of().formatHex(KeyFormat.digest(token));
			Jwt known = this.believed.getIfPresent(digest);
			if (known != null && isInTime(known)) {
				return Mono.just(known);
			}
			return this.decoder.decode(token)
				.subscribeOn(Schedulers.boundedElastic())
				.doOnNext(decoded -> this.believed.put(digest, decoded))
				.onErrorMap(JwtException.class, this::refusal);
		}).flatMap(decoded -> this.projects.of(decoded).map(project -> caller(decoded, project)));
	}

	private boolean isInTime(Jwt token) {
		Instant end = token.getExpiresAt();
		return end != null && end.plus(this.oidc.clockSkew()).isAfter(this.clock.instant());
	}

	private Caller caller(Jwt token, Project project) {
		List<Scope> scopes = this.oidc.scopes().equals(Scope.ALL) ? List.of() : List.of(this.oidc.scopes());
		Caller caller = new Caller("oidc:" + token.getClaimAsString(this.oidc.subjectClaim()), project.id(),
				this.oidc.kind(), scopes);
		return KnownProjects.within(caller, project);
	}

	/** Says what is wrong with a token, as far as its bearer may know. */
	private Throwable refusal(JwtException error) {
		for (Throwable cause = error; cause != null; cause = cause.getCause()) {
			if (cause instanceof GatewayException known) {
				return known;
			}
		}
		String reason = "it is not signed by a key of the issuer, or in a way that is not accepted";
		if (error instanceof JwtValidationException invalid) {
			reason = invalid.getErrors().stream().map(OAuth2Error::getDescription).collect(Collectors.joining(", "));
		}
		else if (!(error instanceof BadJwtException)) {
			reason = "it cannot be read";
		}
		return new GatewayError.InvalidKey("The token is refused: " + reason + ". Send a token of " + this.oidc.issuer()
				+ " for one of " + this.oidc.audiences() + ".")
			.asException();
	}

}
