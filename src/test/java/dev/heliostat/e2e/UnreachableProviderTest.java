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
