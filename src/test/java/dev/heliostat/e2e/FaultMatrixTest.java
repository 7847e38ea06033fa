package dev.heliostat.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.netty.util.IllegalReferenceCountException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Hooks;

import dev.heliostat.e2e.FaultBench.Model;
import dev.heliostat.image.Billed;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Status;
import dev.heliostat.testing.Gateway.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every fault of every kind of provider: how often it was asked for the picture, what the
 * client saw, what the ledger says, and what the circuit made of it. Each one is met
 * alone, and with a healthy provider beside it: that one is asked where the first is
 * certainly unbilled, and nowhere else.
 */
class FaultMatrixTest {

	private static final List<Fault> FAULTS = Fault
		.table("""
				provider       | knobs                                   | sent | client                   | retry  | attempt                 | billed | circuit
				refusing-sync  | nobody listens                          | 0    | 502 all_providers_failed | yes 1  | failed connect          | no     | open
				resetting-sync | reset before the request was read       | 0    | 502 outcome_unknown      | no     | failed lost             | maybe  | open
				openai         | lost                                    | 1    | 502 outcome_unknown      | no     | failed lost             | maybe  | open
				openai         | stall=headers                           | 1    | 502 outcome_unknown      | no     | failed timeout          | maybe  | open
				openai         | stall=body, big=500                     | 1    | 502 outcome_unknown      | no     | failed timeout          | maybe  | open
				openai         | cut, big=500                            | 1    | 502 outcome_unknown      | no     | failed lost             | maybe  | open
				openai         | truncated-base64                        | 1    | 502 outcome_unknown      | no     | failed bad_output       | yes    | open
				openai         | truncated-base64, big=500               | 1    | 502 outcome_unknown      | no     | failed bad_output       | yes    | open
				openai         | broken-base64                           | 1    | 502 outcome_unknown      | no     | failed bad_output       | yes    | open
				openai         | empty                                   | 1    | 502 outcome_unknown      | no     | failed bad_output       | maybe  | open
				openai         | url=gone                                | 1    | 502 outcome_unknown      | no     | failed bad_output       | yes    | open
				openai         | status=500                              | 1    | 502 outcome_unknown      | no     | failed upstream_error   | maybe  | open
				openai         | status=503                              | 1    | 502 all_providers_failed | yes 1  | failed capacity         | no     | open
				openai         | status=429, retry-after=7               | 1    | 429 rate_limit_exceeded  | yes 7  | failed rate_limited     | no     | open
				openai         | status=429, retry-after=none            | 1    | 429 rate_limit_exceeded  | yes 1  | failed rate_limited     | no     | open
				openai         | status=429, retry-after=90              | 1    | 429 rate_limit_exceeded  | no 90  | failed rate_limited     | no     | open
				openai         | status=429, stall=error                 | 1    | 429 rate_limit_exceeded  | yes 1  | failed rate_limited     | no     | open
				openai         | status=503, stall=error                 | 1    | 502 all_providers_failed | yes 1  | failed capacity         | no     | open
				openai         | status=500, stall=error                 | 1    | 502 outcome_unknown      | no     | failed upstream_error   | maybe  | open
				openai         | status=429-quota                        | 1    | 502 all_providers_failed | no     | failed quota            | no     | open
				openai         | status=401                              | 1    | 502 all_providers_failed | no     | failed auth             | no     | open
				openai         | status=403                              | 1    | 502 all_providers_failed | no     | failed auth             | no     | open
				openai         | status=404                              | 1    | 502 all_providers_failed | no     | failed model_not_found  | no     | open
				openai         | status=400                              | 1    | 400 invalid_value        | no     | refused invalid_request | no     | closed
				openai         | moderated                               | 1    | 400 moderation_blocked   | no     | refused moderation      | no     | closed
				gemini         | status=429, retry-after=31              | 1    | 429 rate_limit_exceeded  | yes 31 | failed rate_limited     | no     | open
				gemini         | status=429-day                          | 1    | 502 all_providers_failed | no     | failed quota            | no     | open
				gemini         | stall=headers                           | 1    | 502 outcome_unknown      | no     | failed timeout          | maybe  | open
				gemini         | stall=body, big=500                     | 1    | 502 outcome_unknown      | no     | failed timeout          | maybe  | open
				gemini         | moderated=finish                        | 1    | 400 moderation_blocked   | no     | refused moderation      | maybe  | closed
				refusing-jobs  | nobody listens                          | 0    | 502 all_providers_failed | yes 1  | failed connect          | no     | open
				resetting-jobs | reset before the request was read       | 0    | 502 outcome_unknown      | no     | failed lost             | maybe  | open
				replicate      | lost-before                             | 1    | 502 outcome_unknown      | no     | failed lost             | maybe  | open
				replicate      | stall=before                            | 1    | 502 outcome_unknown      | no     | failed timeout          | maybe  | open
				replicate      | status=500                              | 1    | 502 outcome_unknown      | no     | failed upstream_error   | maybe  | open
				replicate      | status=503                              | 1    | 502 all_providers_failed | yes 1  | failed capacity         | no     | open
				replicate      | status=429, retry-after=7               | 1    | 429 rate_limit_exceeded  | yes 7  | failed rate_limited     | no     | open
				replicate      | status=429, retry-after=none            | 1    | 429 rate_limit_exceeded  | yes 1  | failed rate_limited     | no     | open
				replicate      | status=429, retry-after=90              | 1    | 429 rate_limit_exceeded  | no 90  | failed rate_limited     | no     | open
				replicate      | status=401                              | 1    | 502 all_providers_failed | no     | failed auth             | no     | open
				replicate      | status=402                              | 1    | 502 all_providers_failed | no     | failed quota            | no     | open
				replicate      | status=403                              | 1    | 502 all_providers_failed | no     | failed auth             | no     | open
				replicate      | status=404                              | 1    | 502 all_providers_failed | no     | failed model_not_found  | no     | open
				replicate      | status=422                              | 1    | 400 invalid_value        | no     | refused invalid_request | no     | closed
				replicate      | status=422-version                      | 1    | 502 all_providers_failed | no     | failed model_not_found  | no     | open
				replicate      | failed=nsfw                             | 1    | 400 moderation_blocked   | no     | refused moderation      | no     | closed
				replicate      | failed=E005                             | 1    | 400 moderation_blocked   | no     | refused moderation      | no     | closed
				replicate      | failed=oom                              | 1    | 502 all_providers_failed | yes 1  | failed upstream_error   | no     | open
				replicate      | aborted                                 | 1    | 502 all_providers_failed | yes 1  | failed capacity         | no     | open
				replicate      | poll-404, refused-wait, latency=300     | 1    | 502 outcome_unknown      | no     | failed lost             | maybe  | open
				replicate      | stuck, refused-wait                     | 1    | 502 outcome_unknown      | no     | failed timeout          | maybe  | open
				replicate      | stuck, refused-wait, queue=60000        | 1    | 502 all_providers_failed | yes 1  | failed capacity         | no     | open
				replicate      | output=null                             | 1    | 502 outcome_unknown      | no     | failed bad_output       | yes    | open
				replicate      | file=404                                | 1    | 502 outcome_unknown      | no     | failed bad_output       | yes    | open
				replicate      | file=html                               | 1    | 502 outcome_unknown      | no     | failed bad_output       | yes    | open
				replicate      | file=svg                                | 1    | 502 outcome_unknown      | no     | failed bad_output       | yes    | open
				replicate      | file=truncated                          | 1    | 502 outcome_unknown      | no     | failed bad_output       | yes    | open
				replicate      | file=stalled                            | 1    | 502 outcome_unknown      | no     | failed bad_output       | yes    | open
				fal            | lost                                    | 1    | 502 outcome_unknown      | no     | failed lost             | maybe  | open
				fal            | lost-created                            | 1    | 502 outcome_unknown      | no     | failed lost             | maybe  | open
				fal            | stall=headers                           | 1    | 502 outcome_unknown      | no     | failed timeout          | maybe  | open
				fal            | status=429-queue                        | 1    | 429 rate_limit_exceeded  | yes 1  | failed rate_limited     | no     | open
				fal            | status=500                              | 1    | 502 all_providers_failed | yes 1  | failed upstream_error   | no     | open
				fal            | status=503                              | 1    | 502 all_providers_failed | yes 1  | failed capacity         | no     | open
				fal            | status=422                              | 1    | 400 invalid_value        | no     | refused invalid_request | maybe  | closed
				fal            | moderated=http                          | 1    | 400 moderation_blocked   | no     | refused moderation      | maybe  | closed
				fal            | poll-404                                | 1    | 502 outcome_unknown      | no     | failed lost             | maybe  | open
				fal            | stuck                                   | 1    | 502 outcome_unknown      | no     | failed timeout          | maybe  | open
				fal            | expired                                 | 1    | 502 outcome_unknown      | no     | failed bad_output       | yes    | open
				""");

