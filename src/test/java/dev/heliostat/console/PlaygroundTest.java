package dev.heliostat.console;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The playground and the visitor's own generations, without any script.
 */
class PlaygroundTest {

	private static final String ID = "href=\"/generations/(gen_[^\"]+)\"";

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

	@BeforeEach
	void clear() {
		replicate.clear();
		openAi.clear();
	}

	private static Map<String, String> form(Browser browser, String... more) {
		Map<String, String> fields = new LinkedHashMap<>();
		fields.put("_token", Browser.token(browser.get("/playground")));
		fields.put("model", Requests.MODEL);
		fields.put("mode", "generate");
		fields.put("prompt", "A cat");
		for (int i = 0; i < more.length; i += 2) {
			fields.put(more[i], more[i + 1]);
		}
		return fields;
	}

	private static String found(String pattern, Answer answer) {
		Matcher matcher = Pattern.compile(pattern).matcher(answer.text());
		assertThat(matcher.find()).as("%s in %s", pattern, answer.text()).isTrue();
		return matcher.group(1).replace("&amp;", "&");
	}

	/** What an open page shows once its picture is made. */
	private static Answer ended(Browser browser, Answer made) {
		String id = found(ID, made);
		return Awaitility.await()
			.until(() -> browser.get("/generations/" + id + "/state"), state -> !state.text().contains("hx-trigger"));
	}

	@Test
	void theFormIsMadeOfTheModelsParameters() {
		Answer page = tester.get("/playground?model=" + Requests.MODEL + "&prompt=%3Cscript%3Ealert(1)");
		assertThat(page.status()).isEqualTo(200);
		assertThat(page.text())
			.contains("name=\"negative_prompt\"", "name=\"seed\"", "value=\"21:9\"", "name=\"steps\"", "max=\"100\"",
					"&lt;script&gt;alert(1)")
			.doesNotContain("<script>alert", "name=\"quality\"", "name=\"user\"");
		assertThat(tester.get("/playground?model=gpt-image-2").text()).contains("name=\"quality\"",
				"name=\"partial_images\"");
		Answer both = tester.get("/playground?model=" + Requests.MODEL + "&model=gpt-image-2");
		assertThat(both.text()).contains("name=\"quality\"", "Only GPT Image 2",
				"Only Stable Diffusion 3.5 Large Turbo");
		Answer edit = tester.get("/playground?model=gpt-image-2&mode=edit");
		assertThat(edit.text()).contains("type=\"file\"", "name=\"mask\"");
		assertThat(tester.get("/playground?model=no-such-model").status()).isEqualTo(404);
		assertThat(Browser.signedIn(gateway, Gateway.ADMIN_KEY).get("/playground").text())
			.contains("An admin key makes no pictures");
	}

	private static Browser scoped(String scopes) {
		return Browser.signedIn(gateway,
				gateway
					.post("/admin/v1/keys", Gateway.ADMIN_KEY,
							"{\"name\": \"scoped\", \"kind\": \"live\", \"scopes\": " + scopes + "}")
					.json()
					.path("key")
					.asString());
	}

