package dev.heliostat.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.heliostat.simulator.FastUpstream;
import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.GatewayProcess;
import dev.heliostat.testing.Requests;
import dev.heliostat.testing.StoreProbe;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a small request may cost, in things that can be counted on any machine: bytes
 * allocated, statements, commits and upstream connections. Run by
 * {@code mvn -Pguard test}.
 * <p>
 * The gateway is compiled by C1 alone, which takes no allocation away: what is counted
 * then is what the code asks for, however far the compilers have come. Commits take 100
 * ms, so that how many of them there are says how well they are shared.
 */
@Tag("guard")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class GuardTest {

	/**
	 * The limits, for each request of a small base64 picture with the durable ledger on
	 * SQLite. Each run prints what it measured; a quarter more than that is the limit, to
	 * be set anew where a change made things better, or is worth what it costs.
	 */
	private static final double MOST_BYTES = 160_000;

	/** Beginning, end, picture and its bytes, and what a transaction needs besides. */
	private static final double MOST_STATEMENTS = 5.25;

	/** A gateway that commits each write by itself has 2. */
	private static final double MOST_COMMITS = 0.084;

	private static final int CONNECTIONS = 64;

	private static final int WARM_UP = 3000;

	private static final int REQUESTS = 2000;

	private final String body = Requests.of("openai/gpt-image-2", "A small cat", "\"response_format\": \"b64_json\"");

	@Test
	void aSmallRequestCostsNoMoreThanItDid() {
		try (FastUpstream upstream = new FastUpstream();
				GatewayProcess gateway = GatewayProcess.start(
						List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-Dprobe.commit-millis=100"),
						List.of("--spring.main.sources=" + StoreProbe.class.getName(),
								"--heliostat.data-dir=" + Gateway.temporary(),
								"--heliostat.providers.openai.base-url=" + upstream.baseUrl(),
								"--heliostat.providers.openai.api-key=" + OpenAiSimulator.TOKEN,
								"--heliostat.limits.connections-per-address=1000"))) {
			send(gateway, WARM_UP);
			Counts before = Counts.of(gateway, upstream);
			send(gateway, REQUESTS);
			Counts used = Counts.of(gateway, upstream).minus(before);
			System.out.printf(
					"GuardTest: a request allocates %.0f bytes, takes %.3f statements and %.4f commits; "
							+ "%d upstream connections for %d requests%n",
					used.allocated / REQUESTS, used.statements / REQUESTS, used.commits / REQUESTS,
					upstream.connections(), WARM_UP + REQUESTS);
			assertThat(used.hits).as("upstream requests").isEqualTo(REQUESTS);
			assertThat(upstream.connections()).as("upstream connections").isLessThanOrEqualTo(CONNECTIONS);
			assertThat(used.allocated / REQUESTS).as("bytes allocated for each request").isLessThan(MOST_BYTES);
			assertThat(used.statements / REQUESTS).as("statements for each request").isLessThan(MOST_STATEMENTS);
			assertThat(used.commits / REQUESTS).as("commits for each request").isLessThan(MOST_COMMITS);
		}
	}

	/** So many requests, on all connections at once. */
	private void send(GatewayProcess gateway, int requests) {
		AtomicInteger left = new AtomicInteger(requests);
		List<CompletableFuture<Void>> ends = new ArrayList<>();
		for (int i = 0; i < CONNECTIONS; i++) {
			ends.add(next(gateway, left));
		}
		CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).join();
	}

	private CompletableFuture<Void> next(GatewayProcess gateway, AtomicInteger left) {
		if (left.getAndDecrement() <= 0) {
			return CompletableFuture.completedFuture(null);
		}
		return gateway.generate(this.body).thenCompose(answer -> {
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
			return next(gateway, left);
		});
	}

	private record Counts(double allocated, double statements, double commits, long hits) {

		static Counts of(GatewayProcess gateway, FastUpstream upstream) {
			return new Counts(gateway.counter("probe_allocated_total"), gateway.counter("probe_statements_total"),
					gateway.counter("probe_commits_total"), upstream.hits());
		}

		Counts minus(Counts before) {
			return new Counts(this.allocated - before.allocated, this.statements - before.statements,
					this.commits - before.commits, this.hits - before.hits);
		}

	}

}
