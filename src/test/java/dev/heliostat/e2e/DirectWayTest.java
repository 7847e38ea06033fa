package dev.heliostat.e2e;

import java.net.http.HttpRequest.BodyPublishers;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.RawConnection;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The paths that do not pass WebFlux are measured, guarded and refused like all others.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DirectWayTest {

	private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	private final ReplicateSimulator replicate = new ReplicateSimulator(0);

	private final OpenAiSimulator openAi = new OpenAiSimulator(0);

	private Gateway gateway;

	@BeforeAll
	void start() {
		this.gateway = Gateway.start(Gateway.behind(this.replicate, this.openAi));
	}

	@AfterAll
	void stop() {
		this.gateway.close();
		this.replicate.close();
		this.openAi.close();
	}

	@Test
	void requestsAreMeasuredAsWebFluxWouldMeasureThem() {
		assertThat(this.gateway.post("/v1/images/generations", Gateway.LIVE_KEY, Requests.CARD).status())
			.isEqualTo(200);
		assertThat(this.gateway.post("/openai/v1/images/generations", Gateway.LIVE_KEY, "{}").status()).isEqualTo(400);
		assertThat(this.gateway.post("/v1/images/generations", "nobody's", Requests.CARD).status()).isEqualTo(401);
		assertThat(this.gateway.post("/v1/images/edits", Gateway.LIVE_KEY, "{}").status()).isEqualTo(400);

		assertThat(counted("status=\"200\"", "uri=\"/v1/images/generations\"", "method=\"POST\"", "outcome=\"SUCCESS\"",
				"exception=\"none\"", "error=\"none\"", "application=\"heliostat\""))
			.isTrue();
		assertThat(counted("status=\"400\"", "uri=\"/openai/v1/images/generations\"", "outcome=\"CLIENT_ERROR\"",
				"exception=\"GatewayException\"", "error=\"GatewayException\""))
			.isTrue();
		assertThat(counted("status=\"401\"", "uri=\"/v1/images/generations\"", "outcome=\"CLIENT_ERROR\"")).isTrue();
		assertThat(counted("status=\"400\"", "uri=\"/v1/images/edits\"", "exception=\"GatewayException\"")).isTrue();
	}

	private boolean counted(String... tags) {
		return this.gateway.metrics()
			.lines()
			.filter(line -> line.startsWith("http_server_requests_seconds_count{"))
			.anyMatch(line -> java.util.Arrays.stream(tags).allMatch(line::contains));
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD", "PUT", "DELETE" })
	void otherMethodsAreNotPossibleThere(String method) {
		Answer answer = this.gateway.send(this.gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
			.method(method, BodyPublishers.noBody()));
		assertThat(answer.status()).isEqualTo(405);
		assertThat(answer.header("allow")).isEqualTo("POST");
		assertThat(answer.header("x-request-id")).startsWith("req_");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/images/generations", "/v1/images/generations;x=y", "/v1/images/%67enerations",
			"/v1/images/generations/", "//v1/images/generations", "/openai/v1/images/generations?dryRun=true",
			"/%761/images/generations" })
	void noSpellingOfAPathIsAWayAroundTheKey(String path) {
		int before = this.replicate.submissions().size();
		try (RawConnection connection = new RawConnection(this.gateway)) {
			connection
				.send("POST " + path + " HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: "
						+ Requests.CARD.length() + "\r\nconnection: close\r\n\r\n" + Requests.CARD);
			assertThat(connection.readAll()).containsAnyOf("HTTP/1.1 401", "HTTP/1.1 404");
		}
		assertThat(this.replicate.submissions()).hasSize(before);
	}

	@Test
	void aQueryStillSaysThatOnlyThePriceIsWanted() {
		int before = this.replicate.submissions().size();
		for (String query : new String[] { "?dryRun=true", "?dryRun", "?x=y&dryRun=" }) {
			Answer answer = this.gateway.post("/v1/images/generations" + query, Gateway.LIVE_KEY, Requests.CARD);
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.json().path("estimated").asBoolean()).isTrue();
			assertThat(answer.header("content-type")).isEqualTo("application/json");
		}
		assertThat(this.replicate.submissions()).hasSize(before);
	}

	@Test
	void aTraceGoesOnAsItCame() {
		Answer answer = this.gateway.send(this.gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.header("traceparent", TRACE)
			.POST(BodyPublishers.ofString(Requests.CARD)));
		assertThat(answer.status()).isEqualTo(200);
		assertThat(this.replicate.submissions().getLast().headers().get("traceparent")).isEqualTo(TRACE);
	}

}
