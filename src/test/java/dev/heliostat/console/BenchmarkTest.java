package dev.heliostat.console;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Benchmarks: what was measured, and comparisons that somebody agreed to pay for.
 */
class BenchmarkTest {

	private static final String CARD = "/models/stability-ai/stable-diffusion-3.5-large-turbo";

	private static final String OFFERING = "replicate/stable-diffusion-3.5-large-turbo";

	private static ReplicateSimulator replicate;

	private static OpenAiSimulator openAi;

	private static Gateway gateway;

	private static Browser maker;

	private static Browser tester;

	@BeforeAll
	static void start() {
		replicate = new ReplicateSimulator(0);
		openAi = new OpenAiSimulator(0);
		gateway = Gateway.start(Gateway.behind(replicate, openAi));
		maker = Browser.signedIn(gateway, Gateway.LIVE_KEY);
		tester = Browser.signedIn(gateway, Gateway.TEST_KEY);
	}

	@AfterAll
	static void stop() {
		gateway.close();
		replicate.close();
		openAi.close();
	}

	private static String found(String pattern, Answer answer) {
		Matcher matcher = Pattern.compile(pattern).matcher(answer.text());
		assertThat(matcher.find()).as("%s in %s", pattern, answer.text()).isTrue();
		return matcher.group(1);
	}

	private static Map<String, String> form(Browser browser, String repeats) {
		Map<String, String> fields = new LinkedHashMap<>();
		fields.put("_token", Browser.token(browser.get(CARD + "/benchmarks")));
		fields.put("offering", OFFERING);
		fields.put("prompt", "A <b>cat</b>");
		fields.put("own", "A dog\n\n A cow ");
		fields.put("repeats", repeats);
		return fields;
	}

	private static Answer ended(Browser browser, String path) {
		return Awaitility.await().until(() -> browser.get(path), page -> !page.text().contains("hx-trigger"));
	}

	@Test
	void nothingIsMadeBeforeItsPriceWasAgreedTo() {
		replicate.clear();
		Map<String, String> fields = form(maker, "2");
		Answer quoted = maker.post(CARD + "/benchmarks/quote", fields);
		assertThat(quoted.status()).isEqualTo(200);
		// Three prompts, two pictures of each, at $0.04.
		assertThat(quoted.text()).contains("$0.24", "Make 6 pictures", "A &lt;b&gt;cat&lt;/b&gt;")
			.doesNotContain("<b>cat");
		fields.put("id", found("name=\"id\" value=\"(bench_[0-9a-f]+)\"", quoted));
		fields.put("cap", "240000");
		assertThat(maker.post(CARD + "/benchmarks", fields).text()).contains("agree to the price first");
		fields.put("agreed", "yes");
		fields.put("cap", "200000");
		assertThat(maker.post(CARD + "/benchmarks", fields).text()).contains("the price has changed meanwhile");
		assertThat(gateway.get("/v1/generations", Gateway.LIVE_KEY).json().path("data").size()).isZero();

		fields.put("cap", "240000");
		Answer begun = maker.post(CARD + "/benchmarks", fields);
		assertThat(begun.status()).isEqualTo(303);
		String path = begun.header("location");
		// Sent twice, it is begun once.
		assertThat(maker.post(CARD + "/benchmarks", fields).header("location")).isEqualTo(path);
		Answer done = ended(maker, path);
		assertThat(done.text()).contains("6 of 6", OFFERING, "100.0 %", "<dd>$0.24</dd>").doesNotContain("sandbox");
		assertThat(gateway.get("/v1/generations", Gateway.LIVE_KEY).json().path("data").size()).isEqualTo(6);
		assertThat(maker.get(CARD + "/benchmarks").text()).contains(path, "6 pictures, done");

		Answer csv = maker.get(path + "/results.csv");
		assertThat(csv.header("content-type")).startsWith("text/csv");
		assertThat(csv.text().lines()).hasSize(7)
			.anyMatch(line -> line.matches("1,stable-diffusion-3.5-large-turbo," + OFFERING
					+ ",1,,served,replicate,40000,\\d+,\\d+,gen_\\w+,.*"));

		assertThat(tester.get(path).status()).isEqualTo(404);
		assertThat(tester.get(path + "/results.csv").status()).isEqualTo(404);
		assertThat(tester.post(path + "/stop", Map.of("_token", form(tester, "1").get("_token"))).status())
			.isEqualTo(404);
		// The ledger's figures are for everybody.
		Answer measured = new Browser(gateway).get(CARD + "/benchmarks", "authorization",
				"Bearer " + Gateway.ADMIN_KEY);
		assertThat(measured.text()).contains("Measured by provider", "An admin key makes no pictures");
	}

