package dev.heliostat.access;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliostat.access.Limit.What;
import dev.heliostat.image.GatewayError;
import reactor.core.publisher.Mono;

/**
 * Limits of keys and projects: how much in a second, minute or hour, and how much at
 * once. Each of several nodes enforces its share of them. Where waiting is configured,
 * requests beyond a limit queue up, and callers take turns.
 */
public final class Limits {

	/** When to look again whether a generation has ended. */
	private static final long SOON = 1000;

	private final LimitProperties properties;

	private final IntSupplier nodes;

	private final InstantSource clock;

	private final LimitQueue queue;

	private final Cache<Limit, SlidingWindow> windows = Caffeine.newBuilder()
		.maximumSize(100_000)
		.expireAfterAccess(Duration.ofHours(2))
		.build();

	private final Map<String, Integer> underWay = new HashMap<>();

	Limits(LimitProperties properties, IntSupplier nodes, InstantSource clock) {
		this.properties = properties;
		this.nodes = nodes;
		this.clock = clock;
		this.queue = new LimitQueue(properties.patience());
	}

	/** What a caller is held to. */
	private record Rules(List<Limit> limits, Map<String, Integer> atOnce) {
	}

	private Rules rules(Caller caller) {
		Rates key = this.properties.ofKey(caller.keyId());
		Rates project = this.properties.ofProject(caller.project());
		String keyName = "key " + caller.keyId();
		String projectName = "project " + caller.project();
		List<Limit> limits = new ArrayList<>(Limit.of(keyName, key));
		limits.addAll(Limit.of(projectName, project));
		Map<String, Integer> atOnce = new LinkedHashMap<>();
		key.atOnce().ifPresent(most -> atOnce.put(keyName, most));
		project.atOnce().ifPresent(most -> atOnce.put(projectName, most));
		return new Rules(limits, atOnce);
	}

	/** A wish that cannot be granted now. */
	record Blocked(String message, Duration after) {
	}

	/** What came of a wish: one of both. */
	record Try(Optional<Permit> permit, Optional<Blocked> blocked) {
	}

	/**
	 * Takes a request out of its caller's limits, at once or after waiting for its turn.
	 * Fails with {@code RateLimited}, or with {@code InvalidValue} where no waiting would
	 * help.
	 */
	public Mono<Permit> acquire(Caller caller, int images, double megapixels) {
		if (this.properties.isEmpty()) {
			return Mono.just(Permit.FREE);
		}
		return Mono.defer(() -> {
			Rules rules = rules(caller);
			rules.limits().forEach(limit -> checkPossible(limit, images, megapixels));
			return this.queue.take(caller.keyId(), () -> take(rules, images, megapixels));
		});
	}

	private static void checkPossible(Limit limit, int images, double megapixels) {
		if (limit.what() == What.IMAGES && images > limit.most()) {
			throw new GatewayError.InvalidValue("n", "n: " + images + " (expected: at most " + limit.most()
					+ ", because " + lower(limit.whose()) + " may make " + limit.words() + ")")
				.asException();
		}
		if (limit.what() == What.MEGAPIXELS && megapixels > limit.most()) {
			throw new GatewayError.InvalidValue("size", "size: " + megapixels + " megapixels in all (expected: at most "
					+ limit.most() + ", because " + lower(limit.whose()) + " may make " + limit.words() + ")")
				.asException();
		}
	}

	private static String lower(String text) {
		return "t" + text.substring(1);
	}

	private synchronized Try take(Rules rules, int images, double megapixels) {
		long now = this.clock.millis();
		int share = Math.max(1, this.nodes.getAsInt());
		long longest = 0;
		Optional<String> message = Optional.empty();
		for (Limit limit : rules.limits()) {
			long wait = window(limit).wait(now, limit.what().of(images, megapixels), (double) limit.most() / share);
			if (wait > longest) {
				longest = wait;
				message = Optional.of(limit.whose() + " may ask for " + limit.words() + ", and has done so.");
			}
		}
		for (Map.Entry<String, Integer> most : rules.atOnce().entrySet()) {
			if (this.underWay.getOrDefault(most.getKey(), 0) >= Math.max(1, most.getValue() / share)
					&& longest < SOON) {
				longest = SOON;
				message = Optional.of((most.getKey().startsWith("key ") ? "This key" : "This project") + " may have "
						+ most.getValue() + " generations under way at once, and has them.");
			}
		}
		if (longest > 0) {
			Duration after = Duration.ofMillis(longest);
			return new Try(Optional.empty(), Optional.of(new Blocked(message.orElseThrow(), after)));
		}
		rules.limits().forEach(limit -> window(limit).add(now, limit.what().of(images, megapixels)));
		rules.atOnce().keySet().forEach(owner -> this.underWay.merge(owner, 1, Integer::sum));
		return new Try(Optional.of(permit(rules, images, megapixels)), Optional.empty());
	}

