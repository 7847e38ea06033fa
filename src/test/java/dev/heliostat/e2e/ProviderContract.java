package dev.heliostat.e2e;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.simulator.Simulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every adapter promises, whatever its provider's wire format: each extends this
 * with its provider's words.
 */
abstract class ProviderContract {

	protected final ReplicateSimulator replicate = new ReplicateSimulator(0);

	protected final OpenAiSimulator openAi = new OpenAiSimulator(0);

	protected Gateway gateway;

	/** The provider as the gateway names it, and a model that it serves, forced. */
	protected abstract String model();

	protected abstract Simulator simulator();

	protected abstract void play(String knobs);

	/** Knobs by which this provider refuses content. */
	protected abstract String moderated();

	/**
	 * Knobs by which the connection is lost when it is not known whether the provider
	 * works.
	 */
	protected abstract String lost();

	/** The exact body of the plainest request, without what is random. */
	protected abstract String plainBody();

	/** Further arguments of the gateway. */
	protected String[] arguments() {
		return new String[0];
	}

	@BeforeEach
	void start() {
		this.gateway = Gateway.start(Gateway.behind(this.replicate, this.openAi, arguments()));
	}

	@AfterEach
	void stop() {
		this.gateway.close();
		this.replicate.close();
		this.openAi.close();
	}

	protected Answer generate(String... more) {
		return this.gateway.generate(Gateway.LIVE_KEY, Requests.of(model(), "A cat", more));
	}

	protected String billed() {
		return this.gateway.bean(JdbcClient.class)
			.sql("select attempts from generation order by created_at desc, id desc limit 1")
			.query(String.class)
			.single()
			.replaceAll("(?s).*\"billed\":\"(\\w+)\".*", "$1");
	}

	@Test
	void aPictureComesInEitherForm() {
		assertThat(generate("\"response_format\": \"url\"").json().path("data").path(0).has("url")).isTrue();
		assertThat(generate("\"response_format\": \"b64_json\"").json().path("data").path(0).has("b64_json")).isTrue();
		assertThat(simulator().submissions()).hasSize(2);
		assertThat(billed()).isEqualTo("YES");
	}

	@Test
	void thePlainRequestIsExactlyThis() {
		assertThat(generate().status()).isEqualTo(200);
		JsonNode sent = simulator().submissions().getFirst().json();
		if (sent.path("input") instanceof tools.jackson.databind.node.ObjectNode input) {
			input.remove("seed");
		}
		assertThat(sent).hasToString(plainBody());
	}

	@Test
	void aRefusalIsTheCallersFaultCostsNothingAndIsNotRepeated() {
		play(moderated());
		assertThat(generate().json().path("error").path("code").asString()).isEqualTo("moderation_blocked");
		assertThat(simulator().submissions()).hasSize(1);
		assertThat(billed()).isEqualTo("NO");
	}

	@Test
	void refusedCredentialsAndLimitsCostNothing() {
		for (String knobs : new String[] { "status=401", "status=403", "status=429", "status=503" }) {
			play(knobs);
			assertThat(generate().status()).as(knobs).isIn(429, 502);
			assertThat(billed()).as(knobs).isEqualTo("NO");
		}
		assertThat(simulator().submissions()).hasSize(4);
	}

	@Test
	void whatIsNotKnownIsNeverRepeatedAndBookedAsMaybe() {
		play(lost());
		Answer answer = generate();
		assertThat(answer.json().path("error").path("code").asString()).isEqualTo("outcome_unknown");
		assertThat(answer.header("x-should-retry")).isEqualTo("false");
		assertThat(simulator().submissions()).hasSize(1);
		assertThat(billed()).isEqualTo("MAYBE");
	}

	@Test
	void noCredentialIsShownToTheClient() {
		play("status=401");
		assertThat(generate().text()).doesNotContain(ReplicateSimulator.TOKEN)
			.doesNotContain(OpenAiSimulator.TOKEN)
			.doesNotContain("sk-abcd");
	}

}
