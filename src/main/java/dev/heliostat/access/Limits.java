package dev.heliostat.access;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.heliostat.access.Limit.What;
import dev.heliostat.access.LimitCounters.Left;
import dev.heliostat.image.GatewayError;
import reactor.core.publisher.Mono;

/**
 * Limits of keys and projects: how much in a second, minute or hour, and how much at
 * once. Where waiting is configured, requests beyond a limit queue up, and callers take
 * turns.
 */
public final class Limits {

	private final LimitRules properties;

	private final LimitCounters counters;

	private final LimitQueue queue;

	Limits(LimitRules properties, LimitCounters counters) {
		this.properties = properties;
		this.counters = counters;
		this.queue = new LimitQueue(properties.patience(), counters.pace());
		counters.onEnd(this.queue::look);
	}

	private Demand demand(Caller caller, int images, double megapixels) {
		Rates key = this.properties.ofKey(caller.keyId());
		Rates project = this.properties.ofProject(caller.project());
		String keyName = "key " + caller.keyId();
		String projectName = "project " + caller.project();
		List<Limit> limits = new ArrayList<>(Limit.of(keyName, key));
		limits.addAll(Limit.of(projectName, project));
		Map<String, Integer> atOnce = new LinkedHashMap<>();
		key.atOnce().ifPresent(most -> atOnce.put(keyName, most));
		project.atOnce().ifPresent(most -> atOnce.put(projectName, most));
		return new Demand(limits, atOnce, images, megapixels);
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
			Demand demand = demand(caller, images, megapixels);
			demand.limits().forEach(limit -> checkPossible(limit, images, megapixels));
			if (demand.limits().isEmpty() && demand.atOnce().isEmpty()) {
				return Mono.just(Permit.FREE);
			}
			return this.queue.take(caller.keyId(), () -> this.counters.take(demand));
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

	/** Whether a request of a key waits for its turn. */
	boolean hasWaiting(String keyId) {
		return this.queue.hasWaiting(keyId);
	}

	/** Whether it is found out just now who may pass. */
	boolean isLooking() {
		return this.queue.isLooking();
	}

	/** The limits of a key and its project, in words. */
	public List<String> words(String key, String project) {
		List<String> words = new ArrayList<>();
		words(words, "This key: ", this.properties.ofKey(key));
		words(words, "All keys of the project: ", this.properties.ofProject(project));
		return words;
	}

	/** Every limit that is in force, in words. */
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
	public Mono<Map<String, String>> headers(Caller caller) {
		if (this.properties.isEmpty()) {
			return Mono.just(Map.of());
		}
		return this.counters.left(demand(caller, 0, 0).limits()).map(all -> {
			Map<String, String> headers = new LinkedHashMap<>();
			for (What what : List.of(What.REQUESTS, What.IMAGES)) {
				all.stream()
					.filter(left -> left.limit().what() == what)
					.min(Comparator.comparingDouble(Left::amount))
					.ifPresent(left -> {
						headers.put("x-ratelimit-limit-" + what.word(), Long.toString(left.limit().most()));
						headers.put("x-ratelimit-remaining-" + what.word(),
								Long.toString((long) Math.floor(left.amount())));
						headers.put("x-ratelimit-reset-" + what.word(), span(left.reset()));
					});
			}
			return headers;
		});
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