	@Test
	void aTestKeyComparesForNothing() {
		Map<String, String> fields = form(tester, "1");
		Answer quoted = tester.post(CARD + "/benchmarks/quote", fields);
		assertThat(quoted.text()).contains("$0.00", "for nothing");
		fields.put("id", found("name=\"id\" value=\"(bench_[0-9a-f]+)\"", quoted));
		fields.put("cap", "0");
		fields.put("agreed", "yes");
		Answer begun = tester.post(CARD + "/benchmarks", fields);
		assertThat(ended(tester, begun.header("location")).text()).contains("3 of 3", "Drawn by the sandbox");
	}

	private static Browser withKey(String more) {
		Answer made = gateway.post("/admin/v1/keys", Gateway.ADMIN_KEY,
				"{\"name\": \"narrow\", \"kind\": \"live\", " + more + "}");
		assertThat(made.status()).as(made.text()).isEqualTo(201);
		return Browser.signedIn(gateway, made.json().path("key").asString());
	}

	@Test
	void budgetsAndScopesCountAsAlways() {
		Browser poor = withKey("\"budget\": {\"usd_micros\": 80000, \"window\": \"total\"}");
		Map<String, String> fields = form(poor, "3");
		fields.remove("own");
		fields.put("id", "bench_" + "a".repeat(32));
		fields.put("cap", "120000");
		fields.put("agreed", "yes");
		Answer begun = poor.post(CARD + "/benchmarks", fields);
		assertThat(ended(poor, begun.header("location")).text()).contains("2 of 3", ">refused<", "budget");

		Browser narrow = withKey("\"scopes\": {\"endpoints\": [\"models\"]}");
		assertThat(narrow.post(CARD + "/benchmarks/quote", form(narrow, "1")).text())
			.contains("may not use &#39;images/generations&#39;");
		assertThat(narrow
			.post("/arena", Map.of("_token", Browser.token(narrow.get("/arena")), "prompt", "A cat", "most", "40000"))
			.status()).isEqualTo(403);
	}

	@Test
	void whatIsWrongIsSaid() {
		Map<String, String> fields = form(maker, "1");
		fields.put("repeats", "11");
		assertThat(maker.post(CARD + "/benchmarks/quote", fields).text()).contains("expected: 1 to 10");
		fields.put("repeats", "1");
		fields.put("offering", "nobody/nothing");
		assertThat(maker.post(CARD + "/benchmarks/quote", fields).text()).contains("no provider is chosen");
		fields.put("offering", OFFERING);
		fields.put("own", "a\nb\nc\nd\ne\nf");
		assertThat(maker.post(CARD + "/benchmarks/quote", fields).status()).isEqualTo(400);
		fields.remove("_token");
		assertThat(maker.post(CARD + "/benchmarks/quote", fields).status()).isEqualTo(403);
		assertThat(maker.post(CARD + "/benchmarks", fields).status()).isEqualTo(403);
		assertThat(new Browser(gateway).post(CARD + "/benchmarks", fields).status()).isEqualTo(401);
		assertThat(maker.get("/benchmarks/bench_nothing").status()).isEqualTo(404);
	}

}
