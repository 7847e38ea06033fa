package dev.heliostat.e2e;

import java.time.Duration;
import java.util.stream.Stream;

import dev.heliostat.image.Billed;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * For every fault of a provider: how often it was asked to make a picture, what the
 * client saw, what the ledger says.
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

	static Stream<Arguments> replicateFaults() {
		return Stream.of(
				// knobs, submissions, status, code, outcome, failure, billed, micros
				arguments("status=401", 1, 502, "all_providers_failed", "auth", Billed.NO, 0),
				arguments("status=402", 1, 502, "all_providers_failed", "quota", Billed.NO, 0),
				arguments("status=403", 1, 502, "all_providers_failed", "auth", Billed.NO, 0),
				arguments("status=404", 1, 502, "all_providers_failed", "model_not_found", Billed.NO, 0),
				arguments("status=422", 1, 400, "invalid_value", "invalid_request", Billed.NO, 0),
				arguments("status=422-version", 1, 502, "all_providers_failed", "model_not_found", Billed.NO, 0),
				arguments("status=429; retry-after=7", 1, 429, "rate_limit_exceeded", "rate_limited", Billed.NO, 0),
				arguments("status=503", 1, 502, "all_providers_failed", "capacity", Billed.NO, 0),
				arguments("status=500", 1, 502, "outcome_unknown", "upstream_error", Billed.MAYBE, 40_000),
				arguments("failed=nsfw", 1, 400, "moderation_blocked", "moderation", Billed.NO, 0),
				arguments("failed=E005", 1, 400, "moderation_blocked", "moderation", Billed.NO, 0),
				arguments("failed=oom", 1, 502, "all_providers_failed", "upstream_error", Billed.NO, 0),
				arguments("aborted", 1, 502, "all_providers_failed", "capacity", Billed.NO, 0),
				arguments("output=null", 1, 502, "outcome_unknown", "bad_output", Billed.YES, 40_000),
				arguments("file=404", 1, 502, "outcome_unknown", "bad_output", Billed.YES, 40_000),
				arguments("file=html", 1, 502, "outcome_unknown", "bad_output", Billed.YES, 40_000),
				arguments("file=svg", 1, 502, "outcome_unknown", "bad_output", Billed.YES, 40_000),
				arguments("file=truncated", 1, 502, "outcome_unknown", "bad_output", Billed.YES, 40_000),
				arguments("latency=1500; poll-404", 1, 502, "outcome_unknown", "lost", Billed.MAYBE, 40_000),
				arguments("lost-before", 1, 502, "outcome_unknown", "lost", Billed.MAYBE, 40_000));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("replicateFaults")
	void replicateFaultsAreToldApart(String knobs, int submissions, int status, String code, String failure,
			Billed billed, long micros) {
		replicate.usual(knobs.replace("; ", ","));

		Answer answer = gateway.generate(Gateway.LIVE_KEY, Requests.CARD);

		expect(answer, status, code, failure, billed, micros);
		assertThat(replicate.submissions()).hasSize(submissions);
	}

	static Stream<Arguments> replicateHiccups() {
		return Stream
			.of("output=string", "output=array", "output=object", "early, latency=1500", "poll-500=2, latency=1500",
					"file=once-truncated", "file=slow", "lost", "latency=1200, refused-wait")
			.map(Arguments::of);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("replicateHiccups")
	void hiccupsOfReplicateCostOneSubmissionAndLoseNoPicture(String knobs) {
		replicate.usual(knobs);

		Answer answer = gateway.generate(Gateway.LIVE_KEY, Requests.CARD);

		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(replicate.submissions()).hasSize(1);
		assertThat(answer.json().path("metadata").path("cost_micros").asLong()).isEqualTo(40_000);
		AttemptRecord attempt = ledger().attempts().getFirst();
		assertThat(attempt.jobId()).contains(replicate.jobIds().getFirst());
		assertThat(attempt.billed()).contains(Billed.YES);
	}

	static Stream<Arguments> openAiFaults() {
		return Stream.of(arguments("status=400", 400, "invalid_value", "invalid_request", Billed.NO),
				arguments("status=401", 502, "all_providers_failed", "auth", Billed.NO),
				arguments("status=403", 502, "all_providers_failed", "auth", Billed.NO),
				arguments("status=404", 502, "all_providers_failed", "model_not_found", Billed.NO),
				arguments("status=429", 429, "rate_limit_exceeded", "rate_limited", Billed.NO),
				arguments("status=429-quota", 502, "all_providers_failed", "quota", Billed.NO),
				arguments("status=503", 502, "all_providers_failed", "capacity", Billed.NO),
				arguments("status=500", 502, "outcome_unknown", "upstream_error", Billed.MAYBE),
				arguments("moderated", 400, "moderation_blocked", "moderation", Billed.NO),
				arguments("empty", 502, "outcome_unknown", "bad_output", Billed.MAYBE),
				arguments("broken-base64", 502, "outcome_unknown", "bad_output", Billed.YES),
				arguments("cut", 502, "outcome_unknown", "lost", Billed.MAYBE),
				arguments("lost", 502, "outcome_unknown", "lost", Billed.MAYBE));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("openAiFaults")
	void openAiFaultsAreToldApart(String knobs, int status, String code, String failure, Billed billed) {
		openAi.usual(knobs);
		String body = Requests.of("openai/gpt-image-2", "x", "\"quality\": \"low\"", "\"size\": \"1024x1024\"");

		Answer answer = gateway.generate(Gateway.LIVE_KEY, body);

		// The quote: 1 byte of prompt at 5 and 200 image tokens at 30 dollars for a
		// million.
		expect(answer, status, code, failure, billed, (billed == Billed.NO) ? 0 : 6_005);
		assertThat(openAi.submissions()).hasSize(1);
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

	@Test
	void theProvidersWordOnWaitingIsPassedOn() {
		replicate.usual("status=429, retry-after=7");
		Answer answer = gateway.generate(Gateway.LIVE_KEY, Requests.CARD);
		assertThat(answer.header("retry-after")).isEqualTo("7");
		assertThat(answer.header("x-should-retry")).isEqualTo("true");

		replicate.usual("status=429, retry-after=90");
		Answer longer = gateway.generate(Gateway.LIVE_KEY, Requests.CARD);
		assertThat(longer.header("retry-after")).isEqualTo("90");
		assertThat(longer.header("x-should-retry")).isEqualTo("false");
	}

	@Test
	void anUnbilledFailureGoesToTheNextProviderAndABilledOneDoesNot() {
		String body = Requests.of("gpt-image-2", "x", "\"provider\": {\"order\": [\"openai\", \"replicate\"]}",
				"\"quality\": \"low\"");
		openAi.usual("status=503");
		Answer served = gateway.generate(Gateway.LIVE_KEY, body);
		assertThat(served.status()).as(served.text()).isEqualTo(200);
		assertThat(served.header("x-heliostat-provider")).isEqualTo("replicate");
		assertThat(served.header("x-heliostat-attempts")).isEqualTo("2");
		assertThat(openAi.submissions()).hasSize(1);
		assertThat(replicate.submissions()).hasSize(1);

		clear();
		openAi.usual("lost");
		Answer unknown = gateway.generate(Gateway.LIVE_KEY, body);
		assertThat(unknown.json().path("error").path("code").asString()).isEqualTo("outcome_unknown");
		assertThat(replicate.submissions()).isEmpty();

		clear();
		openAi.usual("moderated");
		assertThat(gateway.generate(Gateway.LIVE_KEY, body).status()).isEqualTo(400);
		assertThat(replicate.submissions()).isEmpty();

		clear();
		openAi.usual("status=503");
		String forced = Requests.of("openai/gpt-image-2", "x");
		assertThat(gateway.generate(Gateway.LIVE_KEY, forced).status()).isEqualTo(502);
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

	private static void expect(Answer answer, int status, String code, String failure, Billed billed, long micros) {
		assertThat(answer.status()).as(answer.text()).isEqualTo(status);
		assertThat(answer.json().path("error").path("code").asString()).isEqualTo(code);
		if (billed != Billed.NO) {
			assertThat(answer.header("x-should-retry")).isEqualTo("false");
		}
		GenerationRecord record = ledger();
		assertThat(record.status()).isEqualTo(GenerationRecord.Status.FAILED);
		assertThat(record.errorCode()).contains(code);
		AttemptRecord attempt = record.attempts().getLast();
		assertThat(attempt.failure()).contains(failure);
		assertThat(attempt.billed()).contains(billed);
		assertThat(record.charged().plus(record.maybeCharged()).micros()).isEqualTo(micros);
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
