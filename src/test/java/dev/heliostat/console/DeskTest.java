package dev.heliostat.console;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The operator's desk without any script.
 */
class DeskTest {

	private static ReplicateSimulator replicate;

	private static OpenAiSimulator openAi;

	private static Gateway gateway;

	private static Browser admin;

	@BeforeAll
	static void start() {
		replicate = new ReplicateSimulator(0);
		openAi = new OpenAiSimulator(0);
		gateway = Gateway
			.start(Gateway.behind(replicate, openAi, "--heliostat.access.limits.each-key.images.per-hour=500"));
		admin = Browser.signedIn(gateway, Gateway.ADMIN_KEY);
	}

	@AfterAll
	static void stop() {
		gateway.close();
		replicate.close();
		openAi.close();
	}

	private static Map<String, String> form(String page, String... more) {
		Map<String, String> fields = new LinkedHashMap<>();
		Matcher hidden = Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
			.matcher(admin.get(page).text());
		while (hidden.find()) {
			fields.putIfAbsent(hidden.group(1), hidden.group(2).replace("&#39;", "'").replace("&quot;", "\""));
		}
		for (int i = 0; i < more.length; i += 2) {
			fields.put(more[i], more[i + 1]);
		}
		return fields;
	}

	private static Answer send(String page, String path, String... more) {
		return admin.post(path, form(page, more));
	}

	private static JsonNode api(String path) {
		return gateway.get("/admin/v1" + path, Gateway.ADMIN_KEY).json();
	}

	private static String secret(Answer page) {
		Matcher found = Pattern.compile("<code id=\"secret\">([^<]+)</code>").matcher(page.text());
		return found.find() ? found.group(1) : "";
	}

	@Test
	void aKeyIsMadeShownOnceUsedChangedRotatedAndRevoked() {
		Map<String, String> form = form("/desk/keys/new", "name", "Shop <b>", "kind", "live", "project", "default",
				"models", "stable*\n!stable-diffusion-xl", "tags", "team=shop", "amount", "12.50", "measure",
				"usd_micros", "window", "month", "enforcement", "hard");
		Answer made = admin.post("/desk/keys", form);
		assertThat(made.status()).as(made.text()).isEqualTo(200);
		assertThat(made.header("cache-control")).isEqualTo("no-store");
		assertThat(made.text()).contains("Shop &lt;b&gt;").doesNotContain("Shop <b>");
		String secret = secret(made);
		assertThat(gateway.generate(secret, Requests.CARD).status()).isEqualTo(200);
		Answer again = admin.post("/desk/keys", form);
		assertThat(again.text()).contains("made the key already").doesNotContain(secret);

		JsonNode key = api("/keys").path("data")
			.valueStream()
			.filter(each -> each.path("name").asString().equals("Shop <b>"))
			.findFirst()
			.orElseThrow();
		String page = "/desk/keys/" + key.path("id").asString();
		assertThat(key.at("/scopes/models/allow/0").asString()).isEqualTo("stable*");
		assertThat(key.at("/scopes/models/deny/0").asString()).isEqualTo("stable-diffusion-xl");
		assertThat(admin.get(page).text()).contains("$12.50 a month", "500 images an hour", "team=shop")
			.doesNotContain(secret);

		Answer saved = send(page, page, "name", "Shop", "models", "", "tags", "team=shop", "expires_at",
				"2099-01-31T12:00");
		assertThat(saved.header("location")).isEqualTo(page + "?done=saved");
		assertThat(api("/keys/" + key.path("id").asString()).path("expires_at").asLong())
			.isEqualTo(java.time.Instant.parse("2099-01-31T12:00:00Z").getEpochSecond());
		Answer rotated = send(page, page + "/rotate", "overlap_hours", "0");
		String other = secret(rotated);
		assertThat(other).startsWith("hs_live_").isNotEqualTo(secret);
		assertThat(gateway.get("/v1/models", other).status()).isEqualTo(200);
		assertThat(send(page, page + "/rotate", "overlap_hours", "many").status()).isEqualTo(400);
		assertThat(send(page, page + "/expire", "expires_at", "2098-01-31T12:00").header("location"))
			.contains("done=expiring");
		assertThat(send(page, page + "/revoke").header("location")).isEqualTo(page + "?done=revoked");
		assertThat(gateway.get("/v1/models", other).status()).isEqualTo(401);
		assertThat(admin.get(page + "?done=revoked").text()).contains("Revoked: it opens nothing any more");
		assertThat(admin.get("/desk/audit?target=" + key.path("id").asString()).text())
			.contains("key.create", "key.rotate", "key.revoke")
			.doesNotContain(secret, other);
		assertThat(admin.get("/desk/keys?project=default&kind=live").text()).contains("Shop");
	}

