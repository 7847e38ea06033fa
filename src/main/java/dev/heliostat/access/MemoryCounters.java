package dev.heliostat.access;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import reactor.core.publisher.Mono;

/**
 * Counters in this node's memory. Each of several nodes enforces its share of a limit.
 */
final class MemoryCounters implements LimitCounters {

	private final IntSupplier nodes;

	private final InstantSource clock;

	private final Cache<Limit, SlidingWindow> windows = Caffeine.newBuilder()
		.maximumSize(100_000)
		.expireAfterAccess(Duration.ofHours(2))
		.build();

	private final Map<String, Integer> underWay = new HashMap<>();

	private volatile Runnable look = () -> {
	};

	/**
	 * Makes counters.
	 * @param nodes how many nodes share the limits
	 */
	MemoryCounters(IntSupplier nodes, InstantSource clock) {
		this.nodes = nodes;
		this.clock = clock;
	}

	@Override
	public void onEnd(Runnable look) {
		this.look = look;
	}

	@Override
	public Duration pace() {
		return Duration.ofMillis(20);
	}

	@Override
	public Mono<Try> take(Demand demand) {
		return Mono.just(decide(demand));
	}

	private synchronized Try decide(Demand demand) {
		long now = this.clock.millis();
		int share = Math.max(1, this.nodes.getAsInt());
		long longest = 0;
		String message = "";
		for (Limit limit : demand.limits()) {
			long wait = window(limit).wait(now, demand.of(limit), (double) limit.most() / share);
			if (wait > longest) {
				longest = wait;
				message = Demand.message(limit);
			}
		}
		for (Map.Entry<String, Integer> most : demand.atOnce().entrySet()) {
			if (this.underWay.getOrDefault(most.getKey(), 0) >= Math.max(1, most.getValue() / share)
					&& longest < SOON) {
				longest = SOON;
				message = Demand.message(most);
			}
		}
		return (longest > 0) ? Try.blocked(message, longest) : Try.granted(count(demand));
	}

	/** Counts without asking whether there is room. */
	synchronized Permit count(Demand demand) {
		long now = this.clock.millis();
		demand.limits().forEach(limit -> window(limit).add(now, demand.of(limit)));
		demand.atOnce().keySet().forEach(owner -> this.underWay.merge(owner, 1, Integer::sum));
		return permit(demand);
	}

	private SlidingWindow window(Limit limit) {
		return this.windows.get(limit, absent -> new SlidingWindow(limit.window().toMillis()));
	}

	private Permit permit(Demand demand) {
		AtomicBoolean over = new AtomicBoolean();
		return new Permit() {

			@Override
			public void joined() {
				if (over.compareAndSet(false, true)) {
					giveBack(demand);
					end(demand);
				}
			}

			@Override
			public void ended() {
				if (over.compareAndSet(false, true)) {
					end(demand);
				}
			}

		};
	}

	private synchronized void giveBack(Demand demand) {
		long now = this.clock.millis();
		demand.ofPictures().forEach(limit -> window(limit).add(now, -demand.of(limit)));
	}

	private void end(Demand demand) {
		synchronized (this) {
			demand.atOnce()
				.keySet()
				.forEach(owner -> this.underWay.computeIfPresent(owner,
						(name, count) -> (count > 1) ? count - 1 : null));
		}
		this.look.run();
	}

	@Override
	public Mono<List<Left>> left(List<Limit> limits) {
		return Mono.just(leftNow(limits));
	}

	private synchronized List<Left> leftNow(List<Limit> limits) {
		long now = this.clock.millis();
		int share = Math.max(1, this.nodes.getAsInt());
		return limits.stream().map(limit -> {
			SlidingWindow window = window(limit);
			return new Left(limit, Math.max(0, (double) limit.most() / share - window.count(now)), window.reset(now));
		}).toList();
	}

}
