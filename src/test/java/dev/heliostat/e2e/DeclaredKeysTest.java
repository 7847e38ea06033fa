package dev.heliostat.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Keys that configuration declares, by reference to a secret or by hash; and requests
 * that come through proxies.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeclaredKeysTest {

	private static final String WEB = "a-declared-key-of-the-web-01";

	private static final String FILED = "a-declared-key-in-a-file-02";

	private static final String HASHED = "a-declared-key-known-by-hash";

	private Gateway gateway;

	@BeforeAll
	void start() throws Exception {
		Path file = Files.writeString(Gateway.temporary().resolve("key"), FILED + "\n");
		String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(HASHED.getBytes()));
		System.setProperty("KEY_OF_THE_WEB", WEB);
		this.gateway = Gateway.start("--heliostat.access.declared-keys.web.kind=test",
				"--heliostat.access.declared-keys.web.value=${KEY_OF_THE_WEB}",
				"--heliostat.access.declared-keys.web.project=storefront",
				"--heliostat.access.declared-keys.web.name=Web shop",
				"--heliostat.access.declared-keys.web.scopes.models.allow=flux*",
				"--heliostat.access.declared-keys.web.tags.team=web",
				"--heliostat.access.declared-keys.filed.kind=test",
				"--heliostat.access.declared-keys.filed.value-file=" + file,
				"--heliostat.access.declared-keys.filed.scopes.sources.allow=192.0.2.0/24",
				"--heliostat.access.declared-keys.hashed.kind=admin",
				"--heliostat.access.declared-keys.hashed.hash=sha256:" + hash,
				"--heliostat.access.trusted-proxies=127.0.0.0/8,::1,10.0.0.0/8",
				"--heliostat.access.throttle.failures=5", "--heliostat.access.throttle.window=1h");
	}

	@AfterAll
	void stop() {
		this.gateway.close();
		System.clearProperty("KEY_OF_THE_WEB");
	}

	private Answer from(String forwarded, String key) {
		return this.gateway.send(this.gateway.request("/v1/models", key).header("x-forwarded-for", forwarded).GET());
	}

	@Test
	void declaredKeysAreUsedAndShown() {
		assertThat(this.gateway.generate(WEB, Requests.of("flux.1-schnell", "A cat")).status()).isEqualTo(200);
		assertThat(this.gateway.generate(WEB, Requests.CARD).status()).isEqualTo(403);
		JsonNode seen = this.gateway.get("/admin/v1/keys/web", HASHED).json();
		assertThat(seen.path("source").asString()).isEqualTo("declared");
		assertThat(seen.path("name").asString()).isEqualTo("Web shop");
		assertThat(seen.path("last_four").asString()).isEqualTo("b-01");
		assertThat(seen.at("/tags/team").asString()).isEqualTo("web");
		assertThat(this.gateway.get("/admin/v1/keys/hashed", HASHED).json().path("last_four").isNull()).isTrue();
		assertThat(this.gateway.get("/admin/v1/keys", HASHED).text()).doesNotContain(WEB).doesNotContain(HASHED);
		assertThat(this.gateway.get("/admin/v1/projects/storefront", HASHED).status()).isEqualTo(200);
	}

	@Test
	void declaredKeysStandUnderTheirProjects() {
		String project = "/admin/v1/projects/storefront";
		assertThat(this.gateway.post(project + "/archive", HASHED, "").status()).isEqualTo(200);
		assertThat(this.gateway.get("/v1/models", WEB).text()).contains("archived");
		assertThat(this.gateway.post(project + "/restore", HASHED, "").status()).isEqualTo(200);
		assertThat(this.gateway.get("/v1/models", WEB).status()).isEqualTo(200);
	}

	@Test
	void trustedProxiesSayWhereARequestComesFrom() {
		assertThat(from("192.0.2.7", FILED).status()).isEqualTo(200);
		assertThat(from("192.0.2.7:4711, 10.1.2.3", FILED).status()).isEqualTo(200);
		// What a client writes itself stands before what a proxy saw.
		assertThat(from("192.0.2.7, 198.51.100.1", FILED).text()).contains("from the address 198.51.100.1");
		assertThat(from("192.0.2.7, unknown", FILED).text()).contains("from the address 127.0.0.1");
		assertThat(this.gateway.get("/v1/models", FILED).status()).isEqualTo(403);
	}

	@Test
	void anAddressThatSendsWrongKeysHasToWait() {
		String address = "203.0.113.9";
		assertThat(from(address, WEB).status()).isEqualTo(200);
		for (int i = 0; i < 5; i++) {
			assertThat(from(address, "wrong-key-number-" + i).status()).isEqualTo(401);
		}
		Answer throttled = from(address, "wrong-key-number-6");
		assertThat(throttled.status()).isEqualTo(429);
		assertThat(Long.parseLong(throttled.header("retry-after"))).isBetween(3500L, 3600L);
		assertThat(throttled.header("x-should-retry")).isEqualTo("false");
		assertThat(throttled.text()).contains("rate_limit_exceeded").contains("Too many wrong API keys");
		// A right key that was not used from there is not looked at, either.
		assertThat(from(address, HASHED).status()).isEqualTo(429);
		// Who was there before goes on, and so does everybody elsewhere.
		assertThat(from(address, WEB).status()).isEqualTo(200);
		assertThat(from("203.0.113.10", WEB).status()).isEqualTo(200);
		// Neighbours in one network of IPv6 are one.
		for (int i = 0; i < 5; i++) {
			assertThat(from("2001:db8::" + i, "wrong-key-number-" + i).status()).isEqualTo(401);
		}
		assertThat(from("2001:db8::ffff", "wrong-key-number-6").status()).isEqualTo(429);
	}

	@ParameterizedTest(name = "{2}")
	@CsvSource(delimiter = '|', textBlock = """
			kind=live             | name=x                            | no secret
			value=0123456789abcdefgh | name=x                         | .kind: missing
			kind=live             | value=short                       | short or well-known
			kind=live             | hash=12                           | 64 hexadecimal digits
			kind=live             | value-file=/nowhere/at/all        | cannot be read
			""")
	void wrongDeclarationsStopTheStart(String first, String second, String sentence) throws IOException {
		String prefix = "--heliostat.access.declared-keys.x.";
		assertThatThrownBy(() -> Gateway.start(prefix + first, prefix + second).close())
			.hasStackTraceContaining(sentence);
	}

}
