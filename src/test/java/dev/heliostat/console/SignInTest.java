package dev.heliostat.console;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The door of the console.
 */
class SignInTest {

	private static Gateway gateway;

	@BeforeAll
	static void start() {
		gateway = Gateway.start();
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	@Test
	void aKeyOpensASessionThatHidesIt() {
		Browser browser = new Browser(gateway);
		Answer turnedAway = browser.get("/models?q=flux");
		assertThat(turnedAway.status()).isEqualTo(303);
		assertThat(turnedAway.header("location")).isEqualTo("/sign-in?next=%2Fmodels%3Fq%3Dflux");

		Answer entered = browser.signIn(Gateway.TEST_KEY, "next", "/models?q=flux");

		assertThat(entered.status()).isEqualTo(303);
		assertThat(entered.header("location")).isEqualTo("/models?q=flux");
		String cookie = entered.response().headers().allValues("set-cookie").toString();
		assertThat(cookie).contains("heliostat_session=", "SameSite=Strict", "Path=/")
			.containsIgnoringCase("HttpOnly")
			.doesNotContain(Gateway.TEST_KEY);
		assertThat(browser.get("/models").status()).isEqualTo(200);
		assertThat(browser.get("/sign-in").header("location")).isEqualTo("/models");

		Answer left = browser.post("/sign-out", Map.of("_token", Browser.token(browser.get("/models"))));
		assertThat(left.header("location")).isEqualTo("/sign-in");
		assertThat(browser.get("/models").status()).isEqualTo(303);
	}

	@Test
	void everyWrongKeyGetsTheSameAnswerAndNotSooner() {
		List<String> answers = new ArrayList<>();
		for (String key : List.of("wrong", "hs_live_0000000000000000000000000000000000AB", "x".repeat(600),
				"hs_test_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "")) {
			Browser browser = new Browser(gateway);
			long begin = System.nanoTime();
			Answer answer = browser.signIn(key);
			assertThat(answer.status()).isEqualTo(401);
			assertThat((System.nanoTime() - begin) / 1_000_000).isGreaterThanOrEqualTo(400);
			assertThat(browser.cookies()).doesNotContainKey("heliostat_session");
			answers.add(answer.text().replaceAll("name=\"_token\" value=\"[^\"]+\"", ""));
		}
		assertThat(answers).allSatisfy(text -> assertThat(text).isEqualTo(answers.getFirst()))
			.first()
			.asString()
			.contains("This key opens nothing here");
	}

	@Test
	void aFormOfAnotherSiteIsRefused() {
		Browser browser = Browser.signedIn(gateway, Gateway.TEST_KEY);
		String token = Browser.token(browser.get("/models"));
		for (Map<String, String> fields : List.of(Map.<String, String>of(), Map.of("_token", "x"),
				Map.of("_token", token.substring(1) + "A"))) {
			Answer answer = browser.post("/sign-out", fields);
			assertThat(answer.status()).isEqualTo(403);
			assertThat(answer.text()).contains("not from a page that you have open here");
		}
		assertThat(browser.post("/sign-out", Map.of("_token", token), "sec-fetch-site", "cross-site").status())
			.isEqualTo(403);
		assertThat(browser.post("/sign-out", Map.of("_token", Browser.token(other().get("/models")))).status())
			.isEqualTo(403);
		assertThat(browser.get("/models").status()).isEqualTo(200);
		assertThat(new Browser(gateway).post("/sign-in", Map.of("key", Gateway.TEST_KEY)).status()).isEqualTo(403);
	}

	private static Browser other() {
		return Browser.signedIn(gateway, Gateway.LIVE_KEY);
	}

	@Test
	void aDamagedSessionIsNone() {
		Browser browser = Browser.signedIn(gateway, Gateway.TEST_KEY);
		String cookie = browser.cookies().get("heliostat_session");
		for (String broken : List.of(cookie.substring(2), "x", "%", cookie + cookie)) {
			browser.cookies().put("heliostat_session", broken);
			assertThat(browser.get("/models").status()).as(broken).isEqualTo(303);
		}
	}

	@Test
	void aFormWhoseSessionEndedIsKeptAndGoesOnAfterSigningIn() {
		Browser browser = Browser.signedIn(gateway, Gateway.TEST_KEY);
		String token = Browser.token(browser.get("/models"));
		browser.cookies().remove("heliostat_session");

		Answer kept = browser.post("/sign-out", Map.of("_token", token, "prompt", "A <b>long</b> text"));

		assertThat(kept.status()).isEqualTo(401);
		assertThat(kept.text()).contains("Nothing is lost", "name=\"then\" value=\"/sign-out\"",
				"name=\"kept.prompt\" value=\"A &lt;b&gt;long&lt;/b&gt; text\"");
		Map<String, String> fields = new HashMap<>();
		fields.put("_token", Browser.token(kept));
		fields.put("key", Gateway.TEST_KEY);
		fields.put("then", "/sign-out");
		fields.put("kept.prompt", "A <b>long</b> text");
		Answer again = browser.post("/sign-in", fields);
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.text()).contains("action=\"/sign-out\"",
				"name=\"prompt\" value=\"A &lt;b&gt;long&lt;/b&gt; text\"");
		assertThat(Browser.token(again)).isEqualTo(token);
	}

	@Test
	void anOpenPageAsksForTheKeyInPlace() {
		Browser browser = new Browser(gateway);
		Answer answer = browser.get("/models?q=x", "hx-request", "true");
		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.header("hx-retarget")).isEqualTo("#dialog");
		assertThat(answer.text()).contains("<dialog", "Your session has ended").doesNotContain("<html");
	}

	@Test
	void aForeignFormIsNotKept() {
		Answer answer = new Browser(gateway).post("/sign-out", Map.of("_token", "forged", "evil", "yes"));
		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.text()).doesNotContain("kept.evil");
	}

	@Test
	void nobodyIsSentElsewhere() {
		for (String next : List.of("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil")) {
			assertThat(new Browser(gateway).signIn(Gateway.TEST_KEY, "next", next).header("location"))
				.isEqualTo("/models");
		}
	}

}
