package dev.heliostat.generation;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

import dev.heliostat.access.SecretKey;
import dev.heliostat.access.StoredSettings;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.KeptPrompts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps the prompts of projects that want it, encrypted, and deletes them when their time
 * is over. Nothing waits for it and nothing fails by it.
 */
final class Prompts implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Prompts.class);

	private static final String PURPOSE = "prompt";

	private final KeptPrompts kept;

	private final StoredSettings settings;

	private final PromptProperties properties;

	private final SecretKey secret;

	private final Clock clock;

	private volatile Disposable purging = Disposables.disposed();

	Prompts(KeptPrompts kept, StoredSettings settings, PromptProperties properties, SecretKey secret, Clock clock) {
		this.kept = kept;
		this.settings = settings;
		this.properties = properties;
		this.secret = secret;
		this.clock = clock;
	}

	/** What configuration says of a project comes first, then what its operators say. */
	private Duration time(String project) {
		return Optional.ofNullable(this.properties.keep().get(project))
			.or(() -> this.settings.retention(project).prompts())
			.orElse(Duration.ZERO);
	}

	/** Keeps an order's prompt where its project wants that. */
	void keep(String id, Order order) {
		Duration time = time(order.caller().project());
		String prompt = order.request().prompt();
		if (!time.isPositive() || prompt.isEmpty()) {
			return;
		}
		this.kept
			.keep(id, order.caller().project(), this.secret.seal(PURPOSE, prompt.getBytes(StandardCharsets.UTF_8)),
					this.clock.instant(), time)
			.subscribe(null,
					failure -> logger.warn("The prompt of {} could not be kept: {}", id, failure.getMessage()));
	}

	/** The kept prompt of a generation; empty where there is none any more. */
	Mono<Optional<String>> of(GenerationRecord record) {
		return this.kept.find(record.id(), this.clock.instant())
			.map(found -> found.flatMap(sealed -> this.secret.unseal(PURPOSE, sealed))
				.map(plain -> new String(plain, StandardCharsets.UTF_8)))
			.onErrorReturn(Optional.empty());
	}

	Mono<Void> forget(String id) {
		return this.kept.forget(id);
	}

	@Override
	public void start() {
		this.purging = Flux.interval(this.properties.purgeEvery())
			.onBackpressureDrop()
			.concatMap(tick -> this.kept.purge(this.clock.instant()).onErrorResume(failure -> {
				logger.warn("Prompts whose time is over could not be deleted; trying again: {}", failure.getMessage());
				return Mono.empty();
			}), 1)
			.subscribe();
	}

	@Override
	public void stop() {
		this.purging.dispose();
	}

	@Override
	public boolean isRunning() {
		return !this.purging.isDisposed();
	}

	/** After the store, before anything is served. */
	@Override
	public int getPhase() {
		return 500;
	}

}