	/** What passes by itself, or can be had in another way. */
	private static final List<String> HICCUPS = List.of("replicate: lost", "replicate: stall=headers",
			"replicate: stall=body", "replicate: stall=poll, refused-wait, latency=100",
			"replicate: poll-500=2, refused-wait, latency=200", "replicate: early, latency=1500",
			"replicate: latency=1200, refused-wait", "replicate: output=array", "replicate: output=object",
			"replicate: file=slow", "replicate: file=once-truncated", "replicate: file=once-stalled",
			"fal: poll-500=2, latency=100", "fal: latency=300");

	private static final Model FLAKY = new Model("flaky", "openai", false);

	private static final Model FLAKY_JOBS = new Model("flaky-jobs", "fal", false);

	private static final List<Model> WARM = List.of(new Model("warm-openai", "openai", false),
			new Model("warm-replicate", "replicate", false), new Model("warm-fal", "fal", false));

	private static final Model STORM = new Model("storm", "openai", false);

	private static final Model SHELTER = new Model("shelter", "replicate", true);

	private static final List<Throwable> dropped = new CopyOnWriteArrayList<>();

	private static FaultBench bench;

	@BeforeAll
	static void start() {
		List<Model> models = new ArrayList<>(List.of(FLAKY, FLAKY_JOBS, STORM, SHELTER));
		models.addAll(WARM);
		FAULTS.forEach(fault -> models.addAll(List.of(alone(fault), beside(fault))));
		HICCUPS.forEach(hiccup -> models.add(model(hiccup)));
		Hooks.onErrorDropped(dropped::add);
		bench = new FaultBench(models);
		// A cold gateway is as slow as a provider that stalls.
		WARM.forEach(model -> bench.generate(model, model.provider().equals("openai") ? "big=500" : ""));
		// All side by side, because some take their time to fail; the tests only look.
		FAULTS.forEach(fault -> {
			bench.begin(alone(fault), fault.knobs());
			bench.begin(beside(fault), fault.knobs());
		});
		HICCUPS.forEach(hiccup -> bench.begin(model(hiccup), knobs(hiccup)));
		bench.settle();
	}

