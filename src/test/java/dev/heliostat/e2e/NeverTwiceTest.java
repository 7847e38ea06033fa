package dev.heliostat.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.simulator.ReplicateSimulator.Charged;
import dev.heliostat.testing.Bookings;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.GatewayProcess;
import dev.heliostat.testing.PostgresServer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The promise, under everything at once: providers that fail in every way, clients that
 * hang up, repeat themselves and come twice, and processes that are killed. Two of them
 * share a database and a media folder, nothing else. Afterwards the bills of the
 * providers are laid beside the ledger.
 * <p>
 * {@code -Dheliostat.generations=10000} makes it long, {@code -Dheliostat.seed=n} repeats
 * one run's choices.
 */
class NeverTwiceTest {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final int GENERATIONS = Integer.getInteger("heliostat.generations", 400);

	private static final long SEED = Long.getLong("heliostat.seed", System.nanoTime());

	private static final int AT_ONCE = 48;

	private static final long REPLICATE_MICROS = 40_000;

	private static final long OPENAI_MICROS = 50_000;

	private static final int MOST_TRIES = 40;

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
			    give-up: 4s
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

	private final List<String> database = PostgresServer.freshDatabase();

	private final Path media = Gateway.temporary();

	private final Path config = config();

	private final List<GatewayProcess> nodes = new CopyOnWriteArrayList<>();

	private final AtomicInteger done = new AtomicInteger();

	private final Map<String, String> answered = new ConcurrentHashMap<>();

	private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();

