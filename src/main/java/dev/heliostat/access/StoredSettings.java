package dev.heliostat.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.heliostat.ledger.StoreReads;
import dev.heliostat.nodes.Hint;
import dev.heliostat.nodes.Hints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The limits and retentions that operators gave keys and projects through the API, in
 * memory. They are looked up again when their revision has changed, so a change is in
 * force everywhere within seconds; what configuration says of one id comes before them.
 */
public final class StoredSettings implements LimitRules, SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(StoredSettings.class);

	private static final String REVISION = "access";

	private static final Duration LOOK = Duration.ofSeconds(2);

	private final StoreReads store;

	private final LimitProperties configured;

	private final Hints hints;

	private volatile Known known = new Known(-1, Map.of(), Map.of(), Map.of());

	private volatile Disposable looking = Disposables.disposed();

	StoredSettings(StoreReads store, LimitProperties configured, Hints hints) {
		this.store = store;
		this.hints = hints;
		this.configured = configured;
	}

	/** What was looked up. */
	private record Known(long revision, Map<String, Rates> keys, Map<String, Rates> projects,
			Map<String, Retention> retentions) {
	}

	@Override
	public Duration patience() {
		return this.configured.patience();
	}

	@Override
	public boolean isEmpty() {
		return this.configured.isEmpty() && this.known.keys.isEmpty() && this.known.projects.isEmpty();
	}

	@Override
	public Rates ofKey(String id) {
		return this.configured.keys().containsKey(id) ? this.configured.ofKey(id)
				: this.known.keys.getOrDefault(id, this.configured.eachKey());
	}

	@Override
	public Rates ofProject(String id) {
		return this.configured.projects().containsKey(id) ? this.configured.ofProject(id)
				: this.known.projects.getOrDefault(id, this.configured.eachProject());
	}

	@Override
	public Rates eachKey() {
		return this.configured.eachKey();
	}

	@Override
	public Rates eachProject() {
		return this.configured.eachProject();
	}

	@Override
	public Map<String, Rates> keys() {
		return both(this.known.keys, this.configured.keys());
	}

	@Override
	public Map<String, Rates> projects() {
		return both(this.known.projects, this.configured.projects());
	}

	private static Map<String, Rates> both(Map<String, Rates> stored, Map<String, Rates> configured) {
		Map<String, Rates> both = new TreeMap<>(stored);
		both.putAll(configured);
		return both;
	}

	/** How long what a project's requests hold is kept, as its operators say. */
	public Retention retention(String project) {
		return this.known.retentions.getOrDefault(project, Retention.UNSAID);
	}

	/** Lets all nodes see a change. */
	static void changed(JdbcClient jdbc) {
		jdbc.sql("update revision set number = number + 1 where name = :name").param("name", REVISION).update();
	}

	/** Puts in force here what was changed. */
	Mono<Void> reload() {
		return this.store.query(StoredSettings::read).doOnNext(this::accept).then();
	}

	/**
	 * The same, and gives what was changed; where the store does not answer just then,
	 * the next look has it.
	 */
	<T> Mono<T> reloaded(T changed) {
		return look().thenReturn(changed);
	}

	/** An older look that comes back later changes nothing. */
	private synchronized void accept(Known read) {
		if (read.revision >= this.known.revision) {
			this.known = read;
		}
	}

	/** The revision first: what changes in between shows as another one. */
	private static Known read(JdbcClient jdbc) {
		long revision = revision(jdbc);
		Map<String, Rates> keys = new HashMap<>();
		jdbc.sql("select id, limits from access_key where limits is not null").query(row -> {
			keys.put(row.getString("id"), LimitJson.rates(row.getString("limits")));
		});
		Map<String, Rates> projects = new HashMap<>();
		jdbc.sql("select id, limits from project where limits is not null").query(row -> {
			projects.put(row.getString("id"), LimitJson.rates(row.getString("limits")));
		});
		Map<String, Retention> retentions = new HashMap<>();
		jdbc.sql("select * from project where prompt_millis is not null or media_millis is not null").query(row -> {
			retentions.put(row.getString("id"), retention(row));
		});
		return new Known(revision, keys, projects, retentions);
	}

	private static long revision(JdbcClient jdbc) {
		return jdbc.sql("select number from revision where name = :name")
			.param("name", REVISION)
			.query(Long.class)
			.single();
	}

	static Retention retention(ResultSet row) throws SQLException {
		return new Retention(duration(row, "prompt_millis"), duration(row, "media_millis"));
	}

	private static Optional<Duration> duration(ResultSet row, String column) throws SQLException {
		long millis = row.getLong(column);
		return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
	}

	private Mono<Void> look() {
		return this.store.query(StoredSettings::revision)
			.filter(number -> number != this.known.revision)
			.flatMap(changed -> reload())
			.onErrorResume(failure -> {
				logger.warn("Limits cannot be looked up; those known stay in force: {}", failure.getMessage());
				return Mono.empty();
			});
	}

	@Override
	public void start() {
		reload().block(Duration.ofSeconds(30));
		this.hints.listen(Hint.CALLERS, text -> look().subscribe());
		this.looking = Flux.interval(LOOK).onBackpressureDrop().concatMap(tick -> look(), 1).subscribe();
	}

	@Override
	public void stop() {
		this.looking.dispose();
	}

	@Override
	public boolean isRunning() {
		return !this.looking.isDisposed();
	}

	/** Before anything is served. */
	@Override
	public int getPhase() {
		return 100;
	}

}
