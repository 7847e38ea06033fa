package dev.heliostat.access;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.heliostat.access.LimitCounters.Try;
import dev.heliostat.nodes.Redis;
import dev.heliostat.nodes.RedisConnections;
import dev.heliostat.testing.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Counters in Redis: two nodes count as one, and by halves while it does not answer.
 */
class RedisCountersTest extends LimitCountersContract {

	private static final Duration LONG = Duration.ofMinutes(1);

	private static final Duration SHORT = Duration.ofMillis(900);

	private final RedisServer server = RedisServer.start();

	private final List<Redis> connections = List.of(RedisConnections.open(this.server.url(), "test"),
			RedisConnections.open(this.server.url(), "test"));

	private final AtomicInteger fallbacks = new AtomicInteger();

	private final List<LimitCounters> nodes = List.of(counters(0, LONG), counters(1, LONG));

	private RedisCounters counters(int node, Duration life) {
		return new RedisCounters(this.connections.get(node), new MemoryCounters(() -> 2, Clock.systemUTC()), life,
				this.fallbacks::incrementAndGet);
	}

	@AfterAll
	void stop() {
		this.connections.forEach(Redis::stop);
		this.server.close();
	}

	@Override
	List<LimitCounters> nodes() {
		return this.nodes;
	}

	private int taken(int node, Demand demand, List<Permit> permits) {
		int taken = 0;
		for (int i = 0; i < 50; i++) {
			Try answer = take(node, demand);
			if (answer.permit().isPresent()) {
				permits.add(answer.permit().get());
				taken++;
			}
		}
		return taken;
	}

	@Test
	void oneNodeMayTakeAllOfALimit() {
		Demand demand = demand(anOwner(), 10, 0, 0, 1);
		assertThat(taken(1, demand, new ArrayList<>())).isEqualTo(10);
		assertThat(take(0, demand).blocked()).isPresent();
		assertThat(left(0, demand).getFirst().amount()).isZero();
	}

	@Test
	void whatAKilledNodeHadUnderWayEndsByItself() {
		RedisCounters killed = counters(0, SHORT);
		RedisCounters living = counters(1, SHORT);
		Demand ofKilled = demand(anOwner(), 0, 0, 1, 1);
		Demand ofLiving = demand(anOwner(), 0, 0, 1, 1);
		living.start();
		try {
			assertThat(living.take(ofLiving).block().permit()).isPresent();
			assertThat(killed.take(ofKilled).block().permit()).isPresent();
			assertThat(living.take(ofKilled).block().blocked()).isPresent();
			await().until(() -> living.take(ofKilled).block().permit().isPresent());
			// By now the other one would have ended too.
			assertThat(living.take(ofLiving).block().blocked()).isPresent();
		}
		finally {
			living.stop();
		}
	}

	@Test
	void withoutRedisEachNodeHasItsShareAndAfterwardsAllIsExactAgain() {
		Demand perHour = demand(anOwner(), 20, 0, 0, 1);
		Demand atOnce = demand(anOwner(), 0, 0, 6, 1);
		for (int i = 0; i < 4; i++) {
			assertThat(take(0, perHour).permit()).isPresent();
		}
		Permit before = take(0, atOnce).permit().orElseThrow();
		this.server.stop();
		int earlier = this.fallbacks.get();
		List<Permit> permits = new ArrayList<>();
		// Half of 20, of which 4 were taken while Redis counted.
		assertThat(taken(0, perHour, new ArrayList<>())).isEqualTo(6);
		assertThat(taken(1, perHour, new ArrayList<>())).isEqualTo(10);
		assertThat(taken(0, atOnce, permits)).isEqualTo(2);
		assertThat(taken(1, atOnce, permits)).isEqualTo(3);
		assertThat(this.fallbacks.get()).isGreaterThan(earlier);
		// It comes back empty, and hears what is under way.
		this.server.restart();
		await().until(() -> this.connections.stream().allMatch(Redis::isUp));
		await().until(() -> taken(0, atOnce, permits) == 0 && taken(1, atOnce, permits) == 0);
		before.ended();
		permits.forEach(Permit::ended);
		int again = this.fallbacks.get();
		Demand fresh = demand(anOwner(), 10, 0, 0, 1);
		assertThat(taken(0, fresh, new ArrayList<>())).isEqualTo(10);
		assertThat(taken(1, atOnce, permits)).isEqualTo(6);
		assertThat(take(0, atOnce).blocked()).isPresent();
		assertThat(this.fallbacks.get()).isEqualTo(again);
	}

	@Test
	void aRedisThatIsSilentIsWaitedForOnce() {
		Demand demand = demand(anOwner(), 20, 0, 0, 1);
		take(0, demand);
		this.server.silent(true);
		try {
			assertThat(taken(0, demand, new ArrayList<>())).isEqualTo(9);
		}
		finally {
			this.server.silent(false);
		}
		await().until(() -> this.connections.stream().allMatch(Redis::isUp));
	}

}