	@AfterAll
	static void stop() {
		bench.close();
		Hooks.resetOnErrorDropped();
	}

	private static Model alone(Fault fault) {
		return new Model("alone-%03d".formatted(fault.number()), fault.provider(), false);
	}

	private static Model beside(Fault fault) {
		return new Model("beside-%03d".formatted(fault.number()), fault.provider(), true);
	}

	private static Model model(String hiccup) {
		return new Model("hiccup-%03d".formatted(HICCUPS.indexOf(hiccup)), hiccup.split(": ")[0], false);
	}

	private static String knobs(String hiccup) {
		return hiccup.split(": ")[1];
	}

	static List<Fault> faults() {
		return FAULTS;
	}

	static List<String> hiccups() {
		return HICCUPS;
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("faults")
	void aFaultOfTheOnlyProvider(Fault fault) {
		Answer answer = bench.answer(alone(fault));
		expectFailed(fault, alone(fault), answer);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("faults")
	void aFaultBesideAHealthyProvider(Fault fault) {
		Model model = beside(fault);
		Answer answer = bench.answer(model);
		if (!fault.mayFailOver()) {
			expectFailed(fault, model, answer);
			assertThat(bench.healthySubmissions(model)).isZero();
			return;
		}
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.header("x-heliostat-provider")).isEqualTo(FaultBench.HEALTHY);
		assertThat(answer.header("x-heliostat-attempts")).isEqualTo("2");
		assertThat(answer.header("x-heliostat-cost-micros")).isEqualTo(Long.toString(FaultBench.HEALTHY_MICROS));
		assertThat(bench.submissions(model)).isEqualTo(fault.submissions());
		assertThat(bench.healthySubmissions(model)).isEqualTo(1);
		GenerationRecord record = record(model);
		assertThat(record.status()).isEqualTo(Status.SUCCEEDED);
		assertThat(record.attempts()).hasSize(2);
		expectAttempt(fault, record.attempts().getFirst());
		assertThat(record.attempts().getLast().billed()).contains(Billed.YES);
		assertThat(record.charged().micros()).isEqualTo(FaultBench.HEALTHY_MICROS);
		assertThat(record.maybeCharged().micros()).isZero();
		assertThat(bench.circuit(model, fault.provider())).isEqualTo(fault.circuit());
		assertThat(bench.circuit(model, FaultBench.HEALTHY)).isEqualTo("closed");
	}

	private static void expectFailed(Fault fault, Model model, Answer answer) {
		assertThat(answer.status()).as(answer.text()).isEqualTo(fault.status());
		assertThat(answer.json().path("error").path("code").asString()).as(answer.text()).isEqualTo(fault.code());
		assertThat(answer.header("x-should-retry")).isEqualTo(Boolean.toString(fault.retry()));
		assertThat(answer.header("retry-after")).isEqualTo(fault.after());
		assertThat(answer.text()).doesNotContain("127.0.0.1");
		assertThat(bench.submissions(model)).isEqualTo(fault.submissions());
		GenerationRecord record = record(model);
		assertThat(record.status()).isEqualTo(Status.FAILED);
		assertThat(record.errorCode()).contains(fault.code());
		assertThat(record.attempts()).hasSize(1);
		expectAttempt(fault, record.attempts().getFirst());
		assertThat(record.charged().micros()).isEqualTo((fault.billed() == Billed.YES) ? Fault.MICROS : 0);
		assertThat(record.maybeCharged().micros()).isEqualTo((fault.billed() == Billed.MAYBE) ? Fault.MICROS : 0);
		assertThat(bench.circuit(model, fault.provider())).isEqualTo(fault.circuit());
	}

	private static void expectAttempt(Fault fault, AttemptRecord attempt) {
		assertThat(attempt.provider()).isEqualTo(fault.provider());
		assertThat(attempt.outcome()).contains(fault.outcome());
		assertThat(attempt.failure()).contains(fault.failure());
		assertThat(attempt.billed()).contains(fault.billed());
		assertThat(attempt.charge().micros()).isEqualTo((fault.billed() == Billed.NO) ? 0 : Fault.MICROS);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("hiccups")
	void aHiccupCostsOneSubmissionAndLosesNoPicture(String hiccup) {
		Model model = model(hiccup);
		Answer answer = bench.answer(model);
		expectServed(model, answer);
		assertThat(bench.submissions(model)).isEqualTo(1);
		GenerationRecord record = record(model);
		assertThat(record.attempts()).hasSize(1);
		assertThat(record.attempts().getFirst().jobId()).isPresent();
		assertThat(record.charged().micros()).isEqualTo(Fault.MICROS);
		assertThat(record.maybeCharged().micros()).isZero();
	}

	private static void expectServed(Model model, Answer answer) {
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.header("x-heliostat-cost-micros")).isEqualTo(Long.toString(Fault.MICROS));
		assertThat(bench.circuit(model, model.provider())).isEqualTo("closed");
	}

	/**
	 * What broke once may have been billed, so nothing is sent again by itself; who asks
	 * again is served past the open circuit, which that closes.
	 */
	@Test
	void a500AndThenA200AreTwoRequestsOfTheClient() {
		Answer first = bench.generate(FLAKY, "status=500-once");
		assertThat(first.json().path("error").path("code").asString()).isEqualTo("outcome_unknown");
		assertThat(bench.submissions(FLAKY)).isEqualTo(1);
		bench.scrape();
		assertThat(bench.circuit(FLAKY, "openai")).isEqualTo("open");
		Answer second = bench.generate(FLAKY, "status=500-once");
		bench.scrape();
		expectServed(FLAKY, second);
		assertThat(bench.submissions(FLAKY)).isEqualTo(2);
		assertThat(bench.records(FLAKY)).satisfiesExactly(
				failed -> assertThat(failed.maybeCharged().micros()).isEqualTo(Fault.MICROS),
				served -> assertThat(served.charged().micros()).isEqualTo(Fault.MICROS));
	}

	@Test
	void a500OfAJobAndThenA200CostOnePicture() {
		Answer first = bench.generate(FLAKY_JOBS, "status=500-once");
		assertThat(first.json().path("error").path("code").asString()).isEqualTo("all_providers_failed");
		assertThat(first.header("x-should-retry")).isEqualTo("true");
		bench.scrape();
		assertThat(bench.circuit(FLAKY_JOBS, "fal")).isEqualTo("open");
		Answer second = bench.generate(FLAKY_JOBS, "status=500-once");
		bench.scrape();
		expectServed(FLAKY_JOBS, second);
		assertThat(bench.submissions(FLAKY_JOBS)).isEqualTo(2);
		assertThat(bench.records(FLAKY_JOBS)).satisfiesExactly(
				failed -> assertThat(failed.charged().plus(failed.maybeCharged()).micros()).isZero(),
				served -> assertThat(served.charged().micros()).isEqualTo(Fault.MICROS));
	}

	@Test
	void aStormOfLimitsIsPassedOnAndCostsNothing() {
		List<Answer> answers = storm(STORM, "status=429, retry-after=3", 10);
		assertThat(answers).allSatisfy(answer -> {
			assertThat(answer.status()).as(answer.text()).isEqualTo(429);
			assertThat(answer.header("retry-after")).isEqualTo("3");
			assertThat(answer.header("x-should-retry")).isEqualTo("true");
		});
		// Nothing is asked for twice within one request, whatever the circuit says.
		assertThat(bench.submissions(STORM)).isEqualTo(10);
		assertThat(bench.records(STORM)).hasSize(10)
			.allSatisfy(record -> assertThat(record.charged().plus(record.maybeCharged()).micros()).isZero());
		bench.scrape();
		assertThat(bench.circuit(STORM, "openai")).isEqualTo("open");
	}

	@Test
	void aStormOfLimitsGoesRoundTheProviderWhereThereIsAnother() {
		assertThat(bench.generate(SHELTER, "status=429").header("x-heliostat-attempts")).isEqualTo("2");
		bench.scrape();
		assertThat(bench.circuit(SHELTER, "replicate")).isEqualTo("open");
		assertThat(storm(SHELTER, "status=429", 10)).allSatisfy(answer -> {
			assertThat(answer.status()).as(answer.text()).isEqualTo(200);
			assertThat(answer.header("x-heliostat-attempts")).isEqualTo("1");
		});
		assertThat(bench.submissions(SHELTER)).isEqualTo(1);
		assertThat(bench.healthySubmissions(SHELTER)).isEqualTo(11);
		assertThat(bench.records(SHELTER)).hasSize(11)
			.allSatisfy(record -> assertThat(record.charged().micros()).isEqualTo(FaultBench.HEALTHY_MICROS));
	}

	private static List<Answer> storm(Model model, String knobs, int requests) {
		List<CompletableFuture<Answer>> answers = IntStream.range(0, requests)
			.mapToObj(
					i -> CompletableFuture.supplyAsync(() -> bench.generate(model, knobs), Thread::startVirtualThread))
			.toList();
		return answers.stream().map(CompletableFuture::join).toList();
	}

	@Test
	void whatIsGivenUpIsCancelled() {
		Stream.of("stuck, refused-wait", "stuck, refused-wait, queue=60000").forEach(knobs -> {
			Fault stuck = FAULTS.stream().filter(fault -> fault.knobs().equals(knobs)).findFirst().orElseThrow();
			String job = record(alone(stuck)).attempts().getFirst().jobId().orElseThrow();
			assertThat(bench.replicate.log()).filteredOn(received -> received.path().endsWith(job + "/cancel"))
				.hasSize(1);
		});
	}

	@Test
	void nothingIsLeftAndTheBillsLieBetweenTheBounds() {
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(bench.metrics()).contains("heliostat_inflight{application=\"heliostat\"} 0.0")
						.contains("heliostat_reserved{application=\"heliostat\"} 0.0"));
		Awaitility.await().untilAsserted(() -> assertThat(bench.spoolFiles()).isEmpty());
		expectBill("openai", bench.openAi.bill().size());
		expectBill("replicate", bench.replicate.bill().size());
		// No buffer was released twice.
		assertThat(dropped).noneMatch(IllegalReferenceCountException.class::isInstance);
	}

	/** What a provider may have read is not sent again, not even by the HTTP client. */
	@Test
	void aRequestThatWasResetIsSentOnce() {
		assertThat(bench.resetting.requests()).isEqualTo(2);
	}

	private static void expectBill(String provider, int pictures) {
		long settled = 0;
		long maybe = 0;
		for (GenerationRecord record : bench.records()) {
			for (AttemptRecord attempt : record.attempts()) {
				if (attempt.provider().equals(provider)) {
					settled += attempt.billed().equals(Optional.of(Billed.YES)) ? attempt.charge().micros() : 0;
					maybe += attempt.billed().equals(Optional.of(Billed.MAYBE)) ? attempt.charge().micros() : 0;
				}
			}
		}
		assertThat(pictures * Fault.MICROS).as(provider).isBetween(settled, settled + maybe);
	}

	private static GenerationRecord record(Model model) {
		assertThat(bench.records(model)).hasSize(1);
		return bench.records(model).getFirst();
	}

}