	@Test
	void whatIsWrongComesBackWithEveryEntry() {
		Answer refused = send("/desk/keys/new", "/desk/keys", "name", "Kept", "kind", "live", "project", "nowhere",
				"tags", "a=b", "sources", "10.0.0.0/8", "amount", "a lot", "measure", "usd_micros");
		assertThat(refused.status()).isEqualTo(400);
		assertThat(refused.text()).contains("a lot (expected: dollars such as 25 or 0.50)", "value=\"Kept\"",
				">a=b</textarea>", ">10.0.0.0/8</textarea>", "value=\"a lot\"");
		Answer nowhere = send("/desk/keys/new", "/desk/keys", "name", "Kept", "kind", "live", "project", "nowhere");
		assertThat(nowhere.status()).isEqualTo(400);
		assertThat(nowhere.text()).contains("does not exist", "value=\"nowhere\"");
	}

	@Test
	void whoeverComesSecondSeesWhatChangedAndLosesNothing() {
		gateway.post("/admin/v1/projects", Gateway.ADMIN_KEY,
				"{\"id\": \"both\", \"name\": \"Before\", \"tags\": {\"a\": \"1\"}}");
		Map<String, String> mine = form("/desk/projects/both", "name", "Mine", "tags", "a=1", "models", "flux*");
		Answer first = send("/desk/projects/both", "/desk/projects/both", "name", "Theirs", "tags", "a=2");
		assertThat(first.status()).as(first.text()).isEqualTo(303);

		Answer second = admin.post("/desk/projects/both", mine);
		assertThat(second.status()).isEqualTo(412);
		assertThat(second.text()).contains("Somebody else changed it", ">Before<", ">Theirs<", ">Mine<", ">a=2<",
				"value=\"Mine\"", ">flux*</textarea>");
		assertThat(api("/projects/both").path("name").asString()).isEqualTo("Theirs");

		Map<String, String> again = new HashMap<>(mine);
		again.put("_version", "2");
		assertThat(admin.post("/desk/projects/both", again).status()).isEqualTo(303);
		assertThat(api("/projects/both").path("name").asString()).isEqualTo("Mine");
		assertThat(send("/desk/projects/both", "/desk/projects/both/archive").header("location")).contains("archived");
		assertThat(send("/desk/projects/both", "/desk/projects/both/restore").header("location")).contains("restored");
	}

	private static void change(String path, String body) {
		String version = gateway.get("/admin/v1" + path, Gateway.ADMIN_KEY).header("etag");
		Answer changed = gateway.send(gateway.request("/admin/v1" + path, Gateway.ADMIN_KEY)
			.header("content-type", "application/json")
			.header("if-match", version)
			.method("PATCH", java.net.http.HttpRequest.BodyPublishers.ofString(body)));
		assertThat(changed.status()).as(changed.text()).isEqualTo(200);
	}

