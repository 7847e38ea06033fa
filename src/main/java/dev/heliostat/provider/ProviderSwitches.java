package dev.heliostat.provider;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.access.Actor;
import dev.heliostat.access.AuditLog;
import dev.heliostat.access.Version;
import dev.heliostat.ledger.StoreReads;
import dev.heliostat.nodes.Hint;
import dev.heliostat.nodes.Hints;

/**
 * Which providers operators switched off while running. Kept in the store and looked at
 * every two seconds, so that all nodes follow.
 */
public final class ProviderSwitches implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ProviderSwitches.class);

	private static final Duration PAUSE = Duration.ofSeconds(2);

	private final StoreReads store;

	private final AuditLog audit;

	private final Clock clock;

	private final Hints hints;

	private volatile Map<String, Switch> known = Map.of();

	private volatile boolean failing;

	private final Disposable polling;

	ProviderSwitches(StoreReads store, AuditLog audit, Clock clock, Hints hints) {
		this.hints = hints;
		this.store = store;
		this.audit = audit;
		this.clock = clock;
		refresh().block();
		hints.listen(Hint.SWITCHES, text -> refresh().onErrorResume(this::missed).subscribe());
		this.polling = Flux.interval(PAUSE)
			.onBackpressureDrop()
			.concatMap(tick -> refresh().doOnSuccess(done -> this.failing = false).onErrorResume(this::missed), 1)
			.subscribe();
	}

	/**
	 * What an operator said about a provider.
	 *
	 * @param provider its name
	 * @param enabled whether it may be used
	 * @param version counts the changes; 0 when it was never switched
	 * @param changedAt when that was
	 */
	public record Switch(String provider, boolean enabled, long version, Optional<Instant> changedAt) {
	}

	/** Where the switch of a provider stands. */
	public Switch of(String provider) {
		Switch known = this.known.get(provider);
		return (known != null) ? known : untouched(provider);
	}

	private static Switch untouched(String provider) {
		return new Switch(provider, true, 0, Optional.empty());
	}

	/** Switches a provider on or off; here at once, elsewhere within seconds. */
	public Mono<Switch> set(Actor actor, String provider, boolean enabled, Version version) {
		return this.audit.change(actor, (jdbc, entries) -> {
			Map<String, Switch> all = read(jdbc);
			Switch before = all.getOrDefault(provider, untouched(provider));
			version.check("provider", before.version());
			if (before.enabled() == enabled) {
				return before;
			}
			jdbc.sql("""
					insert into provider_switch (provider, enabled, version, changed_at)
					values (:provider, :enabled, 1, :now)
					on conflict (provider) do update set enabled = excluded.enabled,
					  version = provider_switch.version + 1, changed_at = excluded.changed_at""")
				.param("provider", provider)
				.param("enabled", enabled ? 1 : 0)
				.param("now", this.clock.millis())
				.update();
			entries.add(enabled ? "provider.enable" : "provider.disable", provider, Optional.of(json(before.enabled())),
					json(enabled));
			return read(jdbc).getOrDefault(provider, before);
		}).flatMap(done -> refresh().doOnSuccess(read -> this.hints.tell(Hint.SWITCHES, provider)).thenReturn(done));
	}

	private static ObjectNode json(boolean enabled) {
		return JsonNodeFactory.instance.objectNode().put("enabled", enabled);
	}

	private Mono<Void> refresh() {
		return this.store.query(ProviderSwitches::read).doOnNext(read -> this.known = read).then();
	}

	private static Map<String, Switch> read(JdbcClient jdbc) {
		return jdbc.sql("select * from provider_switch")
			.query((row, number) -> new Switch(row.getString("provider"), row.getLong("enabled") == 1,
					row.getLong("version"), Optional.of(Instant.ofEpochMilli(row.getLong("changed_at")))))
			.list()
			.stream()
			.collect(Collectors.toUnmodifiableMap(Switch::provider, known -> known));
	}

	/** What was known stays in force; the log hears of it once. */
	private Mono<Void> missed(Throwable error) {
		if (!this.failing) {
			this.failing = true;
			logger.warn("The switches of providers cannot be read, those that are known stay in force: {}",
					error.getMessage());
		}
		return Mono.empty();
	}

	@Override
	public void close() {
		this.polling.dispose();
	}

}
