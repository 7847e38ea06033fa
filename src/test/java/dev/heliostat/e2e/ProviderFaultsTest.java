package dev.heliostat.e2e;

import java.time.Duration;

import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a failure says beyond its class; the classes themselves are in
 * {@link FaultMatrixTest}.
 */
class ProviderFaultsTest {

	private static ReplicateSimulator replicate;

	private static OpenAiSimulator openAi;

	private static Gateway gateway;

	@BeforeAll
	static void start() {
		replicate = new ReplicateSimulator(0);
		openAi = new OpenAiSimulator(0);
		// Circuits stay closed here: each case is to meet the provider alone.
		gateway = Gateway.start(Gateway.behind(replicate, openAi, "--heliostat.circuit.minimum-calls=10000",
				"--heliostat.circuit.window=10000"));
	}

	@AfterAll
	static void stop() {
		gateway.close();
		replicate.close();
		openAi.close();
	}

	@BeforeEach
	void clear() {
		replicate.clear();
		openAi.clear();
	}

	@Test
	void moderationNamesStageAndCategories() {
		Answer answer = gateway.generate(Gateway.LIVE_KEY, Requests.of("openai/gpt-image-2", "x [[fake: moderated]]"));
		assertThat(answer.json().path("error").path("type").asString()).isEqualTo("image_generation_user_error");
		assertThat(answer.json().path("error").path("moderation_details").path("moderation_stage").asString())
			.isEqualTo("input");
		assertThat(answer.json().path("error").path("moderation_details").path("categories").path(0).asString())
			.isEqualTo("violence");
	}

	/**
	 * The quote: 1 byte of prompt at 5 and 200 image tokens at 30 dollars for a million.
	 */
	@Test
	void whatMayHaveBeenBilledIsBookedAtTheQuote() {
		openAi.usual("status=500");
		Answer answer = gateway.generate(Gateway.LIVE_KEY,
				Requests.of("openai/gpt-image-2", "x", "\"quality\": \"low\"", "\"size\": \"1024x1024\""));
		assertThat(answer.json().path("error").path("code").asString()).isEqualTo("outcome_unknown");
		assertThat(ledger().maybeCharged().micros()).isEqualTo(6_005);
		assertThat(ledger().charged().micros()).isZero();
	}

	@Test
	void aNameWithAProviderIsTriedThereAlone() {
		openAi.usual("status=503");
		Answer answer = gateway.generate(Gateway.LIVE_KEY, Requests.of("openai/gpt-image-2", "x"));
		assertThat(answer.status()).isEqualTo(502);
		assertThat(openAi.submissions()).hasSize(1);
		assertThat(replicate.submissions()).isEmpty();
	}

	@Test
	void aClientThatHangsUpDoesNotStopAJobThatIsPaidFor() {
		replicate.usual("latency=1500");
		var hanging = java.net.http.HttpClient.newHttpClient()
			.sendAsync(gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
				.header("content-type", "application/json")
				.POST(java.net.http.HttpRequest.BodyPublishers.ofString(Requests.CARD))
				.build(), java.net.http.HttpResponse.BodyHandlers.ofString());
		org.awaitility.Awaitility.await().until(() -> replicate.created() == 1);
		hanging.cancel(true);

		org.awaitility.Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> gateway.metrics().contains("heliostat_inflight{application=\"heliostat\"} 0.0"));
		GenerationRecord record = ledger();
		assertThat(record.status()).isEqualTo(GenerationRecord.Status.SUCCEEDED);
		assertThat(record.charged().micros()).isEqualTo(40_000);
	}

	/** The newest record of the ledger. */
	private static GenerationRecord ledger() {
		String id = gateway.bean(org.springframework.jdbc.core.simple.JdbcClient.class)
			.sql("select id from generation order by created_at desc, id desc limit 1")
			.query(String.class)
			.single();
		return gateway.bean(Ledger.class).find(id).block().orElseThrow();
	}

}
