package dev.heliostat.e2e;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.heliostat.simulator.FireworksSimulator;
import dev.heliostat.simulator.TogetherSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a picture that may have been billed: nothing else is tried, unless the
 * operator prefers a picture to certainty.
 */
class EagerRetryTest {

	private static final String REQUEST = Requests.of("flux.1-schnell", "A cat",
			"\"provider\": {\"order\": [\"together\", \"fireworks\"]}");

	private final TogetherSimulator together = new TogetherSimulator(0);

	private final FireworksSimulator fireworks = new FireworksSimulator(0);

	private Gateway start(String... more) {
		String[] all = Stream
			.concat(Stream.of("--heliostat.providers.together.base-url=" + this.together.baseUrl(),
					"--heliostat.providers.together.api-key=" + this.together.credential(),
					"--heliostat.providers.fireworks.base-url=" + this.fireworks.baseUrl(),
					"--heliostat.providers.fireworks.api-key=" + this.fireworks.credential()), Arrays.stream(more))
			.toArray(String[]::new);
		return Gateway.start(all);
	}

	@AfterEach
	void stop() {
		this.together.close();
		this.fireworks.close();
	}

	@Test
	void usuallyNothingElseIsTried() {
		this.together.usual("lost");
		try (Gateway gateway = start()) {
			Answer answer = gateway.generate(Gateway.LIVE_KEY, REQUEST);
			assertThat(answer.json().at("/error/code").asString()).isEqualTo("outcome_unknown");
			assertThat(this.fireworks.submissions()).isEmpty();
		}
	}

	@Test
	void eagerlyTheNextOneServesAndBothAreBooked() {
		this.together.usual("lost");
		try (Gateway gateway = start("--heliostat.routing.retry=eager")) {
			Answer answer = gateway.generate(Gateway.LIVE_KEY, REQUEST);
			assertThat(answer.status()).as(answer.text()).isEqualTo(200);
			assertThat(answer.header("x-heliostat-provider")).isEqualTo("fireworks");
			assertThat(answer.header("x-heliostat-cost-micros")).isEqualTo("1400");
			assertThat(answer.json().at("/metadata/attempts/0/billed").asString()).isEqualTo("maybe");
			assertThat(answer.json().at("/metadata/attempts/1/billed").asString()).isEqualTo("yes");
			assertThat(this.together.submissions()).hasSize(1);
			String attempts = gateway.bean(JdbcClient.class)
				.sql("select attempts from generation")
				.query(String.class)
				.single();
			assertThat(attempts).contains("MAYBE").contains("YES");
		}
	}

	@Test
	void aDeadlineOfTheClientIsKeptAndAWrongOneCostsNothing() {
		try (Gateway gateway = start()) {
			Answer late = gateway.send(gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
				.header("content-type", "application/json")
				.header("x-heliostat-deadline-ms", "200")
				.POST(BodyPublishers.ofString(Requests.of("together/flux.1-schnell", "A cat [[fake: latency=3000]]"))));
			assertThat(late.status()).as(late.text()).isEqualTo(504);
			assertThat(late.text()).contains("within 0.2 s");
			Answer wrong = gateway.send(gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
				.header("content-type", "application/json")
				.header("x-heliostat-deadline-ms", "soon")
				.POST(BodyPublishers.ofString(REQUEST)));
			assertThat(wrong.status()).isEqualTo(400);
			assertThat(wrong.text()).contains("x-heliostat-deadline-ms: not understood");
			assertThat(this.together.submissions()).hasSize(1);
		}
	}

}