	@Test
	void whatSomebodyElseChangedIsNotRotatedSwitchedEndedOrDeletedUnseen() {
		String key = gateway.post("/admin/v1/keys", Gateway.ADMIN_KEY, "{\"name\": \"Seen\", \"kind\": \"live\"}")
			.json()
			.path("id")
			.asString();
		gateway.post("/admin/v1/projects", Gateway.ADMIN_KEY, "{\"id\": \"seen\", \"name\": \"Seen\"}");
		String budget = gateway
			.post("/admin/v1/budgets", Gateway.ADMIN_KEY, "{\"project\": \"seen\", \"images\": 5, \"window\": \"day\"}")
			.json()
			.path("id")
			.asString();
		Map<String, String> ofKey = form("/desk/keys/" + key, "overlap_hours", "1");
		Map<String, String> ofProject = form("/desk/projects/seen");
		Map<String, String> ofBudget = form("/desk/budgets/" + budget);
		Map<String, String> ofProvider = form("/desk/providers/openai");
		change("/keys/" + key, "{\"name\": \"Changed\"}");
		change("/projects/seen", "{\"name\": \"Changed\"}");
		change("/budgets/" + budget, "{\"images\": 6}");
		gateway.send(gateway.request("/admin/v1/providers/openai", Gateway.ADMIN_KEY)
			.header("content-type", "application/json")
			.PUT(java.net.http.HttpRequest.BodyPublishers.ofString("{\"enabled\": false}")));

		Map<String, Map<String, String>> sent = new LinkedHashMap<>();
		for (String action : List.of("rotate", "expire", "revoke")) {
			sent.put("/desk/keys/" + key + "/" + action, ofKey);
		}
		sent.put("/desk/projects/seen/archive", ofProject);
		sent.put("/desk/budgets/" + budget + "/delete", ofBudget);
		sent.put("/desk/providers/openai/switch", ofProvider);
		sent.forEach((path, fields) -> {
			Answer told = admin.post(path, fields);
			assertThat(told.status()).as(path + ": " + told.text()).isEqualTo(412);
			assertThat(told.text()).as(path)
				.contains("Somebody else changed it since this page was shown", "role=\"alert\"")
				.doesNotContain("id=\"secret\"");
		});
		assertThat(api("/keys/" + key).path("status").asString()).isEqualTo("active");
		assertThat(api("/keys/" + key).path("expires_at").isNull()).isTrue();
		assertThat(api("/projects/seen").path("status").asString()).isEqualTo("active");
		assertThat(api("/budgets/" + budget).path("images").asInt()).isEqualTo(6);
		assertThat(api("/providers/openai").path("enabled").asBoolean()).isFalse();

		// The page that says so is the one to do it from.
		Answer told = admin.post("/desk/budgets/" + budget + "/delete", ofBudget);
		Map<String, String> again = new HashMap<>(ofBudget);
		Matcher version = Pattern.compile("name=\"_version\" value=\"([0-9]+)\"").matcher(told.text());
		assertThat(version.find()).isTrue();
		again.put("_version", version.group(1));
		assertThat(admin.post("/desk/budgets/" + budget + "/delete", again).status()).isEqualTo(303);
		assertThat(send("/desk/providers/openai", "/desk/providers/openai/switch").header("location"))
			.contains("done=on");
		Answer hours = send("/desk/keys/" + key, "/desk/keys/" + key + "/rotate", "overlap_hours", "9999");
		assertThat(hours.status()).isEqualTo(400);
		assertThat(hours.text()).contains("Nothing was done. overlap", "Make another secret");
	}

