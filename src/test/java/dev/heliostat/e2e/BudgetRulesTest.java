package dev.heliostat.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.WebhookReceiver;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import dev.heliostat.testing.SharedModel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What budgets permit, what they refuse, and what callers and operators are told of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BudgetRulesTest {

	private static final String BODY = Requests.of(SharedModel.SLUG, "A cat");

	private final SharedModel shared = new SharedModel();

	private final WebhookReceiver receiver = new WebhookReceiver();

	private Gateway gateway;

	@BeforeAll
	void start() {
		String[] arguments = this.shared.arguments(List.of("", "", ""), "--heliostat.egress.allow=127.0.0.1/32",
				"--heliostat.access.budgets[0].project=elsewhere", "--heliostat.access.budgets[0].images=7",
				"--heliostat.access.budgets[0].window=day", "--heliostat.access.budgets[0].time-zone=Asia/Tokyo",
				"--heliostat.budgets.webhook-url=" + this.receiver.origin() + "/budgets");
		unpriced(Path.of(arguments[0].substring(arguments[0].indexOf('=') + 1)));
		this.gateway = Gateway.start(arguments);
	}

	/** A model whose price nobody knows. */
	private static void unpriced(Path config) {
		try {
			Files.writeString(config.resolve("catalog/models/unpriced.yaml"), """
					slug: unpriced
					name: Unpriced
					creator: {slug: tests, name: Tests}
					family: tests
					description: A model without prices.
					modalities: {input: [text], output: [image]}
					offerings:
					  - {provider: alpha, model: shared, expected: {seconds: 0.05}}
					""");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@AfterAll
	void stop() {
		this.gateway.close();
		this.receiver.close();
		this.shared.close();
	}

	@AfterEach
	void clear() {
		this.shared.all().forEach(OpenAiSimulator::clear);
		this.receiver.clear();
		list().forEach(budget -> send("DELETE", budget.path("id").asString(), ""));
	}

	private JsonNode list() {
		return this.gateway.get("/admin/v1/budgets", Gateway.ADMIN_KEY).json().path("data");
	}

	private Answer send(String method, String id, String body) {
		return this.gateway.send(this.gateway.request("/admin/v1/budgets/" + id, Gateway.ADMIN_KEY)
			.header("content-type", "application/json")
			.method(method, BodyPublishers.ofString(body)));
	}

	private Answer create(String body) {
		return this.gateway.post("/admin/v1/budgets", Gateway.ADMIN_KEY, body);
	}

	private String budget(String body) {
		Answer made = create(body);
		assertThat(made.status()).as(made.text()).isEqualTo(201);
		return made.json().path("id").asString();
	}

	private JsonNode balance(String query) {
		return this.gateway.get("/openai/v1/balance" + query, Gateway.LIVE_KEY).json().path("budgets");
	}

	@Test
	void theBalanceSaysWhatIsLeftAndWhenItResets() {
		assertThat(balance("").isEmpty()).isTrue();
		String id = budget("""
				{"project": "default", "usd_micros": 50000, "window": "day", "time_zone": "Europe/Berlin"}""");
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(200);
		JsonNode budget = balance("").path(0);
		assertThat(budget.path("id").asString()).isEqualTo(id);
		assertThat(budget.path("owner").asString()).isEqualTo("project");
		assertThat(budget.path("measure").asString()).isEqualTo("usd_micros");
		assertThat(budget.path("amount").asLong()).isEqualTo(50_000);
		assertThat(budget.path("used").asLong()).isEqualTo(10_000);
		assertThat(budget.path("reserved").asLong()).isZero();
		assertThat(budget.path("left").asLong()).isEqualTo(40_000);
		assertThat(budget.path("window").asString()).isEqualTo("day");
		assertThat(Instant.parse(budget.path("resets_at").asString())).isAfter(Instant.now());
		assertThat(this.gateway.get("/v1/balance", "").status()).isEqualTo(401);
		assertThat(this.gateway.post("/v1/balance", Gateway.LIVE_KEY, "{}").status()).isEqualTo(405);
	}

	@Test
	void anOfferingThatCostsMoreThanIsLeftIsPassedOver() {
		budget("{\"project\": \"default\", \"usd_micros\": 15000, \"window\": \"total\"}");
		this.shared.of("alpha").usual("status=503");
		// The next one would cost 20,000.
		Answer answer = this.gateway.generate(Gateway.LIVE_KEY, BODY);
		assertThat(answer.status()).isEqualTo(502);
		assertThat(answer.json().at("/error/message").asString()).contains("beyond a budget");
		assertThat(this.shared.of("beta").submissions()).isEmpty();
		assertThat(balance("").path(0).path("left").asLong()).isEqualTo(15_000);
		// An order that begins with a dear one goes on to one that can be paid.
		this.shared.of("alpha").usual("");
		Answer ordered = this.gateway.generate(Gateway.LIVE_KEY,
				Requests.of(SharedModel.SLUG, "A dog", "\"provider\": {\"order\": [\"gamma\", \"beta\", \"alpha\"]}"));
		assertThat(ordered.status()).as(ordered.text()).isEqualTo(200);
		assertThat(ordered.header("x-heliostat-provider")).isEqualTo("alpha");
	}

	@Test
	void aFailoverThatCanBePaidRaisesTheReservation() {
		budget("{\"project\": \"default\", \"usd_micros\": 20000, \"window\": \"total\"}");
		this.shared.of("alpha").usual("status=503");
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).header("x-heliostat-provider")).isEqualTo("beta");
		assertThat(balance("").path(0).path("used").asLong()).isEqualTo(20_000);
		assertThat(balance("").path(0).path("left").asLong()).isZero();
	}

	@Test
	void whatMayHaveBeenBilledStaysBooked() {
		budget("{\"key\": \"key_bootstrap_live\", \"usd_micros\": 10000, \"window\": \"month\"}");
		this.shared.of("alpha").usual("lost");
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(502);
		assertThat(balance("").path(0).path("used").asLong()).isEqualTo(10_000);
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(402);
	}

	@Test
	void aSoftBudgetWarnsTheCallerAndOnceTheOperator() {
		String id = budget("""
				{"project": "default", "images": 2, "window": "day", "enforcement": "soft", "warn_at_percent": 50}""");
		for (int i = 0; i < 4; i++) {
			Answer answer = this.gateway.generate(Gateway.LIVE_KEY, BODY);
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.header("x-heliostat-budget-warning")).startsWith("budget: " + id)
				.contains((i + 1) + " picture", "of 2 pictures, resets ");
			assertThat(answer.json().at("/metadata/warnings").toString()).contains("budget: " + id);
		}
		assertThat(this.gateway.metrics())
			.contains("heliostat_budgets_total{application=\"heliostat\",measure=\"images\",outcome=\"warned\"}");
		Awaitility.await().until(() -> !this.receiver.messages("/budgets").isEmpty());
		JsonNode message = this.receiver.messages("/budgets").getFirst().json();
		assertThat(message.path("type").asString()).isEqualTo("budget.low");
		assertThat(message.at("/data/budget").asString()).isEqualTo(id);
		assertThat(this.receiver.messages("/budgets").getFirst().headers()).containsKey("webhook-signature");
		assertThat(this.receiver.messages("/budgets")).hasSize(1);
	}

	@Test
	void aDryRunSaysWhenABudgetWouldRefuse() {
		budget("{\"project\": \"default\", \"usd_micros\": 15000, \"window\": \"total\"}");
		String two = Requests.of(SharedModel.SLUG, "A cat", "\"n\": 2");
		Answer fits = this.gateway.post("/v1/images/generations?dryRun=true", Gateway.LIVE_KEY, BODY);
		assertThat(fits.json().has("refusal")).isFalse();
		Answer estimate = this.gateway.post("/v1/images/generations?dryRun=true", Gateway.LIVE_KEY, two);
		assertThat(estimate.status()).isEqualTo(200);
		assertThat(estimate.json().at("/refusal/code").asString()).isEqualTo("insufficient_quota");
		assertThat(estimate.json().at("/refusal/budget/left").asLong()).isEqualTo(15_000);
		Answer real = this.gateway.generate(Gateway.LIVE_KEY, two);
		assertThat(real.status()).isEqualTo(402);
		assertThat(real.json().path("error")).isEqualTo(estimate.json().path("refusal"));
		// Whoever does not wait for pictures hears of it at once, too.
		Answer async = this.gateway.send(this.gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.header("prefer", "respond-async")
			.POST(BodyPublishers.ofString(two)));
		assertThat(async.status()).isEqualTo(402);
		Answer stream = this.gateway.generate(Gateway.LIVE_KEY,
				Requests.of(SharedModel.SLUG, "A cat", "\"n\": 2", "\"stream\": true"));
		assertThat(stream.status()).isEqualTo(402);
		assertThat(this.shared.of("alpha").submissions()).isEmpty();
	}

	@Test
	void megapixelsAreHeldAtWhatIsAskedForAndSettledAtWhatIsMade() {
		budget("{\"project\": \"default\", \"megapixels\": 2, \"window\": \"total\"}");
		String small = Requests.of(SharedModel.SLUG, "A cat", "\"size\": \"512x512\"");
		Answer made = this.gateway.generate(Gateway.LIVE_KEY, small);
		assertThat(made.status()).as(made.text()).isEqualTo(200);
		assertThat(balance("").path(0).path("used").decimalValue()).isEqualByComparingTo("0.262144");
		String large = Requests.of(SharedModel.SLUG, "A cat", "\"size\": \"2048x1024\"");
		Answer refused = this.gateway.generate(Gateway.LIVE_KEY, large);
		assertThat(refused.status()).isEqualTo(402);
		assertThat(refused.json().at("/error/message").asString()).contains("2 megapixels in total",
				"1.737856 megapixels left", "does not reset");
	}

	@Test
	void endUsersHaveBudgetsOfTheirOwnAndAreKeptAsHashes() {
		budget("{\"project\": \"default\", \"each_user\": true, \"images\": 1, \"window\": \"day\"}");
		String special = budget("{\"project\": \"default\", \"user\": \"carol\", \"images\": 2, \"window\": \"day\"}");
		for (String user : List.of("alice", "bob")) {
			String body = Requests.of(SharedModel.SLUG, "A cat", "\"user\": \"" + user + "\"");
			assertThat(this.gateway.generate(Gateway.LIVE_KEY, body).status()).isEqualTo(200);
			assertThat(this.gateway.generate(Gateway.LIVE_KEY, body).status()).isEqualTo(402);
		}
		String carol = Requests.of(SharedModel.SLUG, "A cat", "\"safety_identifier\": \"carol\"", "\"user\": \"bob\"");
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, carol).status()).isEqualTo(200);
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, carol).status()).isEqualTo(200);
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, carol).status()).isEqualTo(402);
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(200);
		assertThat(balance("?user=alice").path(0).path("left").asLong()).isZero();
		assertThat(balance("?user=carol").path(0).path("id").asString()).isEqualTo(special);
		assertThat(balance("").isEmpty()).isTrue();
		assertThat(list().toString()).doesNotContain("carol");
	}

	@Test
	void testKeysDoNotSpendWhatIsTheProjects() {
		budget("{\"project\": \"default\", \"images\": 1, \"window\": \"day\"}");
		for (int i = 0; i < 3; i++) {
			assertThat(this.gateway.generate(Gateway.TEST_KEY, BODY).status()).isEqualTo(200);
		}
		assertThat(balance("").path(0).path("left").asLong()).isEqualTo(1);
		budget("{\"key\": \"key_bootstrap_test\", \"images\": 1, \"window\": \"day\"}");
		budget("{\"key\": \"key_bootstrap_test\", \"usd_micros\": 1, \"window\": \"day\"}");
		assertThat(this.gateway.generate(Gateway.TEST_KEY, BODY).status()).isEqualTo(200);
		assertThat(this.gateway.generate(Gateway.TEST_KEY, BODY).status()).isEqualTo(402);
	}

	@Test
	void anUnknownPriceIsRefusedToWhomeverHasABudgetInDollars() {
		String body = Requests.of("unpriced", "A cat", "\"provider\": {\"allow_unknown_price\": true}");
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, body).status()).isEqualTo(200);
		budget("{\"project\": \"default\", \"usd_micros\": 1000000, \"window\": \"day\"}");
		Answer refused = this.gateway.generate(Gateway.LIVE_KEY, body);
		assertThat(refused.status()).isEqualTo(402);
		assertThat(refused.json().at("/error/message").asString()).contains("price of unpriced is not known");
	}

	@Test
	void aChangeIsInForceAtOnce() {
		String id = budget("{\"project\": \"default\", \"images\": 1, \"window\": \"total\"}");
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(200);
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(402);
		Answer raised = send("PATCH", id, "{\"images\": 2}");
		assertThat(raised.status()).as(raised.text()).isEqualTo(200);
		assertThat(raised.json().path("version").asLong()).isEqualTo(2);
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(200);
		assertThat(send("PATCH", id, "{\"usd_micros\": 2}").status()).isEqualTo(400);
		assertThat(send("DELETE", id, "").status()).isEqualTo(204);
		assertThat(send("DELETE", id, "").status()).isEqualTo(404);
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, BODY).status()).isEqualTo(200);
	}

	@Test
	void whatConfigurationGivesIsListedAndChangedThere() {
		JsonNode configured = this.gateway.get("/admin/v1/budgets?project=elsewhere", Gateway.ADMIN_KEY)
			.json()
			.path("data")
			.path(0);
		assertThat(configured.path("images").asLong()).isEqualTo(7);
		assertThat(configured.path("time_zone").asString()).isEqualTo("Asia/Tokyo");
		Answer refused = send("PATCH", configured.path("id").asString(), "{\"images\": 8}");
		assertThat(refused.status()).isEqualTo(400);
		assertThat(refused.json().at("/error/message").asString()).contains("heliostat.access.budgets");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"usd_micros\": 0", "\"usd_micros\": -1", "\"images\": 1.5", "\"images\": 1e400",
			"\"images\": 9223372036854775808", "\"images\": 1000000000001", "\"usd_micros\": 1e300",
			"\"megapixels\": \"5\"", "\"megapixels\": null", "\"usd_micros\": NaN", "\"usd_micros\": 5, \"images\": 5",
			"\"images\": 5, \"window\": \"year\"", "\"images\": 5, \"time_zone\": \"Mars/Olympus\"",
			"\"images\": 5, \"enforcement\": \"mild\"", "\"images\": 5, \"warn_at_percent\": 101",
			"\"images\": 5, \"color\": \"red\"", "\"images\": 5, \"key\": \"key_1\"", "\"window\": \"day\"",
			"\"images\": 999999999999999999999999999999999999999999999999" })
	void whatCannotBeABudgetIsRefusedWithAReason(String member) {
		String window = member.contains("window") ? "" : ", \"window\": \"day\"";
		Answer answer = create("{\"project\": \"default\", " + member + window + "}");
		assertThat(answer.status()).as(answer.text()).isEqualTo(400);
		assertThat(answer.json().at("/error/message").asString()).isNotBlank();
		assertThat(list()).allMatch(budget -> budget.path("id").asString().startsWith("budget_config_"));
	}

	@Test
	void onlyAdminKeysManageBudgets() {
		assertThat(this.gateway.get("/admin/v1/budgets", Gateway.LIVE_KEY).status()).isEqualTo(403);
		assertThat(create("{\"usd_micros\": 5, \"window\": \"day\"}").status()).isEqualTo(400);
		assertThat(this.gateway.get("/admin/v1/budgets/budget_nowhere", Gateway.ADMIN_KEY).status()).isEqualTo(404);
	}

}