	@Test
	void theScopesOfAKeyHoldInTheBrowserAsTheyDoInTheApi() {
		Browser editor = scoped("{\"endpoints\": [\"images/edits\", \"generations\"]}");
		Answer refused = editor.post("/playground", form(editor));
		assertThat(refused.text()).contains("This key may not use", "images/generations");
		assertThat(replicate.submissions()).isEmpty();

		assertThat(editor.post("/playground/price", form(editor)).text())
			.contains("This key may not use", "images/generations")
			.doesNotContain("$0.04");
		assertThat(editor.get("/arena").text()).contains("Nobody to compare").doesNotContain("up to $");
		assertThat(editor.get("/generations").status()).isEqualTo(200);
		assertThat(editor.get("/balance").status()).isEqualTo(403);
		assertThat(editor.get("/playground").text()).contains("href=\"/generations\"")
			.doesNotContain("href=\"/balance\"");

		Browser generator = scoped("{\"endpoints\": [\"images/generations\"]}");
		assertThat(generator.post("/playground/price", form(generator)).text()).contains("$0.04");
		Answer made = generator.post("/playground", form(generator));
		// Whoever may make a picture sees it come, but no list of others.
		assertThat(ended(generator, made).text()).contains("$0.04", "Replicate");
		for (String path : List.of("/generations", "/generations/" + found(ID, made))) {
			Answer page = generator.get(path);
			assertThat(page.status()).as(path).isEqualTo(403);
			assertThat(page.text()).contains("may not use &#39;generations&#39;");
		}
		assertThat(generator
			.post("/generations/" + found(ID, made) + "/cancel",
					Map.of("_token", Browser.token(generator.get("/playground"))))
			.status()).isEqualTo(403);
		replicate.clear();

		Browser elsewhere = scoped("{\"sources\": [\"192.0.2.0/24\"]}");
		for (String path : List.of("/models", "/playground", "/generations")) {
			Answer page = elsewhere.get(path);
			assertThat(page.status()).as(path).isEqualTo(403);
			assertThat(page.text()).contains("may not be used from the address 127.0.0.1");
		}
	}

	@Test
	void fromTheFirstPageToAPicture() {
		Answer page = tester.get("/playground");
		Map<String, String> fields = form(tester, "prompt", found("<textarea id=\"prompt\"[^>]*>([^<]+)<", page));
		Answer first = tester.post("/playground", fields);
		assertThat(first.status()).isEqualTo(200);
		assertThat(first.text()).contains("Same seed again");
		Answer made = ended(tester, first);
		String url = found("<img src=\"(/media/[^\"]+)\"", made);
		assertThat(gateway.get(url, "").header("content-type")).isEqualTo("image/png");
		assertThat(made.text()).contains("$0.00", "Sandbox", "download=\"gen_");
		assertThat(replicate.submissions()).isEmpty();
	}

	@Test
	void thePriceIsShownBeforeAndIsWhatIsCharged() {
		Map<String, String> fields = form(maker, "n", "2", "seed", "7", "size", "16:9", "_once", "twice");
		Answer price = maker.post("/playground/price", fields);
		assertThat(price.text()).contains("$0.08", "at Replicate");
		assertThat(replicate.submissions()).isEmpty();

		Answer made = maker.post("/playground", fields, "hx-request", "true");

		assertThat(made.text()).contains("name=\"_once\"", "hx-swap-oob").doesNotContain("<html");
		assertThat(ended(maker, made).text()).contains("$0.08", "Replicate");
		assertThat(replicate.submissions()).hasSize(2);
		assertThat(replicate.submissions().getFirst().json().path("input").path("aspect_ratio").asString())
			.isEqualTo("16:9");
		String code = found("(?s)<code id=\"gen-[^\"]*-curl\">(.*?)</code>", made);
		assertThat(code).contains("&quot;seed&quot;:7", "&quot;size&quot;:&quot;16:9&quot;", "&quot;n&quot;:2");

		Answer again = maker.post("/playground", fields);
		assertThat(again.text()).contains(found(ID, made));
		assertThat(replicate.submissions()).hasSize(2);
	}

	@Test
	void severalModelsStandSideBySideAndOneFaultKeepsNobodyFromTheirs() {
		Answer refused = maker.post("/playground", form(maker, "prompt", "x [[fake: failed=nsfw]]"));
		assertThat(ended(maker, refused).text()).contains("refused the content");
		Answer wrong = maker.post("/playground", form(maker, "seed", "-5"));
		assertThat(wrong.text()).contains("seed", "note bad");
		replicate.clear();
		String body = String.join("&", "_token=" + form(maker).get("_token"), "model=" + Requests.MODEL,
				"model=gpt-image-2", "mode=generate", "prompt=x", "quality=low", "negative_prompt=dogs");
		Answer both = maker.body("/playground", "application/x-www-form-urlencoded",
				body.getBytes(StandardCharsets.UTF_8));
		assertThat(both.text()).contains("group of2");
		Awaitility.await().untilAsserted(() -> {
			assertThat(replicate.submissions()).hasSize(1);
			assertThat(openAi.submissions()).hasSize(1);
		});
		assertThat(openAi.submissions().getFirst().json().path("quality").asString()).isEqualTo("low");
		assertThat(openAi.submissions().getFirst().json().has("negative_prompt")).isFalse();
	}

