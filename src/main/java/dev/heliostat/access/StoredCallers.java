package dev.heliostat.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.heliostat.access.KeyStore.Known;
import dev.heliostat.image.GatewayError;
import reactor.core.publisher.Mono;

/**
 * Finds callers by Bearer key: configured keys first, then the store's, remembered for a
 * few seconds so that a revocation is in force everywhere soon. Secrets are compared as
 * SHA-256, so how long a look-up takes says nothing about them.
 */
final class StoredCallers implements Callers {

	private static final Duration REMEMBERED = Duration.ofSeconds(4);

	private static final int LONGEST = 512;

	private static final String SCHEME = "bearer ";

	private final DeclaredKeys configured;

	private final KeyStore stored;

	private final Optional<TokenCallers> tokens;

	private final KnownProjects projects;

	private final UnaryOperator<Caller> scoped;

	private final Clock clock;

	private final Cache<String, Optional<Known>> remembered;

	private final AtomicLong changes = new AtomicLong();

	/**
	 * Makes a look-up.
	 * @param tokens judges tokens of an identity provider; empty where there is none
	 * @param projects says what configured keys may use by their projects
	 * @param scoped gives a caller the scopes that configuration has for it
	 */
	StoredCallers(DeclaredKeys configured, KeyStore stored, Optional<TokenCallers> tokens, KnownProjects projects,
			UnaryOperator<Caller> scoped, Clock clock, Ticker ticker) {
		this.configured = configured;
		this.stored = stored;
		this.tokens = tokens;
		this.projects = projects;
		this.scoped = scoped;
		this.clock = clock;
		this.remembered = Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(REMEMBERED).ticker(ticker).build();
	}

	@Override
	public Mono<Caller> authenticate(Optional<String> authorization) {
		if (authorization.isEmpty()) {
			return refuse("No API key was sent. Send the header 'Authorization: Bearer <key>'.");
		}
		String header = authorization.get().strip();
		if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
			return refuse("The Authorization header is not of the form 'Bearer <key>'.");
		}
		String key = header.substring(SCHEME.length()).strip();
		boolean isToken = this.tokens.isPresent() && TokenCallers.isToken(key);
		if (key.isEmpty() || (key.length() > LONGEST && !isToken)) {
			return refuse("The API key is empty or too long. Send the header 'Authorization: Bearer <key>'.");
		}
		byte[] digest = KeyFormat.digest(key);
		Optional<Caller> configuredCaller = this.configured.find(digest);
		if (configuredCaller.isPresent()) {
			Caller caller = configuredCaller.get();
			return this.projects.configured(caller.project())
				.map(project -> this.scoped
					.apply(project.map(known -> KnownProjects.within(caller, known)).orElse(caller)));
		}
		if (isToken) {
			return this.tokens.get().caller(key).map(this.scoped);
		}
		if (KeyFormat.isGenerated(key) && !KeyFormat.isIntact(key)) {
			return refuse("The API key is mistyped or cut off: its checksum does not fit. Copy it again.");
		}
		return find(HexFormat.of().formatHex(digest)).map(this::judge);
	}

	private Mono<Optional<Known>> find(String hash) {
		Optional<Known> known = this.remembered.getIfPresent(hash);
		if (known != null) {
			return Mono.just(known);
		}
		return Mono.defer(() -> {
			long before = this.changes.get();
			return this.stored.find(hash).doOnNext(found -> {
				this.remembered.put(hash, found);
				if (this.changes.get() != before) {
					// Read before the change, perhaps.
					this.remembered.invalidate(hash);
				}
			});
		});
	}

	private Caller judge(Optional<Known> found) {
		if (found.isEmpty()) {
			throw invalid(
					"The API key is not known here. Check that it was copied whole; the operator can make another one.");
		}
		Known known = found.get();
		if (known.refusal().isPresent()) {
			throw invalid(known.refusal().get());
		}
		if (known.until() <= this.clock.millis()) {
			throw invalid("The API key expired on " + Instant.ofEpochMilli(known.until())
					+ ". Ask the operator for another one.");
		}
		if (known.archived()) {
			throw archived(known.caller().project());
		}
		return this.scoped.apply(known.caller());
	}

	static RuntimeException archived(String project) {
		return new GatewayError.KeyNotAllowed("The project '" + project
				+ "' of this key is archived. Ask the operator to restore it, or use a key of another project.")
			.asException();
	}

	/** Forgets what was looked up, because somebody changed something. */
	void forget() {
		this.changes.incrementAndGet();
		// One by one: all at once would wait for a lock.
		this.remembered.asMap().keySet().forEach(this.remembered::invalidate);
	}

	private static RuntimeException invalid(String message) {
		return new GatewayError.InvalidKey(message).asException();
	}

	private static Mono<Caller> refuse(String message) {
		return Mono.error(invalid(message));
	}

}
