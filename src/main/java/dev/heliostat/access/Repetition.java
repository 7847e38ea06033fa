package dev.heliostat.access;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import dev.heliostat.image.GatewayError;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a repeated creation is known by.
 *
 * @param key a hash of the client's {@code Idempotency-Key}
 * @param fingerprint a hash of what was asked for
 */
public record Repetition(String key, String fingerprint) {

	private static final Duration REMEMBERED = Duration.ofHours(24);

	/**
	 * The id of what the same actor created before under this key. Fails with
	 * {@code IdempotencyMismatch} when that was something else.
	 */
	Optional<String> created(JdbcClient jdbc, Actor actor, Instant now) {
		jdbc.sql("delete from admin_request where created_at < :before")
			.param("before", now.minus(REMEMBERED).toEpochMilli())
			.update();
		Optional<Repeated> found = jdbc.sql("""
				select fingerprint, target from admin_request where actor = :actor and idempotency_key = :key""")
			.param("actor", actor.id())
			.param("key", this.key)
			.query((row, number) -> new Repeated(row.getString("fingerprint"), row.getString("target")))
			.optional();
		if (found.isPresent() && !found.get().fingerprint.equals(this.fingerprint)) {
			throw new GatewayError.IdempotencyMismatch(
					"This Idempotency-Key was used for another request. Use a new one for a new request.")
				.asException();
		}
		return found.map(Repeated::target);
	}

	private record Repeated(String fingerprint, String target) {
	}

	void remember(JdbcClient jdbc, Actor actor, String target, Instant now) {
		jdbc.sql("""
				insert into admin_request (actor, idempotency_key, fingerprint, target, created_at)
				values (:actor, :key, :fingerprint, :target, :now)""")
			.param("actor", actor.id())
			.param("key", this.key)
			.param("fingerprint", this.fingerprint)
			.param("target", target)
			.param("now", now.toEpochMilli())
			.update();
	}

}
