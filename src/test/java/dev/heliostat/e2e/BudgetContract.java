package dev.heliostat.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import dev.heliostat.testing.SharedModel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many requests at once against a budget: exactly what it permits is served, on however
 * many nodes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BudgetContract {

	private static final int REQUESTS = 1000;

	private static final int PICTURES = 100;

	/** What a picture costs at the cheapest provider. */
	private static final long PRICE = 10_000;

	private static final String KEY = "key_bootstrap_live";

	private final SharedModel shared = new SharedModel();

	private final List<Gateway> gateways = new ArrayList<>();

	/** Arguments of each node. */
	abstract List<List<String>> nodes();

	@BeforeAll
	void start() {
		for (List<String> node : nodes()) {
			this.gateways.add(Gateway.start(this.shared.arguments(List.of("", "status: disabled", "status: disabled"),
					node.toArray(String[]::new))));
		}
	}

	@AfterAll
	void stop() {
		this.gateways.forEach(Gateway::close);
		this.shared.close();
	}

	@AfterEach
	void clear() {
		this.shared.all().forEach(simulator -> {
			simulator.clear();
			simulator.chance(prompt -> prompt);
		});
		admin().get("/admin/v1/budgets", Gateway.ADMIN_KEY)
			.json()
			.path("data")
			.forEach(budget -> admin().send(
					admin().request("/admin/v1/budgets/" + budget.path("id").asString(), Gateway.ADMIN_KEY).DELETE()));
	}

	private Gateway admin() {
		return this.gateways.getFirst();
	}

	private Gateway node(int request) {
		return this.gateways.get(request % this.gateways.size());
	}

	private String budget(String terms) {
		Answer made = admin().post("/admin/v1/budgets", Gateway.ADMIN_KEY, "{\"key\": \"" + KEY + "\", " + terms + "}");
		assertThat(made.status()).as(made.text()).isEqualTo(201);
		// In force on other nodes as soon as they show it.
		for (Gateway gateway : this.gateways) {
			org.awaitility.Awaitility.await()
				.atMost(java.time.Duration.ofSeconds(5))
				.until(() -> gateway.get("/v1/balance", Gateway.LIVE_KEY)
					.text()
					.contains(made.json().path("id").asString()));
		}
		return made.json().path("id").asString();
	}

	private List<Answer> atOnce(int requests, IntFunction<Answer> ask) {
		Semaphore connections = new Semaphore(250);
		try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
			List<CompletableFuture<Answer>> answers = new ArrayList<>();
			for (int i = 0; i < requests; i++) {
				int request = i;
				answers.add(CompletableFuture.supplyAsync(() -> {
					connections.acquireUninterruptibly();
					try {
						return ask.apply(request);
					}
					finally {
						connections.release();
					}
				}, clients));
			}
			return answers.stream().map(CompletableFuture::join).toList();
		}
	}

	private JsonNode balance() {
		return admin().get("/v1/balance", Gateway.LIVE_KEY).json().path("budgets").path(0);
	}

	private long sum(String column) {
		return admin().bean(JdbcClient.class)
			.sql("select coalesce(sum(" + column + "), 0) from generation where created_at >= :since")
			.param("since", this.since)
			.query(Long.class)
			.single();
	}

	private long since;

	@Test
	void ofAThousandRequestsExactlyThoseAreServedThatTheBudgetHas() {
		this.since = System.currentTimeMillis();
		budget("\"usd_micros\": " + PICTURES * PRICE + ", \"window\": \"day\", \"warn_at_percent\": 0");
		List<Answer> answers = atOnce(REQUESTS,
				i -> node(i).generate(Gateway.LIVE_KEY, Requests.of(SharedModel.SLUG, "picture " + i)));
		assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(PICTURES);
		List<Answer> refused = answers.stream().filter(answer -> answer.status() == 402).toList();
		assertThat(refused).hasSize(REQUESTS - PICTURES);
		JsonNode error = refused.getLast().json().path("error");
		assertThat(error.path("type").asString()).isEqualTo("insufficient_quota");
		assertThat(error.path("code").asString()).isEqualTo("insufficient_quota");
		assertThat(error.path("message").asString()).contains("USD 1 a day", "USD 0.01", "resets at");
		assertThat(refused.getLast().header("x-should-retry")).isEqualTo("false");
		assertThat(this.shared.of("alpha").submissions()).hasSize(PICTURES);
		assertThat(sum("charged_micros")).isEqualTo(PICTURES * PRICE);
		assertThat(balance().path("used").asLong()).isEqualTo(PICTURES * PRICE);
		assertThat(balance().path("reserved").asLong()).isZero();
		assertThat(balance().path("left").asLong()).isZero();
	}

	@Test
	void withFailuresMixedInTheBudgetIsNeverOverspentAndRepetitionsFillIt() {
		this.since = System.currentTimeMillis();
		budget("\"images\": " + PICTURES + ", \"window\": \"total\"");
		Random random = new Random(7);
		this.shared.of("alpha").chance(prompt -> {
			int dice;
			synchronized (random) {
				dice = random.nextInt(10);
			}
			return switch (dice) {
				case 0, 1, 2 -> "[[fake: status=503]]";
				case 3 -> "[[fake: lost, charged]]";
				case 4 -> "[[fake: moderated]]";
				default -> prompt;
			};
		});
		List<Answer> answers = atOnce(REQUESTS / 2, this::keyed);
		assertThat(answers).extracting(Answer::status).contains(200, 402, 502);
		assertThat(taken()).isLessThanOrEqualTo(PICTURES);
		assertThat(balance().path("reserved").asLong()).isZero();
		assertThat(bill("mixed")).hasSizeLessThanOrEqualTo(PICTURES);
		this.shared.of("alpha").chance(prompt -> prompt);
		// What failed unbilled and what was refused is asked for again, until nothing is
		// left.
		List<Answer> repeated = atOnce(REQUESTS / 2, this::keyed);
		assertThat(repeated).extracting(Answer::status).contains(200, 402);
		assertThat(taken()).isEqualTo(PICTURES);
		assertThat(balance().path("used").asLong()).isEqualTo(PICTURES);
		assertThat(balance().path("left").asLong()).isZero();
		assertThat(bill("mixed")).hasSize(PICTURES);
	}

	private Answer keyed(int i) {
		Gateway node = node(i);
		return node.send(node.request("/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.header("Idempotency-Key", "mixed-" + i)
			.POST(java.net.http.HttpRequest.BodyPublishers.ofString(Requests.of(SharedModel.SLUG, "mixed " + i))));
	}

	private List<String> bill(String kind) {
		return this.shared.of("alpha").bill().stream().filter(prompt -> prompt.startsWith(kind)).toList();
	}

	/** Pictures that were or may have been paid for. */
	private long taken() {
		return sum("images") + sum("maybe_micros") / PRICE;
	}

	@Test
	void aRequestForSeveralPicturesIsReservedWhole() {
		this.since = System.currentTimeMillis();
		budget("\"images\": 10, \"window\": \"month\", \"time_zone\": \"Europe/Berlin\"");
		List<Answer> answers = atOnce(40,
				i -> node(i).generate(Gateway.LIVE_KEY, Requests.of(SharedModel.SLUG, "several " + i, "\"n\": 3")));
		assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(3);
		assertThat(answers).filteredOn(answer -> answer.status() == 402).hasSize(37);
		assertThat(balance().path("left").asLong()).isOne();
		assertThat(node(1).generate(Gateway.LIVE_KEY, Requests.of(SharedModel.SLUG, "one more")).status())
			.isEqualTo(200);
		assertThat(bill("several")).hasSize(9);
	}

}
