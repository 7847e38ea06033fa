package dev.heliostat.console;

import java.util.Map;

import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.PostgresServer;
import dev.heliostat.testing.Requests;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What galleries, benchmarks and the arena keep, on PostgreSQL.
 */
class ComparisonsOnPostgresTest {

	private static final String CARD = "/models/stability-ai/stable-diffusion-3.5-large-turbo";

	private static Answer ended(Browser browser, String path) {
		return Awaitility.await().until(() -> browser.get(path), page -> !page.text().contains("hx-trigger"));
	}

	@Test
	void theSameStatementsRun() {
		try (Gateway gateway = Gateway.start(PostgresServer.freshDatabase().toArray(new String[0]))) {
			Browser tester = Browser.signedIn(gateway, Gateway.TEST_KEY);
			String token = Browser.token(tester.get("/arena"));
			String older = gateway.generate(Gateway.TEST_KEY, Requests.CARD).json().at("/metadata/id").asString();
			String younger = gateway.generate(Gateway.TEST_KEY, Requests.CARD).json().at("/metadata/id").asString();
			for (String id : new String[] { older, younger }) {
				assertThat(gateway
					.post("/v1/generations/" + id + "/publication", Gateway.TEST_KEY, "{\"prompt\": \"Of " + id + "\"}")
					.status()).isEqualTo(200);
			}
			assertThat(tester.get(CARD + "/gallery?after=" + younger).text()).contains("Of " + older)
				.doesNotContain("Of " + younger);
			assertThat(tester
				.post("/generations/" + older + "/publication/withdraw", Map.of("_token", token, "from", "gallery"))
				.status()).isEqualTo(303);
			assertThat(tester.get(CARD + "/gallery").text()).contains("Of " + younger).doesNotContain("Of " + older);

			Answer begun = tester.post(CARD + "/benchmarks",
					Map.of("_token", token, "offering", "replicate/stable-diffusion-3.5-large-turbo", "prompt", "A cat",
							"repeats", "2", "id", "bench_" + "0".repeat(32), "cap", "0", "agreed", "yes"));
			assertThat(ended(tester, begun.header("location")).text()).contains("2 of 2", ">done<");

			String duel = tester.post("/arena", Map.of("_token", token, "prompt", "A cat", "most", "0"))
				.header("location");
			ended(tester, duel);
			assertThat(tester.post(duel + "/vote", Map.of("_token", token, "vote", "TIE")).status()).isEqualTo(303);
			assertThat(tester.get("/arena").text()).contains("Votes: 1, of which 0");
			assertThat(tester.get("/arena/votes.csv").text().lines()).hasSize(2);
		}
	}

}
