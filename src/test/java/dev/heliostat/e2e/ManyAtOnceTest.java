package dev.heliostat.e2e;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.GatewayProcess;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many generations at once in a small heap.
 */
class ManyAtOnceTest {

	@Test
	void twoHundredGenerationsOfTwoSecondsAllSucceedInASmallHeap() {
		try (ReplicateSimulator replicate = new ReplicateSimulator(0);
				GatewayProcess gateway = GatewayProcess.start(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"),
						List.of("--heliostat.providers.replicate.base-url=" + replicate.baseUrl(),
								"--heliostat.providers.replicate.api-key=" + ReplicateSimulator.TOKEN,
								"--heliostat.data-dir=" + Gateway.temporary()))) {
			replicate.usual("latency=2000");
			List<CompletableFuture<HttpResponse<String>>> requests = IntStream.range(0, 200)
				.mapToObj(i -> gateway
					.generate(Requests.of(Requests.MODEL, "picture " + i, "\"response_format\": \"b64_json\"")))
				.toList();
			assertThat(requests).allSatisfy(request -> assertThat(request.join().statusCode()).isEqualTo(200));
			assertThat(replicate.submissions()).hasSize(200);
			assertThat(gateway.log()).doesNotContain("OutOfMemory");
		}
	}

}
