package dev.heliostat.e2e;

import java.net.http.HttpRequest;
import java.time.Duration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Prompts are kept where a project wants it, shown to their owner alone, and deleted in
 * time.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromptRetentionTest {

	private static final Duration SOON = Duration.ofSeconds(20);

	private static final String PROMPT = "A quillfox at dusk";

	private Gateway gateway;

	private int keys;

	@BeforeAll
	void start() {
		this.gateway = Gateway.start("--heliostat.prompts.keep.default=30d", "--heliostat.prompts.purge-every=200ms");
	}

	@AfterAll
	void stop() {
		this.gateway.close();
	}

	private String key(String project) {
		return this.gateway
			.post("/admin/v1/keys", Gateway.ADMIN_KEY,
					"{\"name\": \"" + ++this.keys + "\", \"kind\": \"test\", \"project\": \"" + project + "\"}")
			.json()
			.path("key")
			.asString();
	}

	private String generate(String key) {
		Answer made = this.gateway.generate(key, Requests.of(Requests.MODEL, PROMPT));
		assertThat(made.status()).as(made.text()).isEqualTo(200);
		return made.json().at("/metadata/id").asString();
	}

	private JsonNode shown(String id, String key) {
		return this.gateway.get("/v1/generations/" + id, key).json();
	}

	private void untilShown(String id, String key) {
		await().atMost(SOON).until(() -> shown(id, key).path("prompt").asString("").equals(PROMPT));
	}

	private void project(String id, String retention) {
		Answer made = this.gateway.post("/admin/v1/projects", Gateway.ADMIN_KEY,
				"{\"id\": \"" + id + "\", \"name\": \"" + id + "\", \"retention\": " + retention + "}");
		assertThat(made.status()).as(made.text()).isEqualTo(201);
	}

	private void change(String project, String retention) {
		String path = "/admin/v1/projects/" + project;
		Answer changed = this.gateway.send(this.gateway.request(path, Gateway.ADMIN_KEY)
			.header("content-type", "application/json")
			.header("if-match", this.gateway.get(path, Gateway.ADMIN_KEY).header("etag"))
			.method("PATCH", HttpRequest.BodyPublishers.ofString("{\"retention\": " + retention + "}")));
		assertThat(changed.status()).as(changed.text()).isEqualTo(200);
	}

	private long kept(String generation) {
		return this.gateway.bean(JdbcClient.class)
			.sql("select count(*) from kept_prompt where generation = :id")
			.param("id", generation)
			.query(Long.class)
			.single();
	}

	@Test
	void theOwnerSeesItAndNobodyElse() {
		String owner = key("default");
		String id = generate(owner);
		untilShown(id, owner);
		assertThat(this.gateway.get("/v1/generations/" + id, key("default")).status()).isEqualTo(404);
		assertThat(this.gateway.get("/v1/generations", owner).text()).contains(id).doesNotContain("quillfox");
		assertThat(this.gateway.get("/admin/v1/generations/" + id, Gateway.ADMIN_KEY).text()).contains(id)
			.doesNotContain("quillfox");
		assertThat(this.gateway.bean(JdbcClient.class).sql("select * from kept_prompt").query().listOfRows().toString())
			.contains(id)
			.doesNotContain("quillfox");
	}

	@Test
	void usuallyNothingIsKept() {
		project("forgetful", "null");
		String owner = key("forgetful");
		String id = generate(owner);
		String other = key("default");
		untilShown(generate(other), other);
		assertThat(shown(id, owner).has("prompt")).isFalse();
		assertThat(kept(id)).isZero();
	}

	@Test
	void itIsDeletedWhenItsTimeIsOver() {
		project("brief", "{\"prompt_seconds\": 86400}");
		String owner = key("brief");
		String id = generate(owner);
		untilShown(id, owner);
		// A shorter time is also that of what is kept already.
		change("brief", "{\"prompt_seconds\": 1}");
		await().atMost(SOON).until(() -> kept(id) == 0);
		assertThat(shown(id, owner).has("prompt")).isFalse();
		change("brief", "{\"prompt_seconds\": 86400}");
		String second = generate(owner);
		untilShown(second, owner);
		change("brief", "{\"prompt_seconds\": 0}");
		await().atMost(SOON).until(() -> kept(second) == 0);
	}

	@Test
	void itGoesWithThePictures() {
		String owner = key("default");
		String id = generate(owner);
		untilShown(id, owner);
		assertThat(this.gateway.send(this.gateway.request("/v1/generations/" + id + "/media", owner).DELETE()).status())
			.isEqualTo(204);
		assertThat(kept(id)).isZero();
	}

	@Test
	void picturesOfAProjectAreKeptAsLongAsItSays() {
		project("gallery", "{\"media_seconds\": 864000}");
		String owner = key("gallery");
		String id = generate(owner);
		long until = this.gateway.bean(JdbcClient.class)
			.sql("select expires_at - created_at from media where generation = :id")
			.param("id", id)
			.query(Long.class)
			.single();
		assertThat(until).isEqualTo(864_000_000L);
	}

}
