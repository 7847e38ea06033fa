package dev.heliostat.e2e;

import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A provider to which no connection can be made.
 */
class UnreachableProviderTest {

	@Test
	void aProviderThatRefusesConnectionsIsUnbilled() {
		try (Gateway other = Gateway.start("--heliostat.providers.replicate.base-url=http://127.0.0.1:1/v1",
				"--heliostat.providers.replicate.api-key=" + ReplicateSimulator.TOKEN)) {
			Answer answer = other.generate(Gateway.LIVE_KEY, Requests.CARD);
			assertThat(answer.status()).isEqualTo(502);
			assertThat(answer.json().path("error").path("code").asString()).isEqualTo("all_providers_failed");
			assertThat(answer.text()).contains("connect").doesNotContain("127.0.0.1");
		}
	}

	@Test
	void aProviderWithoutASecureConnectionIsUnbilled() {
		try (ReplicateSimulator plain = new ReplicateSimulator(0);
				Gateway gateway = Gateway.start(
						"--heliostat.providers.replicate.base-url=" + plain.baseUrl().replace("http:", "https:"),
						"--heliostat.providers.replicate.api-key=" + ReplicateSimulator.TOKEN)) {
			Answer answer = gateway.generate(Gateway.LIVE_KEY, Requests.CARD);
			assertThat(answer.json().path("error").path("code").asString()).isEqualTo("all_providers_failed");
			assertThat(answer.text()).contains("no secure connection could be made");
			assertThat(plain.submissions()).isEmpty();
		}
	}

}
