package dev.heliostat.access;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import dev.heliostat.nodes.Redis;
import dev.heliostat.nodes.RedisUnavailableException;
import dev.heliostat.nodes.Script;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Counters in Redis, exact over all nodes. This node's memory counts along, and decides
 * by the node's share while Redis does not answer. What is under way is said again and
 * again, so that what a killed node had under way ends by itself.
 */
final class RedisCounters implements LimitCounters, SmartLifecycle {

	private static final Script LIMITS = Script.named("limits");

	private static final Script UNDER_WAY = Script.named("under-way");

	private final Redis redis;

	private final MemoryCounters memory;

	private final Duration life;

	private final Runnable fallback;

	private final String node = Long.toHexString(ThreadLocalRandom.current().nextLong());

	private final AtomicLong numbers = new AtomicLong();

	private final Map<String, Set<String>> underWay = new HashMap<>();

	private volatile Disposable renewing = Disposables.disposed();

	/**
	 * Makes counters.
	 * @param life how long a generation counts that nobody speaks of any more
	 * @param fallback told each time that this node decides alone
	 */
	RedisCounters(Redis redis, MemoryCounters memory, Duration life, Runnable fallback) {
		this.redis = redis;
		this.memory = memory;
		this.life = life;
		this.fallback = fallback;
		redis.onRecovery(this::renew);
	}

	@Override
	public void onEnd(Runnable look) {
		this.memory.onEnd(look);
	}

	/** Each look of each waiting caller is a round trip. */
	@Override
	public Duration pace() {
		return Duration.ofMillis(100);
	}

	@Override
	public Mono<Try> take(Demand demand) {
		String id = this.node + '-' + this.numbers.incrementAndGet();
		return ask("take", id, demand).map(answer -> decided(demand, id, answer))
			.onErrorResume(RedisUnavailableException.class, failure -> {
				this.fallback.run();
				return this.memory.take(demand)
					.map(alone -> alone.permit()
						.map(permit -> Try.granted(new SharedPermit(demand, id, permit, false)))
						.orElse(alone));
			});
	}

	/** Requests go on by threads of their own: the connection's has to read answers. */
	private Mono<List<Object>> ask(String what, String id, Demand demand) {
		return Mono.fromCompletionStage(() -> this.redis.run(LIMITS, keys(demand), arguments(what, id, demand)))
			.publishOn(Schedulers.parallel());
	}

	private List<String> keys(Demand demand) {
		List<String> keys = new ArrayList<>();
		demand.limits()
			.forEach(limit -> keys.add(this.redis
				.key("limit:" + limit.owner() + ':' + limit.what().word() + ':' + limit.window().toSeconds())));
		demand.atOnce().keySet().forEach(owner -> keys.add(underWay(owner)));
		return keys;
	}

	private String underWay(String owner) {
		return this.redis.key("under-way:" + owner);
	}

	private List<String> arguments(String what, String id, Demand demand) {
		List<String> arguments = new ArrayList<>(
				List.of(what, id, Long.toString(this.life.toMillis()), Integer.toString(demand.limits().size())));
		for (Limit limit : demand.limits()) {
			arguments.add(Long.toString(limit.window().toMillis()));
			arguments.add(Double.toString(demand.of(limit)));
			arguments.add(Long.toString(limit.most()));
		}
		demand.atOnce().values().forEach(most -> arguments.add(most.toString()));
		return arguments;
	}

	private Try decided(Demand demand, String id, List<Object> answer) {
		if (number(answer.get(0)) == 1) {
			return Try.granted(new SharedPermit(demand, id, this.memory.count(demand), true));
		}
		int which = (int) number(answer.get(1)) - 1;
		String message = (which < demand.limits().size()) ? Demand.message(demand.limits().get(which))
				: Demand.message(List.copyOf(demand.atOnce().entrySet()).get(which - demand.limits().size()));
		return Try.blocked(message, number(answer.get(2)));
	}

	private static long number(Object answer) {
		return (answer instanceof Long number) ? number : Math.round(Double.parseDouble(answer.toString()));
	}

	@Override
	public Mono<List<Left>> left(List<Limit> limits) {
		if (limits.isEmpty()) {
			return Mono.just(List.of());
		}
		return ask("look", "", new Demand(limits, Map.of(), 0, 0)).map(answer -> {
			List<Left> left = new ArrayList<>();
			for (int i = 0; i < limits.size(); i++) {
				double count = Double.parseDouble(answer.get(3 + 2 * i).toString());
				left.add(new Left(limits.get(i), Math.max(0, limits.get(i).most() - count),
						number(answer.get(4 + 2 * i))));
			}
			return left;
		}).onErrorResume(RedisUnavailableException.class, failure -> this.memory.left(limits));
	}

	/** What is counted in both places. */
	private final class SharedPermit implements Permit {

		private final Demand demand;

		private final String id;

		private final Permit here;

		private final boolean counted;

		private final AtomicBoolean over = new AtomicBoolean();

		/** Makes a permit; {@code counted} where Redis counts its windows. */
		SharedPermit(Demand demand, String id, Permit here, boolean counted) {
			this.demand = demand;
			this.id = id;
			this.here = here;
			this.counted = counted;
			synchronized (RedisCounters.this) {
				demand.atOnce()
					.keySet()
					.forEach(owner -> RedisCounters.this.underWay.computeIfAbsent(owner, absent -> new HashSet<>())
						.add(id));
			}
		}

		@Override
		public void joined() {
			if (this.over.compareAndSet(false, true)) {
				end(this.counted ? this.demand.ofPictures() : List.of());
				this.here.joined();
			}
		}

		@Override
		public void ended() {
			if (this.over.compareAndSet(false, true)) {
				end(List.of());
				this.here.ended();
			}
		}

		/** Under the lock, so that no renewal brings it back behind its end. */
		private void end(List<Limit> back) {
			if (back.isEmpty() && this.demand.atOnce().isEmpty()) {
				return;
			}
			Demand rest = new Demand(back, this.demand.atOnce(), this.demand.images(), this.demand.megapixels());
			synchronized (RedisCounters.this) {
				this.demand.atOnce()
					.keySet()
					.forEach(owner -> RedisCounters.this.underWay.computeIfPresent(owner, (name, ids) -> {
						ids.remove(this.id);
						return ids.isEmpty() ? null : ids;
					}));
				// Where this gets lost, the entry ends by itself.
				RedisCounters.this.redis.run(LIMITS, keys(rest), arguments("back", this.id, rest));
			}
		}

	}

	private synchronized void renew() {
		this.underWay.forEach((owner, ids) -> {
			List<String> arguments = new ArrayList<>();
			arguments.add(Long.toString(this.life.toMillis()));
			arguments.addAll(ids);
			this.redis.run(UNDER_WAY, List.of(underWay(owner)), arguments);
		});
	}

	@Override
	public void start() {
		this.renewing = Flux.interval(this.life.dividedBy(3)).onBackpressureDrop().subscribe(tick -> renew());
	}

	/** After the generations that are under way. */
	@Override
	public void stop() {
		this.renewing.dispose();
	}

	@Override
	public boolean isRunning() {
		return !this.renewing.isDisposed();
	}

	@Override
	public int getPhase() {
		return 100;
	}

}
