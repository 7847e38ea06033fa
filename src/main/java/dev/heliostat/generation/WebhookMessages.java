package dev.heliostat.generation;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.SecretKey;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Webhooks;
import dev.heliostat.ledger.Webhooks.Delivery;
import reactor.core.publisher.Mono;

/**
 * Messages about the ends of generations: who is to be told, what was sent so far, and
 * the secrets that they are signed with.
 */
public final class WebhookMessages {

	static final String URL = "webhook-url";

	private static final String SECRET = "webhook-secret";

	private static final SecureRandom RANDOM = new SecureRandom();

	private final Webhooks webhooks;

	private final SecretKey secret;

	private final WebhookProperties properties;

	private final Clock clock;

	WebhookMessages(Webhooks webhooks, SecretKey secret, WebhookProperties properties, Clock clock) {
		this.webhooks = webhooks;
		this.secret = secret;
		this.properties = properties;
		this.clock = clock;
	}

	Mono<Void> expect(GenerationRecord record, URI url) {
		return this.webhooks.expect(record.id(), record.project(),
				this.secret.seal(URL, url.toString().getBytes(StandardCharsets.UTF_8)), this.clock.instant());
	}

	/** Every try so far to tell the end of a generation, the first one first. */
	public Mono<List<Delivery>> deliveries(String generation) {
		return this.webhooks.deliveries(generation);
	}

	/**
	 * What a project's messages are signed with, the secret in force first, in the form
	 * of Standard Webhooks: {@code whsec_} and base64. There is more than one while an
	 * earlier one is phased out.
	 */
	public Mono<List<String>> secrets(String project) {
		return this.webhooks.secrets(project, this.clock.instant(), this::fresh)
			.map(sealed -> sealed.stream()
				.map(text -> this.secret.unseal(SECRET, text))
				.flatMap(Optional::stream)
				.map(plain -> new String(plain, StandardCharsets.UTF_8))
				.toList());
	}

	/**
	 * Puts a new secret in force and gives it first. The earlier one signs as well for
	 * {@code heliostat.webhooks.secret-overlap}.
	 */
	public Mono<List<String>> rotate(String project) {
		return this.webhooks.rotate(project, fresh(), this.clock.instant(), this.properties.secretOverlap())
			.then(Mono.defer(() -> secrets(project)));
	}

	private String fresh() {
		byte[] bytes = new byte[32];
		RANDOM.nextBytes(bytes);
		return this.secret.seal(SECRET,
				("whsec_" + Base64.getEncoder().encodeToString(bytes)).getBytes(StandardCharsets.UTF_8));
	}

}
