package dev.heliostat.e2e;

import javax.sql.DataSource;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Wrong keys are refused with a reason, and those that cannot be right without a look-up.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadKeysTest {

	private Gateway gateway;

	@BeforeAll
	void start() {
		this.gateway = Gateway.start();
	}

	@AfterAll
	void stop() {
		this.gateway.close();
	}

	private void refused(String key, String sentence) {
		Answer answer = this.gateway.get("/v1/models", key);
		assertThat(answer.status()).as(answer.text()).isEqualTo(401);
		assertThat(answer.text()).contains("invalid_api_key").contains(sentence);
		assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
	}

	@Test
	void mistypedKeysNeedNoLookUp() {
		String key = this.gateway.post("/admin/v1/keys", Gateway.ADMIN_KEY, "{\"name\": \"x\", \"kind\": \"test\"}")
			.json()
			.path("key")
			.asString();
		assertThat(this.gateway.get("/v1/models", key).status()).isEqualTo(200);
		char last = key.charAt(key.length() - 1);
		String mistyped = key.substring(0, key.length() - 1) + ((last == 'a') ? 'b' : 'a');
		String forged = "hs_admin_" + key.substring("hs_test_".length());
		JdbcClient jdbc = JdbcClient.create(this.gateway.bean(DataSource.class));
		jdbc.sql("alter table access_key rename to hidden").update();
		try {
			// Whoever is looked up now gets no answer.
			assertThat(this.gateway.get("/v1/models", "hs_something_else").status()).isEqualTo(503);
			refused(mistyped, "mistyped or cut off");
			refused(forged, "mistyped or cut off");
			refused("hs_live_" + "0".repeat(36), "mistyped or cut off");
			// What is configured needs no store.
			assertThat(this.gateway.get("/v1/models", Gateway.TEST_KEY).status()).isEqualTo(200);
		}
		finally {
			jdbc.sql("alter table hidden rename to access_key").update();
		}
		refused(key.substring(0, key.length() - 3), "not known here");
		refused(key + "x", "not known here");
		refused(key.toUpperCase(), "not known here");
		refused("' or '1'='1", "not known here");
		refused("x".repeat(600), "too long");
	}

	@Test
	void whoIsNotToBeAskedForAKeyIsNot() {
		assertThat(this.gateway.get("/openapi.json", "").status()).isEqualTo(200);
		assertThat(this.gateway.get("/admin/v1/nothing", "").status()).isEqualTo(401);
		assertThat(this.gateway.get("/%61dmin/v1/keys", Gateway.LIVE_KEY).status()).isEqualTo(403);
		assertThat(this.gateway.get("/admin;x/v1/keys", "").status()).isEqualTo(401);
	}

}
