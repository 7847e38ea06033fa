package dev.heliostat.access;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import dev.heliostat.access.Limit.What;
import dev.heliostat.access.LimitCounters.Left;
import dev.heliostat.access.LimitCounters.Try;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What counters of two nodes have to hold, wherever they count. Windows of an hour do not
 * slide noticeably while a test runs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LimitCountersContract {

	private static final AtomicInteger OWNERS = new AtomicInteger();

	/** Of a test alone. */
	final String owner = "key " + OWNERS.incrementAndGet();

	private int owners;

	/** The counters of both nodes. */
	abstract List<LimitCounters> nodes();

	Demand demand(String owner, long requests, long images, int atOnce, int pictures) {
		List<Limit> limits = new ArrayList<>();
		if (requests > 0) {
			limits.add(new Limit(owner, What.REQUESTS, Duration.ofHours(1), requests));
		}
		if (images > 0) {
			limits.add(new Limit(owner, What.IMAGES, Duration.ofHours(1), images));
		}
		return new Demand(limits, (atOnce > 0) ? Map.of(owner, atOnce) : Map.of(), pictures, pictures);
	}

	String anOwner() {
		return this.owner + "-" + ++this.owners;
	}

	Try take(int node, Demand demand) {
		return nodes().get(node).take(demand).block();
	}

	private List<Try> atOnce(int requests, Demand demand) {
		try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
			List<CompletableFuture<Try>> answers = new ArrayList<>();
			for (int i = 0; i < requests; i++) {
				int node = i % 2;
				answers.add(CompletableFuture.supplyAsync(() -> take(node, demand), clients));
			}
			return answers.stream().map(CompletableFuture::join).toList();
		}
	}

	@Test
	void ofManyAtOnceExactlyThoseOfTheLimitPass() {
		Demand demand = demand(anOwner(), 20, 0, 0, 1);
		List<Try> answers = atOnce(200, demand);
		assertThat(answers).filteredOn(answer -> answer.permit().isPresent()).hasSize(20);
		assertThat(answers).filteredOn(answer -> answer.blocked().isPresent()).allSatisfy(answer -> {
			assertThat(answer.blocked().get().after()).isBetween(Duration.ofMinutes(1), Duration.ofHours(2));
			assertThat(answer.blocked().get().message()).contains("20 requests an hour");
		});
	}

	@Test
	void asManyAreUnderWayAtOnceAsMay() {
		Demand demand = demand(anOwner(), 0, 0, 6, 1);
		List<Permit> permits = atOnce(60, demand).stream().flatMap(answer -> answer.permit().stream()).toList();
		assertThat(permits).hasSize(6);
		Try blocked = take(0, demand);
		assertThat(blocked.blocked().get().message()).contains("6 generations under way");
		assertThat(blocked.blocked().get().after()).isEqualTo(Duration.ofSeconds(1));
		permits.forEach(Permit::ended);
		permits.forEach(Permit::ended);
		assertThat(atOnce(60, demand)).filteredOn(answer -> answer.permit().isPresent()).hasSize(6);
	}

	@Test
	void whatOneLimitRefusesTakesNothingOfTheOthers() {
		String owner = anOwner();
		take(0, demand(owner, 100, 0, 2, 1));
		take(1, demand(owner, 100, 0, 2, 1));
		for (int i = 0; i < 10; i++) {
			assertThat(take(i % 2, demand(owner, 100, 100, 2, 1)).blocked()).isPresent();
		}
		Demand look = demand(owner, 100, 100, 0, 0);
		assertThat(left(0, look).getLast().amount()).isEqualTo(left(1, look).getLast().amount())
			.isEqualTo(left(0, demand(anOwner(), 0, 100, 0, 0)).getFirst().amount());
	}

	@Test
	void whatMakesNoPicturesGivesThemBack() {
		Demand demand = demand(anOwner(), 0, 4, 0, 2);
		for (int i = 0; i < 5; i++) {
			take(0, demand).permit().orElseThrow().joined();
			take(1, demand).permit().orElseThrow().joined();
		}
		take(0, demand).permit().orElseThrow().ended();
		take(1, demand).permit().orElseThrow().ended();
		assertThat(take(0, demand).blocked()).isPresent();
		assertThat(take(1, demand).blocked()).isPresent();
	}

	List<Left> left(int node, Demand demand) {
		return nodes().get(node).left(demand.limits()).block();
	}

	@Test
	void whatIsLeftIsToldWithoutTakingIt() {
		Demand demand = demand(anOwner(), 10, 20, 0, 3);
		List<Left> before = left(0, demand);
		assertThat(before).extracting(Left::reset).containsOnly(0L);
		take(0, demand);
		List<Left> after = left(0, demand);
		assertThat(after.get(0).amount()).isEqualTo(before.get(0).amount() - 1);
		assertThat(after.get(1).amount()).isEqualTo(before.get(1).amount() - 3);
		assertThat(after.get(1).reset()).isBetween(3_600_000L, 7_200_000L);
		assertThat(left(0, demand).get(0).amount()).isEqualTo(after.get(0).amount());
	}

	@Test
	void aShortWindowOpensAgain() {
		String owner = anOwner();
		Demand demand = new Demand(List.of(new Limit(owner, What.REQUESTS, Duration.ofSeconds(1), 4)), Map.of(), 1, 1);
		int passed = 0;
		for (int i = 0; i < 40 && take(i % 2, demand).permit().isPresent(); i++) {
			passed++;
		}
		assertThat(passed).isGreaterThanOrEqualTo(4);
		await().until(() -> take(0, demand).permit().isPresent());
	}

	@Test
	void callersOfBothNodesWaitForTheirTurns() {
		Rates one = new Rates(Rates.Pace.ANY, Rates.Pace.ANY, Rates.Pace.ANY, java.util.Optional.of(2));
		LimitProperties properties = new LimitProperties(Duration.ofMinutes(1), Rates.ANY, one, Map.of(), Map.of());
		List<Limits> limits = nodes().stream()
			.map(counters -> new Limits(properties, new Unhurried(counters)))
			.toList();
		String project = anOwner().replace(' ', '-');
		List<String> order = new CopyOnWriteArrayList<>();
		List<Permit> granted = new CopyOnWriteArrayList<>();
		Permit first = limits.get(0).acquire(new Caller("first", project, Caller.Kind.LIVE), 1, 1).block();
		Permit second = limits.get(1).acquire(new Caller("first", project, Caller.Kind.LIVE), 1, 1).block();
		for (String key : List.of("a", "a", "a", "b", "c", "b")) {
			// One after the other: who asks at the same time has no order.
			limits.get(0).acquire(new Caller(key, project, Caller.Kind.LIVE), 1, 1).subscribe(permit -> {
				order.add(key);
				granted.add(permit);
			});
			await().until(() -> waits(limits.get(0), key));
		}
		assertThat(granted).isEmpty();
		Permit running = first;
		for (int i = 0; i < 6; i++) {
			int passed = i + 1;
			running.ended();
			// Who is asked for behind the end of another one passes before those who
			// were asked for earlier.
			await().until(() -> granted.size() == passed && !limits.get(0).isLooking());
			running = granted.getLast();
		}
		running.ended();
		second.ended();
		assertThat(order).containsExactly("a", "b", "c", "a", "b", "a");
	}

	/** Looks only when a generation has ended. */
	private record Unhurried(LimitCounters counters) implements LimitCounters {

		@Override
		public Mono<Try> take(Demand demand) {
			return this.counters.take(demand);
		}

		@Override
		public Mono<List<Left>> left(List<Limit> limits) {
			return this.counters.left(limits);
		}

		@Override
		public void onEnd(Runnable look) {
			this.counters.onEnd(look);
		}

		@Override
		public Duration pace() {
			return Duration.ofMinutes(1);
		}

	}

	private static boolean waits(Limits limits, String key) {
		return limits.hasWaiting(key);
	}

}
