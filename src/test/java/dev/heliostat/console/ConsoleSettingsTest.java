package dev.heliostat.console;

import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The console under other settings, one gateway after the other.
 */
class ConsoleSettingsTest {

	@Test
	void whoSendsTooManyWrongKeysIsTurnedAwayForAWhile() {
		try (Gateway other = Gateway.start()) {
			Browser browser = new Browser(other);
			for (int i = 0; i < 10; i++) {
				assertThat(browser.signIn("wrong" + i).status()).isEqualTo(401);
			}
			Answer answer = browser.signIn(Gateway.TEST_KEY);
			assertThat(answer.status()).isEqualTo(429);
			assertThat(answer.header("retry-after")).isEqualTo("60");
			assertThat(answer.text()).contains("Too many wrong keys", "Wait a minute");
		}
	}

	@Test
	void whereThereIsHttpsTheCookieIsHeldToIt() {
		try (Gateway secure = Gateway.start("--heliostat.public-url=https://images.example.com")) {
			Answer entered = new Browser(secure).signIn(Gateway.TEST_KEY);
			assertThat(entered.response().headers().allValues("set-cookie").toString())
				.contains("__Host-heliostat_session=", "Secure");
		}
	}

	@Test
	void theConsoleCanBeLeftOut() {
		try (Gateway without = Gateway.start("--heliostat.console.enabled=false")) {
			assertThat(new Browser(without).get("/models").status()).isEqualTo(404);
			assertThat(new Browser(without).get("/").json().path("error").path("code").asString())
				.isEqualTo("unknown_url");
		}
	}

	@Test
	void theCatalogCanBePublic() {
		try (Gateway open = Gateway.start("--heliostat.console.public-catalog=true")) {
			String card = "/models/stability-ai/stable-diffusion-3.5-large-turbo";
			assertThat(open.get("/llms.txt", "").status()).isEqualTo(200);
			assertThat(open.get(card + ".md", "").status()).isEqualTo(200);
			assertThat(new Browser(open).get(card).status()).isEqualTo(200);
			assertThat(new Browser(open).get("/desk").status()).isEqualTo(303);
		}
	}

}
