package dev.heliostat.nodes;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.heliostat.testing.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * What is said through Redis, and what happens while it does not answer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisTest {

	private static final Script ECHO = Script.of("return {ARGV[1]}");

	private final RedisServer server = RedisServer.start();

	@AfterAll
	void stop() {
		this.server.close();
	}

	private static Object echo(Redis redis) {
		return redis.run(ECHO, List.of("a"), List.of("well")).toCompletableFuture().join().getFirst();
	}

	@Test
	void othersHearWhatANodeTellsAndItselfDoesNot() {
		Redis one = RedisConnections.open(this.server.url(), "hints");
		Redis two = RedisConnections.open(this.server.url(), "hints");
		Redis stranger = RedisConnections.open(this.server.url(), "others");
		try {
			List<String> heard = new CopyOnWriteArrayList<>();
			Hints own = new RedisHints(one);
			Hints others = new RedisHints(two);
			own.listen(Hint.ENDED, id -> heard.add("own " + id));
			others.listen(Hint.ENDED, id -> {
				throw new IllegalStateException("a listener that fails");
			});
			others.listen(Hint.ENDED, id -> heard.add("other " + id));
			others.listen(Hint.BUDGETS, text -> heard.add("budgets"));
			new RedisHints(stranger).listen(Hint.ENDED, id -> heard.add("stranger"));
			two.publish("nonsense");
			one.publish("abc OF_A_LATER_VERSION text");
			own.tell(Hint.ENDED, "gen 1");
			own.tell(Hint.ENDED, "");
			await().until(() -> heard.contains("other "));
			assertThat(heard).containsExactly("other gen 1", "other ");
		}
		finally {
			List.of(one, two, stranger).forEach(Redis::stop);
		}
	}

	@Test
	void withoutAnAnswerEverythingFailsAtOnceUntilThereIsOneAgain() {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		Redis redis = RedisConnections.open(this.server.url(), "outage", Duration.ofMillis(250), meters);
		List<String> recoveries = new CopyOnWriteArrayList<>();
		redis.onRecovery(() -> recoveries.add("back"));
		try {
			assertThat(echo(redis)).isEqualTo("well");
			assertThat(meters.get("heliostat.redis.up").gauge().value()).isOne();
			this.server.silent(true);
			assertThatThrownBy(() -> echo(redis)).isInstanceOf(CompletionException.class)
				.hasCauseInstanceOf(RedisUnavailableException.class);
			assertThat(redis.isUp()).isFalse();
			// Not even sent.
			assertThat(redis.run(ECHO, List.of("a"), List.of("b")).toCompletableFuture().isDone()).isTrue();
			assertThat(meters.get("heliostat.redis.up").gauge().value()).isZero();
			this.server.silent(false);
			await().until(redis::isUp);
			assertThat(echo(redis)).isEqualTo("well");
			this.server.stop();
			await().until(() -> !redis.isUp());
			this.server.restart();
			await().until(redis::isUp);
			assertThat(echo(redis)).isEqualTo("well");
			assertThat(recoveries).hasSizeGreaterThanOrEqualTo(2);
		}
		finally {
			redis.stop();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://host", "redis:host", "redis://", "redis://:secret@", "redis://:secret@host:99999",
			"redis-sentinel://:secret@host", "redis://:secret@ho st" })
	void aUrlThatIsNoneStopsTheStartAndIsNotShown(String url) {
		RedisProperties properties = new RedisProperties(url, "", "", Duration.ofMillis(250), "heliostat");
		assertThatThrownBy(() -> NodesConfiguration.uri(properties)).isInstanceOf(RedisSettingException.class)
			.hasMessageContaining("heliostat.redis.url")
			.hasMessageNotContaining("secret");
	}

	@Test
	void aPasswordMayStandBesideTheUrl() {
		var uri = NodesConfiguration
			.uri(new RedisProperties("rediss://host:1/2", "user", "pass", Duration.ofMillis(250), "heliostat"));
		assertThat(uri.isSsl()).isTrue();
		assertThat(uri.getDatabase()).isEqualTo(2);
		assertThat(uri.getCredentialsProvider().resolveCredentials().block().getUsername()).isEqualTo("user");
		assertThat(uri.getCredentialsProvider().resolveCredentials().block().getPassword()).containsExactly('p', 'a',
				's', 's');
	}

}