	@Test
	void limitsAndRetentionAreEnteredInWords() {
		Answer made = send("/desk/projects/new", "/desk/projects", "id", "paced", "name", "Paced", "limits",
				"60 images a minute\n5 requests per second\n\n20 at once", "keep_prompts", "30d", "keep_pictures",
				"90m");
		assertThat(made.header("location")).as(made.text()).isEqualTo("/desk/projects/paced?done=created");
		JsonNode project = api("/projects/paced");
		assertThat(project.path("limits").toString())
			.isEqualTo("{\"requests\":{\"per_second\":5},\"images\":{\"per_minute\":60},\"at_once\":20}");
		assertThat(project.at("/retention/prompt_seconds").asLong()).isEqualTo(30 * 86_400);
		assertThat(project.at("/retention/media_seconds").asLong()).isEqualTo(90 * 60);
		String page = "/desk/projects/paced";
		assertThat(admin.get(page).text()).contains("5 requests a second\n60 images a minute\n20 at once</textarea>",
				"value=\"30d\"", "value=\"90m\"");

		Answer wrong = send(page, page, "name", "Paced", "limits", "60 images a minute\nmany", "keep_prompts", "1w");
		assertThat(wrong.status()).isEqualTo(400);
		assertThat(wrong.text()).contains("id=\"f-limits-problem\">many (expected: a line such as",
				"aria-invalid=\"true\"", "60 images a minute\nmany</textarea>", "value=\"1w\"");
		assertThat(send(page, page, "name", "Paced", "keep_prompts", "1w").text())
			.contains("id=\"f-keep_prompts-problem\">1w (expected: a number with s, m, h or d");
		assertThat(send(page, page, "name", "Paced", "limits", "5 at once\n6 at once").text())
			.contains("6 at once (expected: each limit once)");
		assertThat(send(page, page, "name", "Paced", "limits", "999999999999999 images a minute").text())
			.contains("id=\"f-limits-problem\">999999999999999");

		Map<String, String> mine = form(page, "name", "Paced", "limits", "7 at once", "keep_prompts", "0",
				"keep_pictures", "");
		assertThat(send(page, page, "name", "Paced", "limits", "no limits", "keep_prompts", "1d", "keep_pictures", "")
			.status()).isEqualTo(303);
		assertThat(api("/projects/paced").path("limits").toString()).isEqualTo("{}");
		Answer second = admin.post(page, mine);
		assertThat(second.status()).isEqualTo(412);
		assertThat(second.text()).contains("Somebody else changed it", ">no limits<", ">7 at once<", ">1d<");
		mine.put("_version", "3");
		assertThat(admin.post(page, mine).status()).isEqualTo(412);
		mine.put("_version", "2");
		assertThat(admin.post(page, mine).status()).isEqualTo(303);
		assertThat(api("/projects/paced").path("limits").toString()).isEqualTo("{\"at_once\":7}");
		assertThat(api("/projects/paced").at("/retention/prompt_seconds").asLong(-1)).isZero();
		assertThat(api("/projects/paced").at("/retention/media_seconds").isNull()).isTrue();

		Answer key = send("/desk/keys/new", "/desk/keys", "name", "Paced", "kind", "live", "project", "paced", "limits",
				"3 requests an hour");
		String secret = secret(key);
		assertThat(secret).as(key.text()).startsWith("hs_live_");
		String id = api("/keys?project=paced").at("/data/0/id").asString();
		assertThat(admin.get("/desk/keys/" + id).text()).contains("This key: 3 requests an hour",
				"All keys of the project: 7 generations at once", "3 requests an hour</textarea>");
		assertThat(send("/desk/keys/" + id, "/desk/keys/" + id, "name", "Paced", "limits", "").status()).isEqualTo(303);
		assertThat(api("/keys/" + id).path("limits").isNull()).isTrue();
		assertThat(admin.get("/desk/keys/" + id).text()).contains("This key: 500 images an hour");
	}

	@Test
	void aSessionThatEndsInTheMiddleOfAFormLosesNothing() {
		Browser browser = Browser.signedIn(gateway, Gateway.ADMIN_KEY);
		String token = Browser.token(browser.get("/desk/projects/new"));
		browser.cookies().remove("heliostat_session");
		Map<String, String> fields = new HashMap<>(
				Map.of("_token", token, "id", "late", "name", "Late", "tags", "a=b"));
		Answer kept = browser.post("/desk/projects", fields);
		assertThat(kept.status()).isEqualTo(401);
		assertThat(kept.text()).contains("Nothing is lost", "name=\"kept.name\" value=\"Late\"");
		Map<String, String> entered = new HashMap<>();
		fields.forEach((name, value) -> entered.put("kept." + name, value));
		entered.remove("kept._token");
		entered.putAll(Map.of("_token", Browser.token(kept), "key", Gateway.ADMIN_KEY, "then", "/desk/projects"));
		Answer on = browser.post("/sign-in", entered);
		assertThat(on.text()).contains("multipart/form-data", "value=\"Late\"");
		fields.put("_token", Browser.token(on));
		assertThat(browser.multipart("/desk/projects", fields, Map.of()).header("location"))
			.isEqualTo("/desk/projects/late?done=created");
		assertThat(api("/projects/late").at("/tags/a").asString()).isEqualTo("b");
	}