	@Test
	void picturesAreSentInWithAMask() {
		byte[] picture = java.util.Base64.getDecoder()
			.decode(gateway
				.generate(Gateway.TEST_KEY,
						Requests.of(Requests.MODEL, "base", "\"response_format\": \"b64_json\"",
								"\"output_format\": \"png\""))
				.json()
				.path("data")
				.path(0)
				.path("b64_json")
				.asString());
		Map<String, String> fields = form(maker, "model", "openai/gpt-image-2", "mode", "edit");
		Answer made = maker.multipart("/playground", fields, Map.of("image", picture, "mask", new byte[0]));
		assertThat(made.status()).isEqualTo(200);
		assertThat(made.text()).contains("-F image=@picture.png").doesNotContain("mask=@mask.png");
		Answer missing = maker.multipart("/playground", fields, Map.of("image", new byte[0]));
		assertThat(missing.text()).contains("&#39;image&#39; is missing");
		Answer text = maker.multipart("/playground", fields, Map.of("image", "no picture".getBytes()));
		assertThat(text.status()).isEqualTo(400);
		assertThat(text.text()).contains("<!doctype html>", "image:");
		assertThat(maker.post("/playground/price", new HashMap<>(fields)).text()).contains("$");
	}

	@Test
	void ownGenerationsAreListedShownAndNobodyElses() {
		Answer made = maker.post("/playground", form(maker));
		ended(maker, made);
		String id = found(ID, made);
		assertThat(maker.get("/generations").text()).contains(id, "succeeded", "$0.04");
		Answer shown = maker.get("/generations/" + id);
		assertThat(shown.text()).contains("Replicate", "$0.04", "served", "/media/");
		for (String path : List.of("/generations/" + id, "/generations/" + id + "/state",
				"/generations/" + id + "/looks/0", "/generations/gen_nothing")) {
			Answer foreign = tester.get(path);
			assertThat(foreign.status()).as(path).isEqualTo(404);
			assertThat(foreign.text()).contains("No generation of yours has the id");
		}
		Answer cancel = tester.post("/generations/" + id + "/cancel", Map.of("_token", form(tester).get("_token")));
		assertThat(cancel.status()).isEqualTo(404);
		assertThat(maker.post("/generations/" + id + "/cancel", Map.of()).status()).isEqualTo(403);
		assertThat(maker.get("/generations/" + id + "/looks/0").status()).isEqualTo(404);
		for (int i = 0; i < 26; i++) {
			gateway.generate(Gateway.LIVE_KEY, Requests.CARD);
		}
		Answer list = maker.get("/generations");
		assertThat(maker.get(found("rel=\"next\" href=\"([^\"]+)\"", list)).text()).contains("Youngest", id);
	}

	@Test
	void aFormOfAnEndedSessionIsKeptWithoutPictures() {
		Browser browser = Browser.signedIn(gateway, Gateway.TEST_KEY);
		Map<String, String> fields = form(browser, "prompt", "A very long text");
		browser.cookies().remove("heliostat_session");
		Answer kept = browser.multipart("/playground", fields, Map.of());
		assertThat(kept.status()).isEqualTo(401);
		assertThat(kept.text()).contains("name=\"then\" value=\"/playground\"",
				"name=\"kept.prompt\" value=\"A very long text\"");
	}

}
