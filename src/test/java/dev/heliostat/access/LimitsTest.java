package dev.heliostat.access;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import dev.heliostat.access.Rates.Pace;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Limits by a clock that the test moves.
 */
class LimitsTest {

	private static final Caller CALLER = new Caller("key_1", "default", Caller.Kind.LIVE);

	private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

	private int nodes = 1;

	private static Rates rates(Optional<Long> requestsPerMinute, Optional<Long> imagesPerMinute,
			Optional<Integer> atOnce) {
		return new Rates(new Pace(Optional.empty(), requestsPerMinute, Optional.empty()),
				new Pace(Optional.empty(), imagesPerMinute, Optional.empty()), Pace.ANY, atOnce);
	}

	private Limits limits(Duration wait, Rates key, Rates project) {
		return new Limits(new LimitProperties(wait, key, project, Map.of(), Map.of()),
				new MemoryCounters(() -> this.nodes, this.now::get));
	}

	private void pass(Duration time) {
		this.now.updateAndGet(instant -> instant.plus(time));
	}

	private static Duration refused(Limits limits, int images) {
		GatewayException failure = catchThrowableOfType(GatewayException.class,
				() -> limits.acquire(CALLER, images, images).block());
		assertThat(failure.error()).isInstanceOf(GatewayError.RateLimited.class);
		return failure.error().retryAfter().orElseThrow();
	}

	@Test
	void aWindowSlides() {
		Limits limits = limits(Duration.ZERO, rates(Optional.of(10L), Optional.empty(), Optional.empty()), Rates.ANY);
		for (int i = 0; i < 10; i++) {
			limits.acquire(CALLER, 1, 1).block();
		}
		pass(Duration.ofSeconds(30));
		assertThat(refused(limits, 1)).isEqualTo(Duration.ofSeconds(36));
		// Half of the earlier minute still counts.
		pass(Duration.ofSeconds(60));
		for (int i = 0; i < 5; i++) {
			limits.acquire(CALLER, 1, 1).block();
		}
		Duration wait = refused(limits, 1);
		pass(wait.minusMillis(1));
		assertThat(refused(limits, 1)).isLessThanOrEqualTo(Duration.ofMillis(2));
		pass(Duration.ofMillis(2));
		limits.acquire(CALLER, 1, 1).block();
	}

	@Test
	void headersSayWhatIsLeftOfTheTightestLimit() {
		Limits limits = limits(Duration.ZERO, rates(Optional.of(10L), Optional.of(20L), Optional.empty()),
				rates(Optional.of(8L), Optional.empty(), Optional.empty()));
		limits.acquire(CALLER, 3, 3).block();
		assertThat(limits.headers(CALLER).block()).containsEntry("x-ratelimit-limit-requests", "8")
			.containsEntry("x-ratelimit-remaining-requests", "7")
			.containsEntry("x-ratelimit-reset-requests", "2m0s")
			.containsEntry("x-ratelimit-limit-images", "20")
			.containsEntry("x-ratelimit-remaining-images", "17");
	}

	@Test
	void whatJoinsAnotherGenerationMakesNoPictures() {
		Limits limits = limits(Duration.ZERO, rates(Optional.empty(), Optional.of(4L), Optional.of(1)), Rates.ANY);
		Permit permit = limits.acquire(CALLER, 4, 4).block();
		permit.joined();
		limits.acquire(CALLER, 4, 4).block();
	}

	@Test
	void aRequestThatCanNeverPassIsToldSo() {
		Limits limits = limits(Duration.ZERO, rates(Optional.empty(), Optional.of(4L), Optional.empty()), Rates.ANY);
		assertThatThrownBy(() -> limits.acquire(CALLER, 5, 5).block()).hasMessageContaining("at most 4");
	}

	@Test
	void eachNodeHasItsShare() {
		this.nodes = 2;
		Limits limits = limits(Duration.ZERO, rates(Optional.of(10L), Optional.empty(), Optional.of(4)), Rates.ANY);
		List<Permit> permits = new ArrayList<>();
		permits.add(limits.acquire(CALLER, 1, 1).block());
		permits.add(limits.acquire(CALLER, 1, 1).block());
		assertThat(refused(limits, 1)).isEqualTo(Duration.ofSeconds(1));
		permits.forEach(Permit::ended);
		permits.forEach(Permit::ended);
		for (int i = 0; i < 2; i++) {
			limits.acquire(CALLER, 1, 1).block().ended();
		}
		limits.acquire(CALLER, 1, 1).block().ended();
		assertThat(refused(limits, 1)).isGreaterThan(Duration.ofMinutes(1));
	}

	@Test
	void callersTakeTurnsWhereTheyWait() {
		Limits limits = limits(Duration.ofMinutes(5), Rates.ANY,
				rates(Optional.empty(), Optional.empty(), Optional.of(1)));
		Permit first = limits.acquire(CALLER, 1, 1).block();
		List<String> order = new CopyOnWriteArrayList<>();
		List<Permit> granted = new CopyOnWriteArrayList<>();
		for (String key : List.of("a", "a", "a", "b", "c", "b")) {
			limits.acquire(new Caller(key, "default", Caller.Kind.LIVE), 1, 1).subscribe(permit -> {
				order.add(key);
				granted.add(permit);
			});
		}
		assertThat(granted).isEmpty();
		Permit running = first;
		for (int i = 0; i < 6; i++) {
			int passed = i + 1;
			running.ended();
			Awaitility.await().until(() -> granted.size() == passed);
			running = granted.getLast();
		}
		assertThat(order).containsExactly("a", "b", "c", "a", "b", "a");
	}

	@Test
	void timesAreWrittenAsOpenAiDoes() {
		assertThat(Limits.span(20)).isEqualTo("20ms");
		assertThat(Limits.span(6500)).isEqualTo("6.5s");
		assertThat(Limits.span(90_000)).isEqualTo("1m30s");
		assertThat(Limits.span(3_660_000)).isEqualTo("1h1m0s");
	}

}
