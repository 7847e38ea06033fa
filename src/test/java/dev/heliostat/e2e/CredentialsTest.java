package dev.heliostat.e2e;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.heliostat.simulator.BflSimulator;
import dev.heliostat.simulator.Simulator.Received;
import dev.heliostat.simulator.TogetherSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A provider with several credentials.
 */
class CredentialsTest {

	private final TogetherSimulator together = new TogetherSimulator(0);

	private final BflSimulator bfl = new BflSimulator(0);

	private Gateway gateway;

	@BeforeEach
	void start() {
		this.gateway = Gateway.start("--heliostat.providers.together.base-url=" + this.together.baseUrl(),
				"--heliostat.providers.together.credentials[0]=tgp_v1_revoked",
				"--heliostat.providers.together.credentials[1]=" + this.together.credential(),
				"--heliostat.providers.bfl.base-url=" + this.bfl.baseUrl(),
				"--heliostat.providers.bfl.api-key=" + this.bfl.credential(),
				"--heliostat.providers.bfl.credentials[0]=00000000-0000-0000-0000-000000000000",
				"--heliostat.config-dir=" + Quick.config());
	}

	@AfterEach
	void stop() {
		this.gateway.close();
		this.together.close();
		this.bfl.close();
	}

	@Test
	void aRefusedCredentialRestsAndNobodyNotices() {
		for (int i = 0; i < 6; i++) {
			Answer answer = this.gateway.generate(Gateway.LIVE_KEY, Requests.of("together/flux.1-schnell", "A cat"));
			assertThat(answer.status()).as(answer.text()).isEqualTo(200);
			assertThat(answer.header("x-heliostat-attempts")).isEqualTo("1");
		}
		List<String> credentials = this.together.log().stream().map(CredentialsTest::credential).toList();
		assertThat(credentials.stream().filter(credential -> credential.endsWith("revoked"))).hasSize(1);
		assertThat(credentials).hasSize(7);
	}

	private static String credential(Received received) {
		return received.headers().getOrDefault("authorization", received.headers().getOrDefault("x-key", ""));
	}

	@Test
	void aJobIsFollowedWithTheCredentialThatCreatedIt() {
		for (int i = 0; i < 4; i++) {
			Answer answer = this.gateway.generate(Gateway.LIVE_KEY,
					Requests.of("bfl/flux.2-pro", "A cat [[fake: latency=100]]"));
			assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		}
		assertThat(this.bfl.log()
			.stream()
			.filter(received -> received.method().equals("GET") && !received.path().startsWith("/simulated-files"))
			.map(CredentialsTest::credential)).isNotEmpty().containsOnly(this.bfl.credential());
	}

	@Test
	void whereAllAreRefusedTheErrorSaysSoAndNothingIsLost() {
		this.together.usual("status=402");
		Answer answer = this.gateway.generate(Gateway.LIVE_KEY, Requests.of("together/flux.1-schnell", "A cat"));
		assertThat(answer.status()).isEqualTo(502);
		assertThat(answer.text()).contains("all_providers_failed").doesNotContain("tgp_v1");
		this.together.usual("");
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, Requests.of("together/flux.1-schnell", "A cat")).status())
			.isEqualTo(200);
	}

	@Test
	void aLimitOfOneCredentialIsTriedWithTheOther() {
		this.bfl.usual("status=429");
		Answer answer = this.gateway.generate(Gateway.LIVE_KEY, Requests.of("bfl/flux.2-pro", "A cat"));
		assertThat(answer.status()).as(answer.text()).isIn(429, 502);
		assertThat(this.bfl.log()).hasSize(2);
	}

}
