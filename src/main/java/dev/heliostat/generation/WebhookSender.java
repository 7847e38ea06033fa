package dev.heliostat.generation;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookSigningException;
import dev.heliostat.access.SecretKey;
import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.ledger.Webhooks;
import dev.heliostat.ledger.Webhooks.Delivery;
import dev.heliostat.ledger.Webhooks.Due;
import dev.heliostat.media.EgressGuard;
import dev.heliostat.telemetry.GatewayMeters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tells clients of the ends of their generations, signed as Standard Webhooks says. One
 * node sends a message at a time; one that fails is sent again later, by whichever node
 * comes first.
 */
final class WebhookSender implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(WebhookSender.class);

	private static final Duration LOOK = Duration.ofSeconds(1);

	private static final Duration LONGEST_PAUSE = Duration.ofHours(12);

	private static final int AT_ONCE = 16;

	private static final int GONE = 410;

	private final Webhooks webhooks;

	private final WebhookMessages messages;

	private final WebhookView view;

	private final OwnGenerations generations;

	private final Ledger ledger;

	private final EgressGuard guard;

	private final SecretKey secret;

	private final GatewayMeters meters;

	private final WebhookProperties properties;

	private final Clock clock;

	private volatile Disposable looking = Disposables.disposed();

	WebhookSender(Webhooks webhooks, WebhookMessages messages, WebhookView view, OwnGenerations generations,
			Ledger ledger, EgressGuard guard, SecretKey secret, GatewayMeters meters, WebhookProperties properties,
			Clock clock) {
		this.webhooks = webhooks;
		this.messages = messages;
		this.view = view;
		this.generations = generations;
		this.ledger = ledger;
		this.guard = guard;
		this.secret = secret;
		this.meters = meters;
		this.properties = properties;
		this.clock = clock;
	}

	/** How a try ended. */
	private enum Outcome {

		DELIVERED, AGAIN, GIVEN_UP

	}

	private Mono<Void> look() {
		return this.webhooks.due(this.clock.instant(), AT_ONCE)
			.flatMapMany(Flux::fromIterable)
			.flatMap(due -> send(due).onErrorResume(failure -> {
				logger.error("The message about {} could not be prepared", due.generation(), failure);
				return Mono.empty();
			}), AT_ONCE)
			.then()
			.onErrorResume(failure -> {
				logger.warn("Messages that are due cannot be looked up; trying again: {}", failure.getMessage());
				return Mono.empty();
			});
	}

	private Mono<Void> send(Due due) {
		Instant until = this.clock.instant().plus(this.properties.timeout().multipliedBy(2));
		return this.webhooks.claim(due, until)
			.filter(mine -> mine)
			.flatMap(mine -> Mono.zip(this.ledger.find(due.generation()), this.messages.secrets(due.project())))
			.flatMap(found -> post(due, found.getT1().orElseThrow(), found.getT2()))
			.flatMap(delivery -> done(due, delivery));
	}

	private Mono<Delivery> post(Due due, GenerationRecord record, List<String> secrets) {
		Instant now = this.clock.instant();
		URI url = this.secret.unseal(WebhookMessages.URL, due.url())
			.map(plain -> URI.create(new String(plain, StandardCharsets.UTF_8)))
			.orElseThrow(() -> new IllegalStateException("its URL cannot be decrypted"));
		return this.generations.kept(record, Optional.of(AnswerForm.URL))
			.map(this.view::message)
			.flatMap(body -> this.guard.post(url, headers(record, secrets, body, now), body, this.properties.timeout()))
			.map(status -> new Delivery(now, status, isSuccess(status) ? "delivered" : "answered " + status))
			.onErrorResume(failure -> Mono.just(new Delivery(now, 0, reason(failure))));
	}

	/** The id stays the same over all tries, so that receivers know a message again. */
	private static Map<String, String> headers(GenerationRecord record, List<String> secrets, byte[] body,
			Instant now) {
		long ended = record.finishedAt().orElse(now).toEpochMilli();
		String id = "msg_" + record.id().substring(record.id().indexOf('_') + 1) + "_" + ended;
		return signed(id, now, secrets, new String(body, StandardCharsets.UTF_8));
	}

	/** The headers of a message as Standard Webhooks has them. */
	static Map<String, String> signed(String id, Instant now, List<String> secrets, String text) {
		Map<String, String> headers = new HashMap<>();
		headers.put("content-type", "application/json");
		headers.put("webhook-id", id);
		headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
		headers.put("webhook-signature",
				secrets.stream()
					.map(secret -> signature(secret, id, now.getEpochSecond(), text))
					.collect(Collectors.joining(" ")));
		return headers;
	}

	private static String signature(String secret, String id, long at, String body) {
		try {
			return new Webhook(secret).sign(id, at, body);
		}
		catch (WebhookSigningException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isSuccess(int status) {
		return status >= 200 && status < 300;
	}

	private static String reason(Throwable failure) {
		if (failure instanceof TimeoutException) {
			return "no answer in time";
		}
		String message = String.valueOf(failure.getMessage());
		return message.substring(0, Math.min(200, message.length()));
	}

	private Mono<Void> done(Due due, Delivery delivery) {
		int tries = due.tries() + 1;
		Outcome outcome = isSuccess(delivery.status()) ? Outcome.DELIVERED
				: (delivery.status() == GONE || tries >= this.properties.tries()) ? Outcome.GIVEN_UP : Outcome.AGAIN;
		this.meters.webhook(outcome.name().toLowerCase(Locale.ROOT));
		Optional<Instant> again = switch (outcome) {
			case DELIVERED, GIVEN_UP -> Optional.empty();
			case AGAIN -> Optional.of(this.clock.instant().plus(pause(tries)));
		};
		if (outcome == Outcome.GIVEN_UP) {
			logger.warn("The end of {} could not be told: {} after {} tries", due.generation(), delivery.outcome(),
					tries);
		}
		return this.webhooks.tried(due.generation(), delivery, again);
	}

	private Duration pause(int tries) {
		double grown = this.properties.pause().toMillis() * Math.pow(5, tries - 1.0);
		double most = Math.min(grown, LONGEST_PAUSE.toMillis());
		return Duration.ofMillis((long) (most * ThreadLocalRandom.current().nextDouble(0.8, 1.2)));
	}

	private Mono<Void> tidy() {
		return this.webhooks.trim(this.clock.instant().minus(this.properties.retention())).onErrorResume(failure -> {
			logger.warn("Old messages could not be deleted; trying again: {}", failure.getMessage());
			return Mono.empty();
		});
	}

	@Override
	public void start() {
		this.looking = Flux.interval(LOOK)
			.onBackpressureDrop()
			.concatMap(tick -> (tick % 3600 == 0) ? look().then(tidy()) : look(), 1)
			.subscribe();
	}

	@Override
	public void stop() {
		this.looking.dispose();
	}

	@Override
	public boolean isRunning() {
		return !this.looking.isDisposed();
	}

}
