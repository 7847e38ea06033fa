package dev.heliostat.console;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import dev.heliostat.access.SecretKey;

import org.springframework.http.HttpCookie;
import org.springframework.http.ResponseCookie;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * What keeps a browser signed in: a cookie that holds its key, encrypted, so that every
 * node can read it, no node keeps anything, and a revoked key ends every session.
 */
final class Sessions {

	private static final String PURPOSE = "console-session";

	private static final byte[] CONTEXT = "1".getBytes(StandardCharsets.US_ASCII);

	private static final String NAME = "heliostat_session";

	/** A cookie of this name is never accepted from another host or over plain http. */
	private static final String SECURE_NAME = "__Host-heliostat_session";

	private final SecretKey secret;

	private final Duration life;

	private final BooleanSupplier secure;

	private final Clock clock;

	/**
	 * Makes sessions.
	 * @param life how long one lasts after the last page
	 * @param secure whether the gateway is reached by https
	 */
	Sessions(SecretKey secret, Duration life, BooleanSupplier secure, Clock clock) {
		this.secret = secret;
		this.life = life;
		this.secure = secure;
		this.clock = clock;
	}

	/**
	 * A session that is in force.
	 *
	 * @param key the key that the browser signed in with
	 * @param issuedAt when its cookie was made
	 */
	record Session(String key, Instant issuedAt) {

		/** Shows no key. */
		@Override
		public String toString() {
			return "Session[" + this.issuedAt + "]";
		}

	}

	Optional<Session> read(ServerRequest request) {
		HttpCookie cookie = request.cookies().getFirst(name());
		return (cookie != null) ? open(cookie.getValue()) : Optional.empty();
	}

	private Optional<Session> open(String value) {
		byte[] sealed;
		try {
			sealed = Base64.getUrlDecoder().decode(value);
		}
		catch (IllegalArgumentException ex) {
			return Optional.empty();
		}
		return this.secret.unseal(PURPOSE, CONTEXT, sealed).map(plain -> {
			ByteBuffer buffer = ByteBuffer.wrap(plain);
			Instant issuedAt = Instant.ofEpochMilli(buffer.getLong());
			return new Session(StandardCharsets.UTF_8.decode(buffer).toString(), issuedAt);
		}).filter(session -> session.issuedAt().plus(this.life).isAfter(this.clock.instant()));
	}

	/** Whether the cookie is old enough to be made anew. */
	boolean isDue(Session session) {
		return session.issuedAt().plus(this.life.dividedBy(10)).isBefore(this.clock.instant());
	}

	/** The cookie of a new session, or of one that goes on. */
	ResponseCookie cookie(String key) {
		byte[] text = key.getBytes(StandardCharsets.UTF_8);
		byte[] plain = ByteBuffer.allocate(Long.BYTES + text.length).putLong(this.clock.millis()).put(text).array();
		return cookie(Base64.getUrlEncoder().withoutPadding().encodeToString(this.secret.seal(PURPOSE, CONTEXT, plain)),
				this.life);
	}

	/** The cookie that ends a session. */
	ResponseCookie end() {
		return cookie("", Duration.ZERO);
	}

	private ResponseCookie cookie(String value, Duration age) {
		return ResponseCookie.from(name(), value)
			.httpOnly(true)
			.secure(this.secure.getAsBoolean())
			.sameSite("Strict")
			.path("/")
			.maxAge(age)
			.build();
	}

	private String name() {
		return this.secure.getAsBoolean() ? SECURE_NAME : NAME;
	}

}
