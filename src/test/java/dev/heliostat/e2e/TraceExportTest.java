package dev.heliostat.e2e;

import java.net.http.HttpRequest.BodyPublishers;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where somebody takes spans, providers are told of the gateway's own.
 */
class TraceExportTest {

	private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

	private static final String SPAN = "b7ad6b7169203331";

	@Test
	void aTraceGoesOnBelowASpanOfTheGateway() {
		try (ReplicateSimulator replicate = new ReplicateSimulator(0);
				OpenAiSimulator openAi = new OpenAiSimulator(0);
				Gateway gateway = Gateway.start(Gateway.behind(replicate, openAi,
						"--management.opentelemetry.tracing.export.otlp.endpoint=http://127.0.0.1:9/v1/traces"))) {
			Answer answer = gateway.send(gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
				.header("content-type", "application/json")
				.header("traceparent", "00-" + TRACE + "-" + SPAN + "-01")
				.POST(BodyPublishers.ofString(Requests.CARD)));
			assertThat(answer.status()).isEqualTo(200);
			assertThat(replicate.submissions().getLast().headers().get("traceparent")).contains(TRACE)
				.doesNotContain(SPAN);
		}
	}

}
