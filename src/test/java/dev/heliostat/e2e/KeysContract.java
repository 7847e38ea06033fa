package dev.heliostat.e2e;

import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Projects, keys and the audit log over HTTP: the same on every store.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KeysContract {

	static final String KEYS = "/admin/v1/keys";

	static final String PROJECTS = "/admin/v1/projects";

	/** The nodes; changes go to the first one. */
	final List<Gateway> nodes = new ArrayList<>();

	Gateway gateway;

	/** The arguments of each node. */
	abstract List<List<String>> arguments();

	@BeforeAll
	void start() {
		arguments().forEach(node -> this.nodes.add(Gateway.start(node.toArray(String[]::new))));
		this.gateway = this.nodes.getFirst();
	}

	@AfterAll
	void stop() {
		this.nodes.forEach(Gateway::close);
	}

	Answer post(String path, String body, String... headers) {
		HttpRequest.Builder request = this.gateway.request(path, Gateway.ADMIN_KEY)
			.header("content-type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body));
		return this.gateway.send((headers.length > 0) ? request.headers(headers) : request);
	}

	Answer patch(String path, String body, String... headers) {
		HttpRequest.Builder request = this.gateway.request(path, Gateway.ADMIN_KEY)
			.header("content-type", "application/json")
			.method("PATCH", HttpRequest.BodyPublishers.ofString(body));
		return this.gateway.send((headers.length > 0) ? request.headers(headers) : request);
	}

	Answer get(String path) {
		return this.gateway.get(path, Gateway.ADMIN_KEY);
	}

	JsonNode create(String body) {
		Answer made = post(KEYS, body);
		assertThat(made.status()).as(made.text()).isEqualTo(201);
		return made.json();
	}

	static void expect(Answer answer, int status, String code, String sentence) {
		assertThat(answer.status()).as(answer.text()).isEqualTo(status);
		assertThat(answer.json().at("/error/code").asString()).isEqualTo(code);
		assertThat(answer.json().at("/error/message").asString()).contains(sentence);
	}

	@Test
	void limitsOfAKeyAreSetChangedAndLifted() {
		Answer made = post(KEYS, """
				{"name": "slow", "kind": "test", "limits": {"images": {"per_hour": 2}, "at_once": 5}}""");
		assertThat(made.status()).as(made.text()).isEqualTo(201);
		assertThat(made.json().path("limits").toString()).isEqualTo("{\"images\":{\"per_hour\":2},\"at_once\":5}");
		String path = KEYS + "/" + made.json().path("id").asString();
		String secret = made.json().path("key").asString();
		Answer first = this.gateway.generate(secret, Requests.CARD);
		assertThat(first.status()).as(first.text()).isEqualTo(200);
		assertThat(first.header("x-ratelimit-limit-images")).isEqualTo("2");
		String three = Requests.of(Requests.MODEL, "Three", "\"n\": 3");
		expect(this.gateway.generate(secret, three), 400, "invalid_value", "may make 2 images an hour");
		Answer changed = patch(path, "{\"limits\": {\"images\": {\"per_hour\": 1000}}}", "if-match", "\"1\"");
		assertThat(changed.status()).as(changed.text()).isEqualTo(200);
		assertThat(this.gateway.generate(secret, three).header("x-ratelimit-limit-images")).isEqualTo("1000");
		assertThat(patch(path, "{\"name\": \"still slow\"}", "if-match", "\"2\"").json()
			.at("/limits/images/per_hour")
			.asInt()).isEqualTo(1000);
		assertThat(patch(path, "{\"limits\": null}", "if-match", "\"3\"").json().path("limits").isNull()).isTrue();
		assertThat(this.gateway.generate(secret, three).header("x-ratelimit-limit-images")).isEmpty();
		JsonNode log = get("/admin/v1/audit?target=" + made.json().path("id").asString()).json();
		assertThat(log.at("/data/0/before/limits/images/per_hour").asInt()).isEqualTo(1000);
		assertThat(log.at("/data/0/after/limits").isNull()).isTrue();
	}

	@Test
	void limitsOfAProjectCountAllOfItsKeys() {
		Answer made = post(PROJECTS,
				"""
						{"id": "slow", "name": "Slow", "limits": {"requests": {"per_hour": 20}}, "retention": {"media_seconds": 120}}""");
		assertThat(made.status()).as(made.text()).isEqualTo(201);
		assertThat(made.json().at("/retention/media_seconds").asLong()).isEqualTo(120);
		assertThat(made.json().at("/retention/prompt_seconds").isNull()).isTrue();
		String one = create("{\"name\": \"one\", \"kind\": \"test\", \"project\": \"slow\"}").path("key").asString();
		String two = create("{\"name\": \"two\", \"kind\": \"test\", \"project\": \"slow\"}").path("key").asString();
		int before = Integer
			.parseInt(this.gateway.generate(one, Requests.CARD).header("x-ratelimit-remaining-requests"));
		assertThat(this.gateway.generate(two, Requests.CARD).header("x-ratelimit-remaining-requests"))
			.isEqualTo(Integer.toString(before - 1));
		Answer changed = patch(PROJECTS + "/slow",
				"{\"limits\": {\"requests\": {\"per_hour\": 3000}}, \"retention\": {\"prompt_seconds\": 0}}",
				"if-match", "\"1\"");
		assertThat(changed.status()).as(changed.text()).isEqualTo(200);
		assertThat(changed.json().at("/retention/media_seconds").asLong()).isEqualTo(120);
		assertThat(this.gateway.generate(two, Requests.CARD).header("x-ratelimit-limit-requests")).isEqualTo("3000");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"images": {"per_hour": 0}}      | limits.images.per_hour: 0
			{"images": {"per_hour": -1}}     | limits.images.per_hour: -1
			{"images": {"per_day": 1}}       | limits.images.per_day: not known here
			{"images": 5}                    | limits.images: 5 (expected: an object)
			{"at_once": 1e99}                | limits.at_once
			{"pictures": {"per_hour": 1}}    | limits.pictures: not known here
			[]                               | limits: [] (expected: an object)
			""")
	void limitsThatAreNotUnderstoodAreRefused(String limits, String sentence) {
		Answer refused = post(KEYS, "{\"name\": \"x\", \"kind\": \"test\", \"limits\": " + limits + "}");
		assertThat(refused.status()).as(refused.text()).isEqualTo(400);
		assertThat(refused.json().at("/error/message").asString()).contains(sentence);
	}

	@Test
	void aKeyIsMadeShownOnceAndUsed() {
		Answer made = post(KEYS, """
				{"name": "web shop", "kind": "test", "tags": {"team": "web"}, "scopes": {"models": ["flux*"]}}""");
		assertThat(made.status()).as(made.text()).isEqualTo(201);
		String id = made.json().path("id").asString();
		String secret = made.json().path("key").asString();
		assertThat(secret).startsWith("hs_test_");
		assertThat(made.header("location")).isEqualTo(KEYS + "/" + id);
		assertThat(made.header("cache-control")).isEqualTo("no-store");
		assertThat(made.header("etag")).isEqualTo("\"1\"");

		JsonNode seen = get(KEYS + "/" + id).json();
		assertThat(seen.path("last_four").asString()).isEqualTo(secret.substring(secret.length() - 4));
		assertThat(seen.has("key")).isFalse();
		assertThat(seen.at("/tags/team").asString()).isEqualTo("web");
		assertThat(seen.at("/scopes/models/allow/0").asString()).isEqualTo("flux*");
		assertThat(seen.path("status").asString()).isEqualTo("active");
		assertThat(seen.path("project").asString()).isEqualTo("default");

		assertThat(this.gateway.generate(secret, Requests.of("flux.1-schnell", "A cat")).status()).isEqualTo(200);
		expect(this.gateway.generate(secret, Requests.CARD), 403, "key_not_allowed", "may not use the model");
		assertThat(everythingStored()).doesNotContain(secret);
	}

	/** Every text in the tables of access. */
	private String everythingStored() {
		JdbcClient jdbc = JdbcClient.create(this.gateway.bean(DataSource.class));
		StringBuilder text = new StringBuilder();
		for (String table : List.of("access_key", "replaced_secret", "audit", "admin_request", "project")) {
			jdbc.sql("select * from " + table).query().listOfRows().forEach(row -> text.append(row).append('\n'));
		}
		return text.toString();
	}

	@Test
	void aRotatedKeyKeepsItsIdAndTheOldSecretForAWhile() {
		JsonNode made = create("{\"name\": \"rotated\", \"kind\": \"test\"}");
		String id = made.path("id").asString();
		String old = made.path("key").asString();
		assertThat(this.gateway.get("/v1/models", old).status()).isEqualTo(200);

		Answer rotated = post(KEYS + "/" + id + "/rotate", "{\"overlap_seconds\": 3600}");
		assertThat(rotated.status()).as(rotated.text()).isEqualTo(200);
		String fresh = rotated.json().path("key").asString();
		assertThat(fresh).isNotEqualTo(old);
		assertThat(rotated.json().path("id").asString()).isEqualTo(id);
		assertThat(rotated.json().at("/replaced/0/last_four").asString()).isEqualTo(old.substring(old.length() - 4));
		assertThat(this.gateway.get("/v1/models", fresh).status()).isEqualTo(200);
		assertThat(this.gateway.get("/v1/models", old).status()).isEqualTo(200);

		String last = post(KEYS + "/" + id + "/rotate", "{\"overlap_seconds\": 0}").json().path("key").asString();
		assertThat(this.gateway.get("/v1/models", last).status()).isEqualTo(200);
		expect(this.gateway.get("/v1/models", fresh), 401, "invalid_api_key", "was replaced");
		assertThat(this.gateway.get("/v1/models", old).status()).isEqualTo(401);
	}

	@Test
	void aRevokedKeyIsRefusedAtOnceWhereItWasRevoked() {
		JsonNode made = create("{\"name\": \"revoked\", \"kind\": \"test\"}");
		String id = made.path("id").asString();
		String secret = made.path("key").asString();
		assertThat(this.gateway.get("/v1/models", secret).status()).isEqualTo(200);
		Answer revoked = post(KEYS + "/" + id + "/revoke", "");
		assertThat(revoked.json().path("status").asString()).as(revoked.text()).isEqualTo("revoked");
		expect(this.gateway.get("/v1/models", secret), 401, "invalid_api_key", "was revoked");
		expect(post(KEYS + "/" + id + "/rotate", "{}"), 409, "conflict", "revoked");
		// Again is no harm.
		assertThat(post(KEYS + "/" + id + "/revoke", "").status()).isEqualTo(200);
	}

	@Test
	void anExpiredKeyIsRefused() {
		JsonNode made = create("{\"name\": \"ends\", \"kind\": \"test\", \"expires_at\": \"2099-01-01T00:00:00Z\"}");
		String id = made.path("id").asString();
		String secret = made.path("key").asString();
		assertThat(made.path("expires_at").asLong()).isEqualTo(Instant.parse("2099-01-01T00:00:00Z").getEpochSecond());
		assertThat(this.gateway.get("/v1/models", secret).status()).isEqualTo(200);
		assertThat(post(KEYS + "/" + id + "/expire", "").json().path("status").asString()).isEqualTo("expired");
		expect(this.gateway.get("/v1/models", secret), 401, "invalid_api_key", "expired on");
	}

	@Test
	void anArchivedProjectRefusesItsKeys() {
		assertThat(post(PROJECTS, "{\"id\": \"shop\", \"name\": \"The shop\"}").status()).isEqualTo(201);
		expect(post(PROJECTS, "{\"id\": \"shop\", \"name\": \"Another\"}"), 409, "conflict", "Choose another id");
		String secret = create("{\"name\": \"of the shop\", \"kind\": \"test\", \"project\": \"shop\"}").path("key")
			.asString();
		assertThat(this.gateway.get("/v1/models", secret).status()).isEqualTo(200);
		assertThat(post(PROJECTS + "/shop/archive", "").json().path("status").asString()).isEqualTo("archived");
		expect(this.gateway.get("/v1/models", secret), 403, "key_not_allowed", "archived");
		expect(post(KEYS, "{\"name\": \"x\", \"kind\": \"test\", \"project\": \"shop\"}"), 400, "invalid_value",
				"is archived");
		assertThat(post(PROJECTS + "/shop/restore", "").json().path("status").asString()).isEqualTo("active");
		assertThat(this.gateway.get("/v1/models", secret).status()).isEqualTo(200);
		expect(post(PROJECTS + "/default/archive", ""), 409, "conflict", "cannot be archived");

		Answer limited = patch(PROJECTS + "/shop", "{\"scopes\": {\"endpoints\": {\"deny\": [\"models\"]}}}",
				"if-match", "*");
		assertThat(limited.status()).as(limited.text()).isEqualTo(200);
		expect(this.gateway.get("/v1/models", secret), 403, "key_not_allowed", "may not use 'models'");
	}

	@Test
	void aRepeatedCreationMakesNothingNew() {
		String body = "{\"name\": \"once\", \"kind\": \"live\"}";
		Answer first = post(KEYS, body, "idempotency-key", "deploy-17");
		Answer again = post(KEYS, "{\"kind\": \"live\", \"name\": \"once\"}", "idempotency-key", "deploy-17");
		assertThat(again.status()).as(again.text()).isEqualTo(201);
		assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
		assertThat(again.json().path("key").isNull()).isTrue();
		assertThat(again.header("idempotency-replayed")).isEqualTo("true");
		expect(post(KEYS, "{\"name\": \"two\", \"kind\": \"live\"}", "idempotency-key", "deploy-17"), 422,
				"idempotency_mismatch", "new one");
		Answer project = post(PROJECTS, "{\"name\": \"p\"}", "idempotency-key", "deploy-18");
		assertThat(post(PROJECTS, "{\"name\": \"p\"}", "idempotency-key", "deploy-18").json())
			.isEqualTo(project.json());
	}

	@Test
	void aKeyIsMadeWithItsBudgetOrNotAtAll() {
		JsonNode made = create(
				"{\"name\": \"budgeted\", \"kind\": \"live\", \"budget\": {\"images\": 5, \"window\": \"day\"}}");
		String id = made.path("id").asString();
		JsonNode budget = get("/admin/v1/budgets?key=" + id).json().at("/data/0");
		assertThat(budget.path("images").asInt()).isEqualTo(5);
		assertThat(this.gateway.get("/v1/balance", made.path("key").asString()).json().at("/budgets/0/amount").asInt())
			.isEqualTo(5);
		JsonNode log = get("/admin/v1/audit?target=" + budget.path("id").asString()).json();
		assertThat(log.at("/data/0/action").asString()).isEqualTo("budget.create");
		assertThat(patch("/admin/v1/budgets/" + budget.path("id").asString(), "{\"images\": 6}").status())
			.isEqualTo(200);
		assertThat(get("/admin/v1/audit?target=" + budget.path("id").asString()).json()
			.at("/data/0/before/images")
			.asInt()).isEqualTo(5);
		int keys = get(KEYS + "?limit=100").json().path("data").size();
		expect(post(KEYS, "{\"name\": \"x\", \"kind\": \"live\", \"budget\": {\"images\": 0, \"window\": \"day\"}}"),
				400, "invalid_value", "images: 0");
		expect(post(KEYS, "{\"name\": \"x\", \"kind\": \"live\", \"budget\": 7}"), 400, "invalid_value", "an object");
		assertThat(get(KEYS + "?limit=100").json().path("data").size()).isEqualTo(keys);
	}

	@Test
	void aChangeOfWhatAnotherOneChangedIsRefused() {
		String path = KEYS + "/" + create("{\"name\": \"v1\", \"kind\": \"test\"}").path("id").asString();
		expect(patch(path, "{\"name\": \"v2\"}"), 428, "precondition_required", "If-Match");
		expect(patch(path, "{\"name\": \"v2\"}", "if-match", "banana"), 400, "invalid_value", "ETag");
		Answer changed = patch(path, "{\"name\": \"v2\", \"tags\": {\"a\": \"b\"}}", "if-match", "\"1\"");
		assertThat(changed.header("etag")).as(changed.text()).isEqualTo("\"2\"");
		assertThat(changed.json().path("name").asString()).isEqualTo("v2");
		expect(patch(path, "{\"name\": \"v3\"}", "if-match", "\"1\""), 412, "precondition_failed", "at version 2");
		expect(post(path + "/revoke", "", "if-match", "\"1\""), 412, "precondition_failed", "meanwhile");
		Answer cleared = patch(path, "{\"tags\": null}", "if-match", "\"2\"");
		assertThat(cleared.json().path("tags").isEmpty()).isTrue();
		assertThat(cleared.json().path("name").asString()).isEqualTo("v2");
	}

	@Test
	void ofConcurrentChangesOneWinsAndTheLogStaysWhole() throws Exception {
		String path = KEYS + "/" + create("{\"name\": \"race\", \"kind\": \"test\"}").path("id").asString();
		List<Callable<Answer>> changes = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			Gateway node = this.nodes.get(i % this.nodes.size());
			String body = "{\"name\": \"race " + i + "\"}";
			changes.add(() -> node.send(node.request(path, Gateway.ADMIN_KEY)
				.header("content-type", "application/json")
				.header("if-match", "\"1\"")
				.method("PATCH", HttpRequest.BodyPublishers.ofString(body))));
			changes.add(() -> node.post(KEYS, Gateway.ADMIN_KEY, "{\"name\": \"beside\", \"kind\": \"test\"}"));
		}
		List<Integer> statuses = new ArrayList<>();
		List<String> texts = new ArrayList<>();
		try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
			for (Future<Answer> answer : threads.invokeAll(changes)) {
				statuses.add(answer.get().status());
				texts.add(answer.get().text());
			}
		}
		assertThat(texts).noneMatch(text -> text.contains("server_error"));
		assertThat(statuses).filteredOn(status -> status == 200).hasSize(1);
		assertThat(statuses).filteredOn(status -> status == 412).hasSize(15);
		assertThat(statuses).filteredOn(status -> status == 201).hasSize(16);
		JsonNode verified = get("/admin/v1/audit/verify").json();
		assertThat(verified.path("valid").asBoolean()).as(verified.toString()).isTrue();
	}

	@Test
	void theLogTellsWhoChangedWhatAndFindsWhatWasTamperedWith() {
		String id = create("{\"name\": \"watched\", \"kind\": \"test\"}").path("id").asString();
		Answer revoked = post(KEYS + "/" + id + "/revoke", "");
		JsonNode log = get("/admin/v1/audit?target=" + id).json();
		assertThat(log.path("data").size()).isEqualTo(2);
		JsonNode last = log.at("/data/0");
		assertThat(last.path("action").asString()).isEqualTo("key.revoke");
		assertThat(last.path("actor").asString()).isEqualTo("key_bootstrap_admin");
		assertThat(last.path("request_id").asString()).isEqualTo(revoked.header("x-request-id"));
		assertThat(last.at("/before/status").asString()).isEqualTo("active");
		assertThat(last.at("/after/status").asString()).isEqualTo("revoked");
		assertThat(log.at("/data/1/before").isNull()).isTrue();

		JsonNode verified = get("/admin/v1/audit/verify").json();
		assertThat(verified.path("valid").asBoolean()).as(verified.toString()).isTrue();
		String head = verified.path("head").asString();
		create("{\"name\": \"later\", \"kind\": \"test\"}");
		assertThat(get("/admin/v1/audit/verify?head=" + head).json().path("valid").asBoolean()).isTrue();
		assertThat(get("/admin/v1/audit/verify?head=" + "0".repeat(64)).json().path("fault").asString())
			.contains("is that of no row");

		JdbcClient jdbc = JdbcClient.create(this.gateway.bean(DataSource.class));
		long seq = Long.parseLong(last.path("id").asString().substring("audit_".length()));
		tamper(jdbc, "update audit set actor = 'nobody' where seq = " + seq,
				"update audit set actor = 'key_bootstrap_admin' where seq = " + seq, "Row " + seq + " was altered.");
		tamper(jdbc, "update audit set seq = -1 where seq = " + seq,
				"update audit set seq = " + seq + " where seq = -1", "Row " + seq + " is missing.");
		tamper(jdbc, "update audit_head set seq = seq + 1", "update audit_head set seq = seq - 1", "is missing");
		tamper(jdbc, "update audit_head set hash = 'x'",
				"update audit_head set hash = (select hash from audit where " + "seq = (select max(seq) from audit))",
				"not the one that was written last");
		assertThat(get("/admin/v1/audit/verify").json().path("valid").asBoolean()).isTrue();
	}

	private void tamper(JdbcClient jdbc, String change, String back, String fault) {
		jdbc.sql(change).update();
		JsonNode verified = get("/admin/v1/audit/verify").json();
		jdbc.sql(back).update();
		assertThat(verified.path("valid").asBoolean()).isFalse();
		assertThat(verified.path("fault").asString()).contains(fault);
	}

	@Test
	void listsComeInPages() {
		for (int i = 0; i < 5; i++) {
			create("{\"name\": \"paged " + i + "\", \"kind\": \"admin\"}");
		}
		Set<String> seen = new HashSet<>();
		String path = KEYS + "?limit=2&kind=admin";
		String after = "";
		JsonNode page;
		do {
			page = get(path + after).json();
			page.path("data").forEach(key -> assertThat(seen.add(key.path("id").asString())).isTrue());
			assertThat(page.path("last_id").asString())
				.isEqualTo(page.path("data").get(page.path("data").size() - 1).path("id").asString());
			after = "&after=" + page.path("last_id").asString();
		}
		while (page.path("has_more").asBoolean());
		// The one from the configuration is the first of all.
		assertThat(seen).hasSizeGreaterThanOrEqualTo(6).contains("key_bootstrap_admin");
		assertThat(get(KEYS + "?limit=1&kind=admin").json().at("/data/0/source").asString()).isEqualTo("declared");
		expect(get(KEYS + "?after=key_nothing"), 400, "invalid_value", "after");
		expect(get(KEYS + "?limit=0"), 400, "invalid_value", "1 to 100");
		expect(get("/admin/v1/audit?after=x"), 400, "invalid_value", "audit_20");
		assertThat(get("/admin/v1/audit?limit=1").json().path("has_more").asBoolean()).isTrue();
		assertThat(get(PROJECTS + "?limit=1").json().path("object").asString()).isEqualTo("list");
	}

	@Test
	void configuredKeysAreShownAndCannotBeChanged() {
		JsonNode seen = get(KEYS + "/key_bootstrap_live").json();
		assertThat(seen.path("source").asString()).isEqualTo("declared");
		assertThat(seen.path("created_at").isNull()).isTrue();
		expect(post(KEYS + "/key_bootstrap_live/revoke", ""), 409, "conflict", "declared in the configuration");
	}

	@ParameterizedTest(name = "{1}: {2}")
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{}                                                            | missing_required_parameter | 'name' is missing
					{"name": "x"}                                                 | missing_required_parameter | 'kind' is missing
					{"name": "", "kind": "live"}                                  | invalid_value     | name: empty
					{"name": 7, "kind": "live"}                                   | invalid_value     | name: 7 (expected: a text)
					{"name": "x", "kind": "root"}                                 | invalid_value     | one of live, test, admin
					{"name": "x", "kind": "live", "projekt": "a"}                 | unknown_parameter | projekt: not known here (expected: name, kind, project
					{"name": "x", "kind": "live", "project": "nowhere"}           | invalid_value     | does not exist
					{"name": "x", "kind": "live", "expires_at": "soon"}           | invalid_value     | 2030-01-31T12:00:00Z
					{"name": "x", "kind": "live", "expires_at": 1}                | invalid_value     | a time to come
					{"name": "x", "kind": "live", "expires_at": -1}               | invalid_value     | expires_at: -1
					{"name": "x", "kind": "live", "expires_at": 1e30}             | invalid_value     | expires_at
					{"name": "x", "kind": "live", "expires_at": true}             | invalid_value     | expires_at: true
					{"name": "x", "kind": "live", "tags": []}                     | invalid_value     | tags
					{"name": "x", "kind": "live", "tags": {"a b": "c"}}           | invalid_value     | tags.a b
					{"name": "x", "kind": "live", "scopes": {"model": []}}        | unknown_parameter | scopes.model: not known here
					{"name": "x", "kind": "live", "scopes": {"models": "all"}}    | invalid_value     | a list
					{"name": "x", "kind": "live", "scopes": {"models": [7]}}      | invalid_value     | scopes.models
					{"name": "x", "kind": "live", "scopes": {"models": ["a*b"]}}  | invalid_value     | 'a*b'
					{"name": "x", "kind": "live", "scopes": {"models": {"only": []}}} | unknown_parameter | scopes.models.only
					{"name": "x", "kind": "live", "scopes": {"sources": ["10.0.0.0/33"]}} | invalid_value | 10.0.0.0/33
					{"name": "x", "kind": "live", "scopes": {"sources": ["example.com"]}} | invalid_value | example.com
					{"name": "x'; drop table access_key; --", "kind": "live", "project": "' or '1'='1"} | invalid_value | does not exist
					[]                                                            | invalid_json      | no JSON object
					""")
	void badKeysAreRefused(String body, String code, String sentence) {
		Answer answer = post(KEYS, body);
		expect(answer, 400, code, sentence);
	}

	@Test
	void whatIsNotThereIsNotFound() {
		expect(get(KEYS + "/key_x' or '1'='1".replace(" ", "%20").replace("'", "%27")), 404, "not_found", "No key");
		expect(get(PROJECTS + "/nothing"), 404, "not_found", "No project");
		expect(post(KEYS + "/nothing/revoke", ""), 404, "not_found", "No key");
		expect(get(KEYS + "/key_bootstrap_live/revoke"), 405, "method_not_allowed", "Use POST");
		expect(get(KEYS + "/x/y"), 404, "unknown_url", "nothing at GET");
		assertThat(this.gateway.get(KEYS, Gateway.LIVE_KEY).status()).isEqualTo(403);
		assertThat(this.gateway.get(KEYS, "").status()).isEqualTo(401);
	}

	@Test
	void aLimitedAdminKeyCannotMakeAnUnlimitedOne() {
		String secret = create("""
				{"name": "keys only", "kind": "admin", "scopes": {"endpoints": ["admin/keys"]}}""").path("key")
			.asString();
		expect(this.gateway.get("/admin/v1/audit", secret), 403, "key_not_allowed", "'admin/audit'");
		assertThat(this.gateway.get(KEYS, secret).status()).isEqualTo(200);
		assertThat(this.gateway.post(KEYS, secret, "{\"name\": \"x\", \"kind\": \"live\"}").status()).isEqualTo(201);
		expect(this.gateway.post(KEYS, secret, "{\"name\": \"x\", \"kind\": \"admin\"}"), 403, "key_not_allowed",
				"without scopes");
		String other = create("{\"name\": \"other\", \"kind\": \"admin\"}").path("id").asString();
		expect(this.gateway.post(KEYS + "/" + other + "/revoke", secret, "{}"), 403, "key_not_allowed",
				"without scopes");
	}

	@Test
	void aKeyMayBeBoundToAddresses() {
		String here = create(
				"{\"name\": \"here\", \"kind\": \"test\", \"scopes\": {\"sources\": [\"127.0.0.0/8\", \"::1\"]}}")
			.path("key")
			.asString();
		assertThat(this.gateway.get("/v1/models", here).status()).isEqualTo(200);
		String there = create(
				"{\"name\": \"there\", \"kind\": \"test\", \"scopes\": {\"sources\": [\"192.0.2.0/24\"]}}")
			.path("key")
			.asString();
		expect(this.gateway.get("/v1/models", there), 403, "key_not_allowed", "from the address 127.0.0.1");
	}

}
