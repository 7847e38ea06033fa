package dev.heliostat.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Bookings;
import dev.heliostat.testing.Breakable;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.GatewayNode;
import dev.heliostat.testing.GatewayProcess;
import dev.heliostat.testing.PostgresProcess;
import dev.heliostat.testing.RedisServer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a gateway needs is killed at random while pictures are made and a budget is in
 * force: nodes, PostgreSQL, single sessions of it, Redis, one or two at a time. Clients
 * repeat what failed, with their idempotency keys. Afterwards everything heals without
 * help, and the providers' bills are laid beside the ledger and the budget.
 * <p>
 * {@code -Dheliostat.chaos.generations=2000 -Dheliostat.chaos.rounds=40} makes it long,
 * {@code -Dheliostat.seed=n} repeats one run's choices.
 */
@Tag("processes")
class ChaosTest {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final int GENERATIONS = Integer.getInteger("heliostat.chaos.generations", 540);

	private static final int ROUNDS = Integer.getInteger("heliostat.chaos.rounds", 8);

	private static final long SEED = Long.getLong("heliostat.seed", System.nanoTime());

	private static final int AT_ONCE = 24;

	private static final int MOST_TRIES = 300;

	private static final long REPLICATE_MICROS = 40_000;

	private static final long OPENAI_MICROS = 50_000;

	/** Less than what is asked for, so that the last ones are refused. */
	private static final long BUDGET_MICROS = GENERATIONS * REPLICATE_MICROS * 95 / 100;

	private static final String MODEL = """
			slug: certain-picture
			name: Certain Picture
			creator: {slug: tests, name: Tests}
			family: tests
			description: A small picture at one of two providers.
			modalities: {input: [text], output: [image]}
			offerings:
			  - provider: replicate
			    model: tests/certain
			    parameters:
			      prompt: {type: string}
			      seed: {type: integer, minimum: 0}
			      size: {convert: width-height, minimum: 16, maximum: 2048, multiple: 16, default: 64x64}
			      n: {emulate: true}
			    pricing:
			      components: [{type: output, metric: image, unit-price: 0.04}]
			      source: the test
			      effective-at: 2026-01-01
			  - provider: openai
			    model: certain
			    parameters:
			      prompt: {type: string}
			      size: {type: string}
			      n: {emulate: true}
			    pricing:
			      components: [{type: output, metric: image, unit-price: 0.05}]
			      source: the test
			      effective-at: 2026-01-01
			""";

	private final ReplicateSimulator replicate = new ReplicateSimulator(0);

	private final OpenAiSimulator openAi = new OpenAiSimulator(0);

	private final PostgresProcess postgres = new PostgresProcess();

	private final RedisServer redis = RedisServer.start();

	private final Path media = Gateway.temporary();

	private final Path config = config();

	private final List<GatewayNode> nodes = new ArrayList<>();

	private final AtomicInteger done = new AtomicInteger();

	/**
	 * How many requests may have begun: the load waits for what is to be broken under it.
	 */
	private volatile int allowed = share(2);

	private final AtomicInteger answers = new AtomicInteger();

	private final Map<String, String> served = new ConcurrentHashMap<>();

	private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();

