package dev.heliostat.console;

import java.net.http.HttpRequest;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Galleries: who may publish, take back and remove what, on pages and by the API.
 */
class GalleryTest {

	private static final String CARD = "/models/stability-ai/stable-diffusion-3.5-large-turbo";

	private static Gateway gateway;

	private static Browser maker;

	private static Browser tester;

	private static Browser admin;

	@BeforeAll
	static void start() {
		gateway = Gateway.start();
		maker = Browser.signedIn(gateway, Gateway.LIVE_KEY);
		tester = Browser.signedIn(gateway, Gateway.TEST_KEY);
		admin = Browser.signedIn(gateway, Gateway.ADMIN_KEY);
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	private static String made() {
		Answer made = gateway.generate(Gateway.TEST_KEY, Requests.CARD);
		assertThat(made.status()).isEqualTo(200);
		return made.json().path("metadata").path("id").asString();
	}

	private static Answer delete(String path, String key) {
		return gateway.send(gateway.request(path, key).method("DELETE", HttpRequest.BodyPublishers.noBody()));
	}

	private static String found(String pattern, Answer answer) {
		Matcher matcher = Pattern.compile(pattern).matcher(answer.text());
		assertThat(matcher.find()).as("%s in %s", pattern, answer.text()).isTrue();
		return matcher.group(1).replace("&amp;", "&");
	}

	private static Map<String, String> form(Browser browser, String prompt) {
		return Map.of("_token", Browser.token(browser.get("/generations")), "prompt", prompt);
	}

	@Test
	void theOwnerPublishesAndTakesBack() {
		String id = made();
		assertThat(tester.get("/generations/" + id).text()).contains("Publish in the gallery");
		Answer published = tester.post("/generations/" + id + "/publication",
				form(tester, "A <script>alert(1)</script> cat"));
		assertThat(published.status()).isEqualTo(303);
		assertThat(published.header("location")).isEqualTo("/generations/" + id);
		assertThat(tester.get("/generations/" + id).text()).contains("It is shown in the", CARD + "/gallery");

		// Also when the generation's own pictures are gone, and to others.
		Answer gallery = maker.get(CARD + "/gallery");
		assertThat(gallery.text()).contains("A &lt;script&gt;alert(1)&lt;/script&gt; cat", "Sandbox</span>")
			.doesNotContain("<script>alert", "/generations/" + id + "/publication/withdraw", "/forbid");
		String url = found("<img src=\"(/media/[^\"]+)\"", gallery);
		assertThat(gateway.get(url, "").header("content-type")).startsWith("image/");
		assertThat(tester.get(CARD + "/gallery").text()).contains("Take it back");

		// Once more, it only changes the prompt.
		assertThat(tester.post("/generations/" + id + "/publication", form(tester, "")).status()).isEqualTo(303);
		assertThat(found("<img src=\"(/media/[^\"]+)\"", maker.get(CARD + "/gallery"))).isEqualTo(url);
		assertThat(maker.get(CARD + "/gallery").text()).doesNotContain("alert(1)");

		Map<String, String> back = Map.of("_token", form(tester, "").get("_token"), "from", "gallery");
		Answer taken = tester.post("/generations/" + id + "/publication/withdraw", back);
		assertThat(taken.header("location")).isEqualTo(CARD + "/gallery");
		assertThat(maker.get(CARD + "/gallery").text()).doesNotContain(url.substring(0, 30));
		assertThat(gateway.get(url, "").status()).isEqualTo(410);
		assertThat(tester.post("/generations/" + id + "/publication", form(tester, "again")).status()).isEqualTo(303);
		assertThat(delete("/v1/generations/" + id + "/publication", Gateway.TEST_KEY).status()).isEqualTo(204);
	}

	@Test
	void nobodyElsePublishesOrTakesBackOrForges() {
		String id = made();
		assertThat(maker.post("/generations/" + id + "/publication", form(maker, "mine")).status()).isEqualTo(404);
		assertThat(tester.post("/generations/" + id + "/publication", Map.of("prompt", "x")).status()).isEqualTo(403);
		assertThat(new Browser(gateway).post("/generations/" + id + "/publication", Map.of("prompt", "x")).status())
			.isEqualTo(401);
		assertThat(gateway.post("/v1/generations/" + id + "/publication", Gateway.LIVE_KEY, "{}").status())
			.isEqualTo(404);
		assertThat(gateway.post("/v1/generations/" + id + "/publication", Gateway.TEST_KEY, "{}").status())
			.isEqualTo(200);
		assertThat(maker.post("/generations/" + id + "/publication/withdraw", form(maker, "")).status()).isEqualTo(404);
		assertThat(delete("/v1/generations/" + id + "/publication", Gateway.LIVE_KEY).status()).isEqualTo(404);
		assertThat(tester.post("/publications/" + id + "/forbid", form(tester, "")).status()).isEqualTo(403);
		assertThat(delete("/admin/v1/publications/" + id, Gateway.LIVE_KEY).status()).isEqualTo(403);
		assertThat(delete("/v1/generations/" + id + "/publication", Gateway.TEST_KEY).status()).isEqualTo(204);
	}

	@Test
	void whatTheOperatorRemovesStaysAway() {
		String id = made();
		assertThat(gateway.post("/v1/generations/" + id + "/publication", Gateway.TEST_KEY, "{\"prompt\": \"rude\"}")
			.status()).isEqualTo(200);
		assertThat(admin.get(CARD + "/gallery").text()).contains("/publications/" + id + "/forbid", "rude");
		Map<String, String> token = Map.of("_token", Browser.token(admin.get("/desk")));
		assertThat(admin.post("/publications/" + id + "/forbid", Map.of()).status()).isEqualTo(403);
		Answer removed = admin.post("/publications/" + id + "/forbid", token);
		assertThat(removed.header("location")).isEqualTo(CARD + "/gallery");
		assertThat(maker.get(CARD + "/gallery").text()).doesNotContain("rude");
		Answer again = gateway.post("/v1/generations/" + id + "/publication", Gateway.TEST_KEY, "{}");
		assertThat(again.status()).isEqualTo(409);
		assertThat(again.text()).contains("cannot be published again");
		assertThat(tester.get("/generations/" + id).text()).contains("removed this picture");
		assertThat(gateway.get("/admin/v1/audit", Gateway.ADMIN_KEY).text()).contains("publication.forbid", id);
		assertThat(delete("/admin/v1/publications/" + id, Gateway.ADMIN_KEY).status()).isEqualTo(204);
		assertThat(delete("/admin/v1/publications/gen_nothing", Gateway.ADMIN_KEY).status()).isEqualTo(404);
	}

	@Test
	void scopesOfKeysHoldOnPagesToo() {
		String id = made();
		gateway.post("/v1/generations/" + id + "/publication", Gateway.TEST_KEY, "{}");
		String key = gateway
			.post("/admin/v1/keys", Gateway.ADMIN_KEY,
					"{\"name\": \"u\", \"kind\": \"admin\", \"scopes\": {\"endpoints\": [\"admin/usage\"]}}")
			.json()
			.path("key")
			.asString();
		Browser limited = Browser.signedIn(gateway, key);
		Map<String, String> token = Map.of("_token", Browser.token(limited.get(CARD + "/gallery")));
		Answer refused = limited.post("/publications/" + id + "/forbid", token);
		assertThat(refused.status()).isEqualTo(403);
		assertThat(refused.text()).contains("admin/publications");
		assertThat(tester.get("/generations/" + id).text()).contains("It is shown in the");
		assertThat(delete("/v1/generations/" + id + "/publication", Gateway.TEST_KEY).status()).isEqualTo(204);
	}

	@Test
	void theApiSaysWhatIsShown() {
		String id = made();
		Answer published = gateway.post("/v1/generations/" + id + "/publication", Gateway.TEST_KEY,
				"{\"prompt\": \"A cat\"}");
		assertThat(published.json().path("prompt").asString()).isEqualTo("A cat");
		assertThat(published.json().path("sandbox").asBoolean()).isTrue();
		String url = published.json().at("/pictures/0/url").asString();
		assertThat(gateway.get(url, "").status()).isEqualTo(200);
		for (String body : new String[] { "{\"prompt\": 7}", "{\"prompts\": \"x\"}",
				"{\"prompt\": \"" + "x".repeat(4001) + "\"}" }) {
			Answer refused = gateway.post("/v1/generations/" + id + "/publication", Gateway.TEST_KEY, body);
			assertThat(refused.status()).isEqualTo(400);
		}
		// Deleting its media takes it out of the gallery, too.
		assertThat(delete("/v1/generations/" + id + "/media", Gateway.TEST_KEY).status()).isEqualTo(204);
		assertThat(gateway.get(url, "").status()).isEqualTo(410);
		assertThat(gateway.post("/v1/generations/" + id + "/publication", Gateway.TEST_KEY, "{}").status())
			.isEqualTo(410);
		assertThat(gateway.get("/v1/generations/" + id + "/publication", Gateway.TEST_KEY).header("allow"))
			.isEqualTo("POST, DELETE");
		Answer failed = gateway.generate(Gateway.TEST_KEY, Requests.of(Requests.MODEL, "[[sandbox: moderation]]"));
		String without = failed.header("x-heliostat-generation");
		if (!without.isEmpty()) {
			assertThat(gateway.post("/v1/generations/" + without + "/publication", Gateway.TEST_KEY, "{}").status())
				.isEqualTo(409);
		}
	}

	@Test
	void promptsOfTheCatalogComeWithStandIns() {
		Answer page = tester.get(CARD + "/gallery");
		String preview = found("<img src=\"(" + CARD + "/gallery/previews/0[^\"]*)\"", page);
		assertThat(page.text()).contains("Sandbox preview",
				"/playground?model=stable-diffusion-3.5-large-turbo&amp;prompt=");
		Answer first = tester.get(preview);
		assertThat(first.header("content-type")).isEqualTo("image/jpeg");
		assertThat(first.response().body().length).isLessThan(40_000);
		assertThat(tester.get(preview).response().body()).isEqualTo(first.response().body());
		assertThat(tester.get(CARD + "/gallery/previews/999").status()).isEqualTo(404);
		assertThat(tester.get(CARD + "/gallery/previews/x").status()).isEqualTo(404);
		assertThat(new Browser(gateway).get(preview).status()).isEqualTo(303);
	}

}
