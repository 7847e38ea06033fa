package dev.heliostat.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import dev.heliostat.simulator.FastUpstream;
import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.GatewayProcess;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the durable ledger costs: the same closed loop with it and with the one in memory,
 * in turn. Not a test, and run by name only:
 * {@code mvn test -Dtest=LedgerThroughputBench}.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class LedgerThroughputBench {

	private static final int LOOPS = Integer.getInteger("bench.loops", 64);

	private static final int SECONDS = Integer.getInteger("bench.seconds", 10);

	private final String body = Requests.of("openai/gpt-image-2", "A small cat", "\"response_format\": \"b64_json\"");

	private void loop(GatewayProcess gateway, AtomicBoolean on, AtomicLong served, AtomicLong failed,
			CompletableFuture<Void> end) {
		if (!on.get()) {
			end.complete(null);
			return;
		}
		gateway.generate(this.body).whenComplete((answer, failure) -> {
			(((failure == null) && answer.statusCode() == 200) ? served : failed).incrementAndGet();
			loop(gateway, on, served, failed, end);
		});
	}

	private double rate(GatewayProcess gateway, int seconds) throws InterruptedException {
		AtomicBoolean on = new AtomicBoolean(true);
		AtomicLong served = new AtomicLong();
		AtomicLong failed = new AtomicLong();
		List<CompletableFuture<Void>> ends = new ArrayList<>();
		long begin = System.nanoTime();
		for (int i = 0; i < LOOPS; i++) {
			ends.add(new CompletableFuture<>());
			loop(gateway, on, served, failed, ends.getLast());
		}
		Thread.sleep(seconds * 1000L);
		double rate = served.get() / ((System.nanoTime() - begin) / 1e9);
		on.set(false);
		CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).join();
		if (failed.get() > 0) {
			System.out.printf("%d failed%n", failed.get());
		}
		return rate;
	}

	@Test
	void durableBesideMemory() throws InterruptedException {
		try (FastUpstream upstream = new FastUpstream()) {
			for (int round = 1; round <= 2; round++) {
				for (String store : List.of("memory", "durable")) {
					try (GatewayProcess gateway = GatewayProcess.start(List.of("-Xmx512m"),
							List.of("--heliostat.data-dir=" + Gateway.temporary(),
									"--heliostat.providers.openai.base-url=" + upstream.baseUrl(),
									"--heliostat.providers.openai.api-key=" + OpenAiSimulator.TOKEN,
									"--logging.level.dev.heliostat.generation=WARN",
									"--heliostat.ledger.store=" + store,
									"--heliostat.limits.connections-per-address=100000"))) {
						rate(gateway, SECONDS);
						System.out.printf("round %d, %s: %.0f requests a second%n", round, store,
								rate(gateway, SECONDS));
					}
				}
			}
		}
	}

}