	private static Path config() {
		try {
			Path config = Gateway.temporary();
			Files.createDirectories(config.resolve("catalog/models"));
			Files.createDirectories(config.resolve("catalog/providers"));
			Files.writeString(config.resolve("catalog/models/certain-picture.yaml"), MODEL);
			Files.writeString(config.resolve("catalog/providers/replicate.yaml"),
					"name: replicate\nlimits: {poll-every: 100ms}\n");
			return config;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private GatewayNode node(String name) {
		List<String> arguments = new ArrayList<>(this.postgres.arguments());
		arguments.addAll(List.of(Gateway.behind(this.replicate, this.openAi)));
		arguments.addAll(List.of("--heliostat.data-dir=" + Gateway.temporary(), "--heliostat.config-dir=" + this.config,
				"--heliostat.media.directory=" + this.media, "--heliostat.generation.lease=6s",
				// More than anybody asks for, so that Redis counts and refuses nothing.
				this.redis.argument(), "--heliostat.access.limits.each-key.requests.per-second=1000000",
				"--heliostat.secret-key=a-secret-of-the-tests-that-is-long-enough-0001",
				"--heliostat.access.budgets[0].project=default",
				"--heliostat.access.budgets[0].usd-micros=" + BUDGET_MICROS,
				"--heliostat.access.budgets[0].window=total"));
		return new GatewayNode(name, arguments);
	}

	/** Everything that can be broken. Whatever is added here is broken as well. */
	private List<Breakable> breakables(Random random) {
		List<Breakable> all = new ArrayList<>(this.nodes);
		all.add(this.postgres);
		all.add(new Breakable() {

			@Override
			public String name() {
				return "Redis";
			}

			@Override
			public void down() {
				ChaosTest.this.redis.stop();
			}

			@Override
			public void up() {
				ChaosTest.this.redis.restart();
			}

		});
		all.add(this.postgres.session(random));
		return all;
	}

	/**
	 * Breaks something again and again, and makes it whole when clients have seen it
	 * broken.
	 */
	private void breakThings() {
		Random random = new Random(SEED);
		List<Breakable> all = breakables(random);
		for (int i = 1; i <= ROUNDS; i++) {
			int after = share(i);
			Collections.shuffle(all, random);
			List<Breakable> some = List.copyOf(all.subList(0, (random.nextInt(3) == 0) ? 2 : 1));
			int seen = 5 + random.nextInt(60);
			Awaitility.await().atMost(Duration.ofMinutes(20)).until(() -> this.done.get() >= after);
			System.out.println("ChaosTest: " + some.stream().map(Breakable::name).toList() + " go down after "
					+ this.done.get() + " of " + GENERATIONS + " requests");
			some.forEach(Breakable::down);
			int until = this.answers.get() + seen;
			Awaitility.await()
				.atMost(Duration.ofMinutes(5))
				.until(() -> this.answers.get() >= until || this.done.get() >= this.allowed);
			CompletableFuture
				.allOf(some.stream()
					.map(each -> CompletableFuture.runAsync(each::up, Thread::startVirtualThread))
					.toArray(CompletableFuture[]::new))
				.join();
			this.allowed = share(i + 2);
		}
	}

	/** How many requests there are in some rounds and the part before them. */
	private static int share(int rounds) {
		return GENERATIONS * rounds / (ROUNDS + 1);
	}

	/** What becomes of a submission: mostly a picture, sometimes certainly nothing. */
	private static String fault(Random random) {
		int dice = random.nextInt(100);
		return (dice < 85) ? "latency=" + (300 + random.nextInt(2700)) : "status=503, latency=" + random.nextInt(1000);
	}

	/** What a client saw of a try; the status is 0 when it lost its gateway. */
	private record Seen(int status, boolean mayRetry, String id, String code) {

		private static final Seen NOTHING = new Seen(0, true, "", "");

	}

	private Seen send(Random random, String body, String key) {
		List<GatewayProcess> up = this.nodes.stream().flatMap(node -> node.process().stream()).toList();
		if (up.isEmpty()) {
			return Seen.NOTHING;
		}
		try {
			HttpResponse<String> response = up.get(random.nextInt(up.size()))
				.generate(body, "Idempotency-Key", key)
				.join();
			JsonNode json = JSON.readTree(response.body());
			boolean mayRetry = response.headers().firstValue("x-should-retry").filter("true"::equals).isPresent();
			return new Seen(response.statusCode(), mayRetry, json.at("/metadata/id").asString(""),
					json.at("/error/code").asString(""));
		}
		catch (CompletionException broken) {
			return Seen.NOTHING;
		}
	}

	private static int wanted(int number) {
		return (new Random(SEED * 31 + number).nextInt(10) == 0) ? 2 : 1;
	}

	/** One client: asks until it has its pictures, or is told to stop. */
	private void client(int number) {
		Random random = new Random(SEED * 37 + number);
		String prompt = "keyed " + number;
		List<String> members = new ArrayList<>(List.of("\"size\": \"64x64\"", "\"n\": " + wanted(number)));
		if (random.nextInt(4) == 0) {
			members.add("\"provider\": {\"order\": [\"openai\"]}");
		}
		String body = Requests.of("certain-picture", prompt, members.toArray(String[]::new));
		for (int tries = 0; tries < MOST_TRIES; tries++) {
			Seen seen = send(random, body, prompt);
			this.answers.incrementAndGet();
			check(prompt, seen);
			if (seen.status() != 0 && !seen.mayRetry()) {
				return;
			}
			pause(50 + random.nextInt(300));
		}
		this.complaints.add(prompt + " was never told an end");
	}

	private void check(String prompt, Seen seen) {
		if (seen.status() == 200) {
			this.served.put(prompt, seen.id());
		}
		else if (seen.status() != 0 && !Set
			.of("all_providers_failed", "outcome_unknown", "store_unavailable", "overloaded", "insufficient_quota",
					"deadline_exceeded")
			.contains(seen.code())) {
			this.complaints.add(prompt + " got " + seen);
		}
	}

	private static void pause(int millis) {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	@Timeout(value = 60, unit = TimeUnit.MINUTES)
	void everythingHealsAndNothingIsLostOrPaidTwice() throws SQLException {
		System.out.println("ChaosTest: " + GENERATIONS + " generations, " + ROUNDS + " rounds, seed " + SEED);
		AtomicInteger submissions = new AtomicInteger();
		this.replicate.chance(prompt -> prompt + "[[fake: "
				+ fault(new Random(SEED + 1_000_003L * submissions.incrementAndGet())) + "]]");
		this.openAi.chance(prompt -> prompt + "[[fake: "
				+ fault(new Random(SEED + 1_000_003L * submissions.incrementAndGet())) + "]]");
		this.nodes.add(node("one"));
		this.nodes.add(node("two"));
		try {
			load();
			Awaitility.await()
				.atMost(Duration.ofMinutes(1))
				.until(() -> this.nodes.stream()
					.allMatch(node -> node.process().filter(GatewayProcess::isReady).isPresent()));
			expectHealed();
			compare();
		}
		finally {
			this.nodes.forEach(GatewayNode::close);
			this.postgres.close();
			this.redis.close();
			this.replicate.close();
			this.openAi.close();
		}
	}

	private void load() {
		try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
			CompletableFuture<Void> breaking = CompletableFuture.runAsync(this::breakThings,
					Thread::startVirtualThread);
			Semaphore free = new Semaphore(AT_ONCE);
			for (int i = 0; i < GENERATIONS; i++) {
				int number = i;
				while (number >= this.allowed) {
					pause(20);
				}
				free.acquireUninterruptibly();
				clients.execute(() -> {
					try {
						client(number);
					}
					catch (RuntimeException ex) {
						this.complaints.add(number + ": " + ex);
					}
					finally {
						this.done.incrementAndGet();
						free.release();
					}
				});
			}
			clients.shutdown();
			breaking.join();
		}
	}

	/**
	 * Nobody helps: what is unsettled or held now is taken up by the nodes themselves.
	 */
	private void expectHealed() throws SQLException {
		try {
			Awaitility.await()
				.atMost(Duration.ofSeconds(90))
				.pollInterval(Duration.ofMillis(500))
				.until(() -> rows("select id from generation where settled = 0").isEmpty());
		}
		catch (ConditionTimeoutException ex) {
			this.complaints.add("Never settled: " + rows("select * from generation where settled = 0"));
		}
	}

	private List<Map<String, String>> rows(String sql) throws SQLException {
		try (Connection connection = this.postgres.connect()) {
			return Bookings.rows(connection, sql);
		}
	}

	private void compare() throws SQLException {
		Bookings bookings = new Bookings(this.complaints::add);
		Map<String, String> statuses = new HashMap<>();
		for (Map<String, String> row : rows("select * from generation")) {
			statuses.put(row.get("id"), row.get("status"));
			bookings.add(row);
		}
		this.served.forEach((prompt, id) -> {
			if (!statuses.getOrDefault(id, "lost").equals("SUCCEEDED")) {
				this.complaints.add(prompt + " was served as " + id + ", which is " + statuses.get(id));
			}
		});
		expectOneBillForEachKey();
		expectBudget(bookings.all());
		System.out.println("ChaosTest: " + statuses.size() + " rows, " + this.replicate.bill().size() + " jobs and "
				+ this.openAi.bill().size() + " pictures on the bills, " + this.served.size()
				+ " requests answered with pictures in " + this.answers.get() + " tries, " + bookings.all() + " of "
				+ BUDGET_MICROS + " micros booked, of which " + bookings.maybe() + " maybe");
		assertThat(this.complaints).as("seed " + SEED).isEmpty();
		bookings.expectBill("replicate", this.replicate.bill().size() * REPLICATE_MICROS);
		bookings.expectBill("openai", this.openAi.bill().size() * OPENAI_MICROS);
	}

	/** However often it was sent, it is charged for once a picture. */
	private void expectOneBillForEachKey() {
		Map<String, Integer> times = new HashMap<>();
		this.replicate.bill().forEach(job -> times.merge(job.prompt(), 1, Integer::sum));
		this.openAi.bill().forEach(prompt -> times.merge(prompt, 1, Integer::sum));
		times.forEach((prompt, many) -> {
			if (many > wanted(Integer.parseInt(prompt.substring(prompt.indexOf(' ') + 1)))) {
				this.complaints.add(prompt + " is charged for " + many + " times");
			}
		});
	}

	private void expectBudget(long booked) throws SQLException {
		Map<String, String> budget = rows("select * from budget_used").getFirst();
		if (!budget.get("reserved").equals("0")) {
			this.complaints.add("The budget still has something reserved: " + budget);
		}
		if (!budget.get("used").equals(Long.toString(booked))) {
			this.complaints.add("The ledger has booked " + booked + ", and the budget has " + budget);
		}
		if (booked > BUDGET_MICROS) {
			this.complaints.add("The budget of " + BUDGET_MICROS + " is overspent: " + booked);
		}
	}

}