	private SlidingWindow window(Limit limit) {
		return this.windows.get(limit, absent -> new SlidingWindow(limit.window().toMillis()));
	}

	private Permit permit(Rules rules, int images, double megapixels) {
		AtomicBoolean over = new AtomicBoolean();
		return new Permit() {

			@Override
			public void joined() {
				if (over.compareAndSet(false, true)) {
					giveBack(rules, images, megapixels);
					end(rules);
				}
			}

			@Override
			public void ended() {
				if (over.compareAndSet(false, true)) {
					end(rules);
				}
			}

		};
	}

	private synchronized void giveBack(Rules rules, int images, double megapixels) {
		long now = this.clock.millis();
		rules.limits()
			.stream()
			.filter(limit -> limit.what() != What.REQUESTS)
			.forEach(limit -> window(limit).add(now, -limit.what().of(images, megapixels)));
	}

	private void end(Rules rules) {
		synchronized (this) {
			rules.atOnce()
				.keySet()
				.forEach(owner -> this.underWay.computeIfPresent(owner,
						(name, count) -> (count > 1) ? count - 1 : null));
		}
		this.queue.look();
	}

	/** The limits of a key and its project, in words. */
	public List<String> words(String key, String project) {
		List<String> words = new ArrayList<>();
		words(words, "This key: ", this.properties.ofKey(key));
		words(words, "All keys of the project: ", this.properties.ofProject(project));
		return words;
	}

	/** Every limit that configuration sets, in words. */
	public List<String> configured() {
		List<String> words = new ArrayList<>();
		words(words, "Each key: ", this.properties.eachKey());
		words(words, "Each project: ", this.properties.eachProject());
		this.properties.keys().forEach((id, rates) -> words(words, "Key " + id + ": ", rates));
		this.properties.projects().forEach((id, rates) -> words(words, "Project " + id + ": ", rates));
		return words;
	}

	private static void words(List<String> words, String whose, Rates rates) {
		Limit.of("", rates).forEach(limit -> words.add(whose + limit.words()));
		rates.atOnce().ifPresent(most -> words.add(whose + most + " generations at once"));
	}

	/** What is left of the limits, as OpenAI's headers say it; empty where none is. */
	public Map<String, String> headers(Caller caller) {
		if (this.properties.isEmpty()) {
			return Map.of();
		}
		Map<String, String> headers = new LinkedHashMap<>();
		List<Limit> limits = rules(caller).limits();
		synchronized (this) {
			for (What what : List.of(What.REQUESTS, What.IMAGES)) {
				tightest(limits, what).ifPresent(limit -> {
					headers.put("x-ratelimit-limit-" + what.word(), Long.toString(limit.most()));
					headers.put("x-ratelimit-remaining-" + what.word(), Long.toString((long) Math.floor(left(limit))));
					headers.put("x-ratelimit-reset-" + what.word(), span(window(limit).reset(this.clock.millis())));
				});
			}
		}
		return headers;
	}

	private Optional<Limit> tightest(List<Limit> limits, What what) {
		return limits.stream().filter(limit -> limit.what() == what).min(Comparator.comparingDouble(this::left));
	}

	private double left(Limit limit) {
		double share = (double) limit.most() / Math.max(1, this.nodes.getAsInt());
		return Math.max(0, share - window(limit).count(this.clock.millis()));
	}

	/** A time as OpenAI writes it: {@code 20ms}, {@code 6.5s}, {@code 1m30s}. */
	static String span(long millis) {
		if (millis < 1000) {
			return millis + "ms";
		}
		long minutes = millis / 60_000;
		String seconds = BigDecimal.valueOf(millis % 60_000, 3).stripTrailingZeros().toPlainString() + "s";
		return (minutes >= 60) ? minutes / 60 + "h" + minutes % 60 + "m" + seconds
				: (minutes > 0) ? minutes + "m" + seconds : seconds;
	}

}