	@Test
	void anInvoiceWhoseSessionEndedKeepsEverythingButTheFile() {
		Browser browser = Browser.signedIn(gateway, Gateway.ADMIN_KEY);
		String token = Browser.token(browser.get("/desk/store"));
		browser.cookies().remove("heliostat_session");
		Answer kept = browser.multipart("/desk/reconciliation", Map.of("_token", token, "provider", "replicate"),
				Map.of("invoice", "job_id,amount\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
		assertThat(kept.status()).isEqualTo(401);
		assertThat(kept.text()).contains("Nothing is lost", "name=\"kept.provider\" value=\"replicate\"");
	}

	@Test
	void formsOfOthersAndOtherKeysAreRefused() {
		List<Browser> others = List.of(Browser.signedIn(gateway, Gateway.LIVE_KEY),
				Browser.signedIn(gateway, Gateway.TEST_KEY));
		Map<String, String> own = form("/desk/keys");
		for (DeskAction action : DeskAction.values()) {
			String path = action.path("default");
			for (Browser other : others) {
				Answer answer = action.method().name().equals("GET") ? other.get(path)
						: other.post(path, Map.of("_token", "forged"));
				assertThat(answer.status()).as(action.page()).isEqualTo(403);
				assertThat(answer.text()).contains("This page is the operator");
			}
			if (!action.method().name().equals("GET")) {
				assertThat(admin.post(path, Map.of("_token", "forged")).status()).as(action.page()).isEqualTo(403);
				assertThat(admin.post(path, own, "sec-fetch-site", "cross-site").status()).as(action.page())
					.isEqualTo(403);
				assertThat(admin.multipart(path, Map.of("_token", "forged"), Map.of()).status()).as(action.page())
					.isEqualTo(403);
			}
		}
	}

	@Test
	void aKeyWithScopesMayDoHereWhatItMayDoByTheApi() {
		String secret = gateway.post("/admin/v1/keys", Gateway.ADMIN_KEY,
				"{\"name\": \"reader\", \"kind\": \"admin\", \"scopes\": {\"endpoints\": [\"admin/usage\", \"admin/keys\"]}}")
			.json()
			.path("key")
			.asString();
		Browser reader = Browser.signedIn(gateway, secret);
		assertThat(reader.get("/desk").status()).isEqualTo(200);
		assertThat(reader.get("/desk/usage").status()).isEqualTo(200);
		Answer refused = reader.get("/desk/audit");
		assertThat(refused.status()).isEqualTo(403);
		assertThat(refused.text()).contains("may not use &#39;admin/audit&#39;");
		String token = Browser.token(reader.get("/desk/keys/new"));
		assertThat(reader
			.post("/desk/keys", Map.of("_token", token, "name", "more", "kind", "admin", "project", "default"))
			.status()).isEqualTo(403);
		assertThat(reader.post("/desk/backup", Map.of("_token", token)).status()).isEqualTo(403);
	}

	@Test
	void aProviderIsSwitchedAndTestedForThePriceThatWasSaid() {
		String page = "/desk/providers/replicate";
		assertThat(send(page, page + "/switch").header("location")).isEqualTo(page + "?done=off");
		assertThat(api("/providers/replicate").path("enabled").asBoolean()).isFalse();
		assertThat(send(page, page + "/test").text()).contains("switched off by an operator");
		assertThat(send(page, page + "/switch").header("location")).isEqualTo(page + "?done=on");

		replicate.clear();
		Answer said = admin.post(page + "/test",
				Map.of("_token", Browser.token(admin.get(page)), "model", "stable-diffusion-3.5-large-turbo"));
		assertThat(said.text()).contains("replicate/stable-diffusion-3.5-large-turbo", "costs at most <b>$0.04</b>",
				"Make it for $0.04");
		assertThat(replicate.log()).isEmpty();
		Map<String, String> confirmed = Map.of("_token", Browser.token(said), "model",
				"stable-diffusion-3.5-large-turbo", "confirm", "true", "price_micros", "39999");
		assertThat(admin.post(page + "/test", confirmed).text()).contains("were agreed to. Nothing was sent");
		assertThat(replicate.log()).isEmpty();
		Map<String, String> agreed = new HashMap<>(confirmed);
		agreed.put("price_micros", "40000");
		Answer begun = admin.post(page + "/test", agreed);
		assertThat(begun.header("location")).startsWith("/desk/generations/gen_");
		org.awaitility.Awaitility.await()
			.untilAsserted(() -> assertThat(admin.get(begun.header("location")).text()).contains("succeeded",
					"billed with $0.04", "Its end is kept"));
		assertThat(api("/audit?target=replicate").toString()).contains("provider.test");
	}

	@Test
	void generationsAreFoundWatchedAndTheirPicturesDeleted() {
		Answer made = gateway.generate(Gateway.LIVE_KEY, Requests.CARD);
		String id = made.json().at("/metadata/id").asString();
		assertThat(admin.get("/desk/generations?provider=replicate&status=succeeded").text()).contains(id);
		assertThat(admin.get("/desk/generations?provider=fal").text()).contains("Nothing like that");
		Answer wrong = admin.get("/desk/generations?from=yesterday&model=x%22y");
		assertThat(wrong.status()).isEqualTo(400);
		assertThat(wrong.text()).contains("from: yesterday (expected:", "value=\"x&quot;y\"");
		Answer tail = admin.get("/desk/generations?live=on", "hx-request", "true");
		assertThat(tail.text()).contains("every 2s", id).doesNotContain("<html");
		assertThat(admin.get("/desk/generations/export?format=csv&provider=replicate").text()).startsWith("id,")
			.contains(id);

		String page = "/desk/generations/" + id;
		assertThat(admin.get(page).text()).contains("computed from the catalog", "Timeline",
				"a repetition of the request gets it");
		assertThat(send(page, page + "/delete-media").header("location")).isEqualTo(page + "?done=media");
		assertThat(admin.get(page).text()).contains("not kept any more");
		assertThat(gateway.get("/v1/generations/" + id, Gateway.LIVE_KEY).text()).doesNotContain("/media/");
		assertThat(admin.get("/desk/generations/gen_nothing").status()).isEqualTo(404);
	}

	@Test
	void usageIsGroupedDrawnAndExported() {
		gateway.generate(Gateway.LIVE_KEY, Requests.CARD);
		Answer page = admin.get("/desk/usage?group_by=day&group_by=provider");
		assertThat(page.text()).contains("data-series=\"replicate\"", "/assets/uplot-", "<td class=\"number\">$0.0");
		assertThat(admin.get("/desk").text()).doesNotContain("uplot");
		assertThat(admin.get("/desk/usage/export?format=csv&group_by=provider").text()).startsWith("provider,requests");
		assertThat(admin.get("/desk/usage?group_by=moon").status()).isEqualTo(400);
		assertThat(admin.get("/desk").text()).contains("In flight on this node", "Providers that want something");
	}

	@Test
	void theStoreIsCopiedTidiedAndComparedWithAnInvoice() {
		gateway.generate(Gateway.LIVE_KEY, Requests.CARD);
		assertThat(send("/desk/store", "/desk/backup").text()).contains("The copy is whole and on disk");
		assertThat(send("/desk/store", "/desk/retention").header("location")).isEqualTo("/desk/store?done=retention");
		String csv = "job_id,amount\nnobody-knows,0.04\n";
		Answer pasted = send("/desk/store", "/desk/reconciliation", "provider", "replicate", "pasted", csv, "from",
				"2026-01-01", "to", "2099-01-01");
		assertThat(pasted.text()).contains("Only in the invoice: 1", "nobody-knows", "it was only compared");
		Answer file = admin.multipart("/desk/reconciliation",
				Map.of("_token", Browser.token(admin.get("/desk/store")), "provider", "replicate", "from", "2026-01-01",
						"to", "2099-01-01", "apply", "true"),
				Map.of("invoice", csv.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
		assertThat(file.text()).contains("Only in the invoice: 1", "0 generations");
		Answer broken = send("/desk/store", "/desk/reconciliation", "provider", "replicate", "pasted", "a,b\n1,2\n");
		assertThat(broken.status()).isEqualTo(400);
		assertThat(broken.text()).contains("no column that looks like", "a,b");
	}

	@Test
	void theAuditLogIsLookedThrough() {
		assertThat(admin.get("/desk/audit/verify").text()).contains("none altered, put in or taken out");
		assertThat(admin.get("/desk/audit/verify?head=" + "0".repeat(64)).text())
			.contains("No. The hash that was given is that of no row");
	}

	@Test
	void requestsAreExplained() {
		Answer told = send("/desk/explain", "/desk/explain", "model", "stable-diffusion-3.5-large-turbo", "prompt",
				"A <script>alert(1)</script>", "n", "1");
		assertThat(told.text()).contains("replicate/stable-diffusion-3.5-large-turbo", "Left out")
			.doesNotContain("<script>alert")
			.doesNotContain(ReplicateSimulator.TOKEN);
		assertThat(send("/desk/explain", "/desk/explain", "model", "no-such-model", "prompt", "x").text())
			.contains("no-such-model", "role=\"alert\"");
	}

	@Test
	void callersSeeTheirBalance() {
		String secret = gateway
			.post("/admin/v1/keys", Gateway.ADMIN_KEY,
					"{\"name\": \"balanced\", \"kind\": \"live\", \"budget\": {\"images\": 10, \"window\": \"day\"}}")
			.json()
			.path("key")
			.asString();
		assertThat(gateway.generate(secret, Requests.CARD).status()).isEqualTo(200);
		assertThat(Browser.signedIn(gateway, secret).get("/balance").text()).contains("10 pictures a day", "9 pictures",
				"500 images an hour");
		assertThat(Browser.signedIn(gateway, Gateway.TEST_KEY).get("/balance").text()).contains("Test keys are free");
		assertThat(admin.get("/balance").status()).isEqualTo(403);
	}

	@Test
	void budgetsAreMadeChangedAndDeleted() {
		gateway.post("/admin/v1/projects", Gateway.ADMIN_KEY, "{\"id\": \"spending\", \"name\": \"Spending\"}");
		Answer made = send("/desk/budgets/new", "/desk/budgets", "owner", "project", "owner_id", "spending", "amount",
				"0.5", "measure", "usd_micros", "window", "day", "enforcement", "soft", "time_zone", "Europe/Berlin",
				"warn_at_percent", "70");
		assertThat(made.status()).as(made.text()).isEqualTo(303);
		String page = made.header("location").replace("?done=created", "");
		JsonNode budget = api(page.replace("/desk", ""));
		assertThat(budget.path("usd_micros").asLong()).isEqualTo(500_000);
		assertThat(budget.path("warn_at_percent").asInt()).isEqualTo(70);
		Answer saved = send(page, page, "amount", "1", "measure", "usd_micros", "window", "day", "enforcement", "hard");
		assertThat(saved.status()).as(saved.text()).isEqualTo(303);
		assertThat(admin.get("/desk/budgets").text()).contains("$1.00 a day", "500 images an hour");
		assertThat(send(page, page + "/delete").header("location")).isEqualTo("/desk/budgets?done=deleted");
		assertThat(admin.get(page).status()).isEqualTo(404);
	}

}