	private static Path config() {
		try {
			Path config = Gateway.temporary();
			Files.createDirectories(config.resolve("catalog/models"));
			Files.createDirectories(config.resolve("catalog/providers"));
			Files.writeString(config.resolve("catalog/models/certain-picture.yaml"), MODEL);
			Files.writeString(config.resolve("catalog/providers/replicate.yaml"),
					"name: replicate\nlimits: {poll-every: 50ms}\n");
			return config;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private GatewayProcess node() {
		List<String> arguments = new ArrayList<>(this.database);
		arguments.addAll(List.of(Gateway.behind(this.replicate, this.openAi)));
		arguments.addAll(List.of("--heliostat.data-dir=" + Gateway.temporary(), "--heliostat.config-dir=" + this.config,
				"--heliostat.media.directory=" + this.media, "--heliostat.generation.lease=2s",
				"--heliostat.secret-key=a-secret-of-the-tests-that-is-long-enough-0001",
				"--logging.level.dev.heliostat.generation=WARN", "--logging.level.dev.heliostat.provider=WARN"));
		// Few generations are over before C2 has earned its time.
		return GatewayProcess.start(
				(GENERATIONS < 5000) ? List.of("-Xmx512m", "-XX:TieredStopAtLevel=1") : List.of("-Xmx512m"), arguments);
	}

	/** What becomes of a submission to Replicate. */
	private static String replicateFault(Random random) {
		int dice = random.nextInt(1000);
		int latency = random.nextInt(80);
		int[] bounds = { 700, 760, 790, 810, 815, 845, 850, 853, 878, 888, 898, 908, 918, 923, 938, 946, 949, 960 };
		String[] faults = { "latency=" + latency, "refused-wait, latency=150", "latency=" + (300 + random.nextInt(900)),
				"lost, latency=" + latency, "lost-before", "status=503", "status=500", "status=429, retry-after=0",
				"failed=oom", "failed=nsfw", "aborted", "output=null", "file=404", "file=truncated",
				"poll-500=2, refused-wait, latency=200", "poll-404, refused-wait, latency=200", "stuck, refused-wait",
				"early, latency=120" };
		for (int i = 0; i < bounds.length; i++) {
			if (dice < bounds[i]) {
				return faults[i];
			}
		}
		return "latency=" + latency;
	}

	/** What becomes of a submission to OpenAI; what is lost is charged for, or not. */
	private static String openAiFault(Random random) {
		int dice = random.nextInt(1000);
		String charged = random.nextBoolean() ? ", charged" : "";
		int[] bounds = { 750, 780, 820, 840, 845, 875, 895, 905, 915, 925, 930 };
		String[] faults = { "latency=" + random.nextInt(80), "latency=" + (300 + random.nextInt(900)), "status=503",
				"status=500" + charged, "status=429, retry-after=0", "lost" + charged, "cut", "broken-base64",
				"empty" + charged, "moderated", "status=400" };
		for (int i = 0; i < bounds.length; i++) {
			if (dice < bounds[i]) {
				return faults[i];
			}
		}
		return "latency=10";
	}

	/** Whether a client saw its request through, hung up, or lost its gateway. */
	private record Seen(int status, boolean mayRetry, String id, String code) {

		private static final Seen NOTHING = new Seen(0, true, "", "");

	}

	private Seen send(Random random, String body, String... headers) {
		GatewayProcess node = this.nodes.get(random.nextInt(this.nodes.size()));
		CompletableFuture<HttpResponse<String>> answer = node.generate(body, headers);
		try {
			int patience = (random.nextInt(100) < 12) ? 5 + random.nextInt(200) : 50_000;
			return seen(answer.get(patience, TimeUnit.MILLISECONDS));
		}
		catch (TimeoutException hungUp) {
			answer.cancel(true);
			return Seen.NOTHING;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		catch (java.util.concurrent.ExecutionException | CompletionException broken) {
			return Seen.NOTHING;
		}
	}

	private static Seen seen(HttpResponse<String> response) {
		JsonNode json = JSON.readTree(response.body());
		boolean mayRetry = response.headers().firstValue("x-should-retry").filter("true"::equals).isPresent();
		return new Seen(response.statusCode(), mayRetry, json.at("/metadata/id").asString(""),
				json.at("/error/code").asString(""));
	}

	/** One client and what it wants: it asks until it has it, or is told to stop. */
	private void client(int number) {
		Random random = new Random(SEED * 31 + number);
		boolean keyed = random.nextInt(10) < 6;
		String prompt = (keyed ? "keyed " : "keyless ") + number;
		List<String> members = new ArrayList<>(List.of("\"size\": \"64x64\""));
		if (random.nextInt(10) == 0) {
			members.add("\"n\": 2");
		}
		if (random.nextInt(4) == 0) {
			members.add("\"provider\": {\"order\": [\"openai\"]}");
		}
		String body = Requests.of("certain-picture", prompt, members.toArray(String[]::new));
		for (int tries = 0; tries < MOST_TRIES; tries++) {
			List<String> headers = new ArrayList<>();
			if (keyed) {
				headers.addAll(List.of("Idempotency-Key", prompt));
			}
			else if (tries > 0) {
				headers.addAll(List.of("x-stainless-retry-count", Integer.toString(tries)));
			}
			if (random.nextInt(100) < 5) {
				headers.addAll(List.of("x-heliostat-deadline-ms", "60"));
			}
			String[] sent = headers.toArray(String[]::new);
			Random other = new Random(random.nextLong());
			CompletableFuture<Seen> twin = (keyed && random.nextInt(100) < 10)
					? CompletableFuture.supplyAsync(() -> send(other, body, sent), Thread::startVirtualThread)
					: CompletableFuture.completedFuture(Seen.NOTHING);
			Seen seen = send(random, body, sent);
			check(prompt, seen);
			check(prompt, twin.join());
			if (seen.status() != 0 && !seen.mayRetry()) {
				return;
			}
			pause(20 + random.nextInt(200));
		}
		this.complaints.add(prompt + " was never told an end");
	}

	/** All answers to one key are one generation's. */
	private void check(String prompt, Seen seen) {
		if (seen.status() == 200) {
			String known = this.answered.putIfAbsent(prompt, seen.id());
			if (known != null && !known.equals(seen.id())) {
				this.complaints.add(prompt + " was answered as " + known + " and as " + seen.id());
			}
		}
		else if (seen.status() != 0 && !Set
			.of("all_providers_failed", "outcome_unknown", "moderation_blocked", "invalid_value", "rate_limit_exceeded",
					"deadline_exceeded", "store_unavailable", "overloaded")
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

	/**
	 * Kills one of the processes again and again, and starts another one in its place.
	 */
	private void kill(int kills) {
		for (int i = 1; i <= kills; i++) {
			int after = GENERATIONS * i / (kills + 1);
			Awaitility.await().atMost(Duration.ofMinutes(20)).until(() -> this.done.get() >= after);
			GatewayProcess victim = this.nodes.get(i % this.nodes.size());
			this.nodes.remove(victim);
			victim.kill();
			this.nodes.add(node());
		}
	}

	@Test
	@Timeout(value = 60, unit = TimeUnit.MINUTES)
	void nothingIsPaidTwiceAndNothingIsLost() throws SQLException {
		System.out.println("NeverTwiceTest: " + GENERATIONS + " generations, seed " + SEED);
		AtomicInteger submissions = new AtomicInteger();
		this.replicate.chance(prompt -> prompt + "[[fake: "
				+ replicateFault(new Random(SEED + 1_000_003L * submissions.incrementAndGet())) + "]]");
		this.openAi.chance(prompt -> prompt + "[[fake: "
				+ openAiFault(new Random(SEED + 1_000_003L * submissions.incrementAndGet())) + "]]");
		try {
			this.nodes.add(node());
			this.nodes.add(node());
			load();
			Awaitility.await()
				.atMost(Duration.ofSeconds(90))
				.pollInterval(Duration.ofMillis(500))
				.until(() -> rows("select id from generation where settled = 0").isEmpty());
			compare();
		}
		finally {
			this.nodes.forEach(GatewayProcess::close);
			this.replicate.close();
			this.openAi.close();
		}
	}

	private void load() {
		try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
			CompletableFuture<Void> killer = CompletableFuture.runAsync(() -> kill(GENERATIONS < 5000 ? 2 : 6),
					Thread::startVirtualThread);
			Semaphore free = new Semaphore(AT_ONCE);
			for (int i = 0; i < GENERATIONS; i++) {
				int number = i;
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
			killer.join();
		}
	}

	private List<Map<String, String>> rows(String sql) throws SQLException {
		Map<String, String> settings = this.database.stream()
			.map(argument -> argument.substring("--heliostat.store.".length()).split("=", 2))
			.collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
		try (Connection connection = DriverManager.getConnection(settings.get("url"), settings.get("username"),
				settings.get("password"))) {
			return Bookings.rows(connection, sql);
		}
	}

	private void compare() throws SQLException {
		Bookings bookings = new Bookings(this.complaints::add);
		Map<String, String> settledJobs = new HashMap<>();
		Map<String, Map<String, String>> generations = new HashMap<>();
		for (Map<String, String> row : rows("select * from generation")) {
			generations.put(row.get("id"), row);
			bookings.add(row);
			for (JsonNode attempt : Bookings.attempts(row)) {
				if (attempt.path("billed").asString("").equals("YES")
						&& attempt.path("provider").asString().equals("replicate")) {
					settledJobs.put(attempt.path("jobId").asString(), row.get("id"));
				}
			}
		}

		List<Charged> jobs = this.replicate.bill();
		Set<String> charged = jobs.stream().map(Charged::id).collect(Collectors.toSet());
		Set<String> readable = jobs.stream().filter(Charged::readable).map(Charged::id).collect(Collectors.toSet());
		jobs.stream()
			.filter(job -> job.readable() && !settledJobs.containsKey(job.id()))
			.forEach(job -> this.complaints.add("Charged for and not settled: " + job + known(generations, job.id())));
		settledJobs.forEach((job, generation) -> {
			// Who cannot be polled is in the list of jobs all the same, where a gateway
			// looks after a crash: then it was served.
			boolean found = charged.contains(job)
					&& generations.getOrDefault(generation, Map.of()).getOrDefault("status", "").equals("SUCCEEDED");
			if (!readable.contains(job) && !found) {
				this.complaints.add("Settled and not charged for: " + job + known(generations, job));
			}
		});
		for (Charged job : jobs) {
			Map<String, String> row = generations.getOrDefault(settledJobs.getOrDefault(job.id(), ""), Map.of());
			if (job.readable() && !job.gone() && !row.getOrDefault("status", "").equals("SUCCEEDED")) {
				this.complaints.add("The picture of job " + job.id() + " is lost: " + row);
			}
		}
		expectRetrievable(generations, settledJobs, jobs);
		bookings.expectBill("replicate", jobs.size() * REPLICATE_MICROS);
		bookings.expectBill("openai", this.openAi.bill().size() * OPENAI_MICROS);
		expectOneBillForEachKey(jobs);
		System.out.println("NeverTwiceTest: " + generations.size() + " generations in the ledger, " + jobs.size()
				+ " jobs and " + this.openAi.bill().size() + " pictures on the bills, " + this.answered.size()
				+ " requests answered with pictures");
		assertThat(this.complaints).as("seed " + SEED).isEmpty();
	}

	private static List<String> known(Map<String, Map<String, String>> generations, String job) {
		return generations.values()
			.stream()
			.map(row -> row.get("id") + " " + row.get("status") + " " + row.get("attempts"))
			.filter(text -> text.contains(job))
			.toList();
	}

	/**
	 * Whoever knows the generation gets its picture, whether it was taken before or not.
	 */
	private void expectRetrievable(Map<String, Map<String, String>> generations, Map<String, String> settledJobs,
			List<Charged> jobs) {
		List<String> ids = new ArrayList<>(new HashSet<>(jobs.stream()
			.filter(job -> job.readable() && !job.gone())
			.map(job -> settledJobs.getOrDefault(job.id(), ""))
			// Of those that are not settled there is a complaint already.
			.filter(generations::containsKey)
			.toList()));
		Collections.shuffle(ids, new Random(SEED));
		ids.sort(java.util.Comparator.comparing(id -> generations.getOrDefault(id, Map.of()).get("unheard"),
				java.util.Comparator.nullsLast(java.util.Comparator.reverseOrder())));
		ids.stream().limit(500).forEach(id -> {
			GatewayProcess node = this.nodes.getFirst();
			JsonNode kept = JSON.readTree(node.get("/v1/generations/" + id).join().body());
			String made = generations.get(id).get("images");
			if (kept.at("/result/data").size() != Integer.parseInt(made)) {
				this.complaints.add(id + " cannot be had: " + kept);
			}
		});
	}

	/** However often it was sent, what has a key is charged for once a picture. */
	private void expectOneBillForEachKey(List<Charged> jobs) {
		Map<String, Integer> times = new HashMap<>();
		jobs.forEach(job -> times.merge(job.prompt(), 1, Integer::sum));
		this.openAi.bill().forEach(prompt -> times.merge(prompt, 1, Integer::sum));
		times.forEach((prompt, many) -> {
			int wanted = new Random(SEED * 31 + Integer.parseInt(prompt.substring(prompt.indexOf(' ') + 1))) {
				int count() {
					nextInt(10);
					return (nextInt(10) == 0) ? 2 : 1;
				}
			}.count();
			if (prompt.startsWith("keyed") && many > wanted) {
				this.complaints.add(prompt + " is charged for " + many + " times");
			}
		});
	}

}
