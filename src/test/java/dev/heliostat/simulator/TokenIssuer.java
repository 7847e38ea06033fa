package dev.heliostat.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;

/**
 * An identity provider: it has keys, shows the public ones, and issues tokens such as
 * Kubernetes gives to pods.
 */
public final class TokenIssuer implements AutoCloseable {

	private final HttpServer server;

	private final AtomicInteger reads = new AtomicInteger();

	private final RSAKey key = newKey("key-1");

	private final RSAKey other = newKey("key-unknown");

	private volatile int status = 200;

	public TokenIssuer() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/", exchange -> {
			boolean keys = exchange.getRequestURI().getPath().equals("/jwks");
			String body = keys ? new JWKSet(this.key.toPublicJWK()).toString()
					: "{\"issuer\": \"" + issuer() + "\", \"jwks_uri\": \"" + issuer() + "/jwks\"}";
			if (keys) {
				this.reads.incrementAndGet();
			}
			byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("content-type", "application/json");
			exchange.sendResponseHeaders(this.status, bytes.length);
			exchange.getResponseBody().write(bytes);
			exchange.close();
		});
		this.server.start();
	}

	private static RSAKey newKey(String id) {
		try {
			return new RSAKeyGenerator(2048).keyID(id).generate();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public String issuer() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	/** How often its keys were read. */
	public int reads() {
		return this.reads.get();
	}

	/** What it answers from now on when its keys are read. */
	public void answers(int status) {
		this.status = status;
	}

	/** Claims as Kubernetes writes them, changed by a test. */
	private JWTClaimsSet claims(String namespace, Consumer<JWTClaimsSet.Builder> change) {
		Instant now = Instant.now();
		JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder().issuer(issuer())
			.subject("system:serviceaccount:" + namespace + ":web")
			.audience(List.of("heliostat"))
			.issueTime(Date.from(now))
			.expirationTime(Date.from(now.plusSeconds(600)))
			.claim("kubernetes.io", Map.of("namespace", namespace, "serviceaccount", Map.of("name", "web")));
		change.accept(claims);
		return claims.build();
	}

	public String token(String namespace) {
		return token(namespace, claims -> {
		});
	}

	public String token(String namespace, Consumer<JWTClaimsSet.Builder> change) {
		return signed(this.key, claims(namespace, change));
	}

	private static String signed(RSAKey key, JWTClaimsSet claims) {
		try {
			SignedJWT token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
					claims);
			token.sign(new RSASSASigner(key));
			return token.serialize();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** A token with the id of the right key, signed by another one. */
	public String forged(String namespace) {
		return signed(new RSAKey.Builder(this.other).keyID(this.key.getKeyID()).build(), claims(namespace, claims -> {
		}));
	}

	/** A token signed by a key that nobody has heard of. */
	public String ofUnknownKey(String namespace) {
		return signed(this.other, claims(namespace, claims -> {
		}));
	}

	/** A token without a signature. */
	public String unsigned(String namespace) {
		return new PlainJWT(claims(namespace, claims -> {
		})).serialize();
	}

	/** A token that takes the public key for a shared secret. */
	public String confused(String namespace) {
		try {
			SignedJWT token = new SignedJWT(
					new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(this.key.getKeyID()).build(),
					claims(namespace, claims -> {
					}));
			token.sign(new MACSigner(this.key.toRSAPublicKey().getEncoded()));
			return token.serialize();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
