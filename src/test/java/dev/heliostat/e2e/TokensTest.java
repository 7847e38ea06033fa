package dev.heliostat.e2e;

import java.time.Instant;
import java.util.Date;
import java.util.List;

import dev.heliostat.simulator.TokenIssuer;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tokens of an identity provider are keys, where they are right in every respect.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokensTest {

	private TokenIssuer issuer;

	private Gateway gateway;

	@BeforeAll
	void start() {
		this.issuer = new TokenIssuer();
		this.gateway = start(this.issuer);
	}

	private static Gateway start(TokenIssuer issuer) {
		return Gateway.start("--heliostat.access.oidc.issuer=" + issuer.issuer(),
				"--heliostat.access.oidc.audiences=heliostat,images", "--heliostat.access.oidc.kind=test",
				"--heliostat.access.oidc.project-claim=/kubernetes.io/namespace",
				"--heliostat.access.oidc.projects.shop=storefront", "--heliostat.access.oidc.projects.lab=lab",
				"--heliostat.access.oidc.scopes.models.deny=flux.1-dev");
	}

	@AfterAll
	void stop() {
		this.gateway.close();
		this.issuer.close();
	}

	private void refused(String token, String sentence) {
		Answer answer = this.gateway.get("/v1/models", token);
		assertThat(answer.status()).as(answer.text()).isEqualTo(401);
		assertThat(answer.text()).contains("invalid_api_key").contains(sentence);
	}

	@Test
	void aTokenOfAPodIsAKeyOfItsProject() {
		String token = this.issuer.token("shop");
		Answer made = this.gateway.generate(token, Requests.CARD);
		assertThat(made.status()).as(made.text()).isEqualTo(200);
		String id = made.json().at("/metadata/id").asString();
		// Another token of the same subject is the same caller; another subject is not.
		String later = this.issuer.token("shop", claims -> claims.jwtID("another"));
		assertThat(this.gateway.get("/v1/generations/" + id, later).status()).isEqualTo(200);
		assertThat(this.gateway.get("/v1/generations/" + id, this.issuer.token("lab")).status()).isEqualTo(404);
		assertThat(this.gateway.generate(token, Requests.of("flux.1-dev", "A cat")).status()).isEqualTo(403);
		assertThat(this.gateway.get("/admin/v1/keys", token).status()).isEqualTo(403);
		this.gateway.post("/admin/v1/projects/storefront/archive", Gateway.ADMIN_KEY, "");
		assertThat(this.gateway.get("/v1/models", token).text()).contains("archived");
		this.gateway.post("/admin/v1/projects/storefront/restore", Gateway.ADMIN_KEY, "");
		assertThat(this.gateway.get("/v1/models", token).status()).isEqualTo(200);
	}

	@Test
	void whatIsNotRightIsRefused() {
		Instant now = Instant.now();
		refused(this.issuer.token("shop", claims -> claims.issueTime(Date.from(now.minusSeconds(600)))
			.expirationTime(Date.from(now.minusSeconds(60)))), "expired");
		refused(this.issuer.token("shop", claims -> claims.expirationTime(null)), "no end");
		refused(this.issuer.token("shop", claims -> claims.notBeforeTime(Date.from(Instant.now().plusSeconds(600)))),
				"before");
		refused(this.issuer.token("shop", claims -> claims.audience(List.of("others"))), "another audience");
		refused(this.issuer.token("shop", claims -> claims.audience((String) null)), "another audience");
		refused(this.issuer.token("shop", claims -> claims.issuer("https://elsewhere.example")), "iss");
		refused(this.issuer.token("shop", claims -> claims.subject(null)), "claim sub");
		refused(this.issuer.forged("shop"), "not signed by a key");
		refused(this.issuer.ofUnknownKey("shop"), "not signed by a key");
		refused(this.issuer.confused("shop"), "");
		refused(this.issuer.unsigned("shop"), "");
		String token = this.issuer.token("shop");
		refused(token.substring(0, token.length() - 20), "not signed by a key");
		refused(token.substring(0, token.lastIndexOf('.')), "");
		refused("eyJhbGciOiJSUzI1NiJ9.e30.AAAA", "");
		refused("eyJ.x.y", "");
		Answer other = this.gateway.get("/v1/models", this.issuer.token("elsewhere"));
		assertThat(other.status()).isEqualTo(403);
		assertThat(other.text()).contains("'elsewhere'").contains("oidc.projects");
	}

	@Test
	void unknownKeysDoNotHaveTheIssuerAskedEachTime() {
		assertThat(this.gateway.get("/v1/models", this.issuer.token("shop")).status()).isEqualTo(200);
		int reads = this.issuer.reads();
		for (int i = 0; i < 10; i++) {
			refused(this.issuer.ofUnknownKey("shop"), "not signed by a key");
		}
		assertThat(this.issuer.reads()).isLessThanOrEqualTo(reads + 1);
	}

	@Test
	void anIssuerThatCannotBeReachedHarmsNobodyElse() {
		try (TokenIssuer broken = new TokenIssuer()) {
			broken.answers(500);
			try (Gateway other = start(broken)) {
				Answer answer = other.get("/v1/models", broken.token("shop"));
				assertThat(answer.status()).as(answer.text()).isEqualTo(503);
				assertThat(answer.text()).contains("keys of the identity provider");
				assertThat(answer.header("x-should-retry")).isEqualTo("true");
				assertThat(other.get("/v1/models", Gateway.TEST_KEY).status()).isEqualTo(200);
				assertThat(other.get("/admin/v1/keys", Gateway.ADMIN_KEY).status()).isEqualTo(200);
			}
		}
	}

}
