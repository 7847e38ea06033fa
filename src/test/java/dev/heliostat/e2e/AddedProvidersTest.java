package dev.heliostat.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.Simulator;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * New providers come by YAML alone: the files are those of {@code docs/providers.md}.
 */
class AddedProvidersTest {

	private static String documented(String name) throws IOException {
		String text = Files.readString(Path.of("docs/providers.md"));
		Matcher block = Pattern.compile("<!-- provider:" + name + " -->\\s+```yaml\\n(.*?)```", Pattern.DOTALL)
			.matcher(text);
		assertThat(block.find()).isTrue();
		return block.group(1);
	}

	private static Path config(String provider, String providerText, String modelText) throws IOException {
		Path config = Gateway.temporary();
		Path catalog = config.resolve("catalog");
		Files.createDirectories(catalog.resolve("providers"));
		Files.createDirectories(catalog.resolve("models"));
		Files.writeString(catalog.resolve("providers/" + provider + ".yaml"), providerText);
		Files.writeString(catalog.resolve("models/acme-painter.yaml"), modelText);
		return config;
	}

	@Test
	void aServerThatIsLikeOpenAis() throws IOException {
		String model = documented("model").replace("provider: acme", "provider: my-server")
			.replace("rename: text, ", "")
			.replaceAll("(?m)^ +size:.*\n", "");
		try (OpenAiSimulator server = new OpenAiSimulator(0);
				Gateway gateway = Gateway.start(
						"--heliostat.config-dir=" + config("my-server",
								documented("sync").replace("http://10.0.0.5:8000/v1", server.baseUrl())
									.replace("required: false", "variables: [MY_KEY]"),
								model),
						"--heliostat.providers.my-server.api-key=" + OpenAiSimulator.TOKEN)) {
			Answer answer = gateway.generate(Gateway.LIVE_KEY, Requests.of("acme-painter", "A cat"));
			assertThat(answer.status()).as(answer.text()).isEqualTo(200);
			assertThat(answer.header("x-heliostat-provider")).isEqualTo("my-server");
			assertThat(answer.header("x-heliostat-cost-micros")).isEqualTo("50000");
			assertThat(gateway.get(answer.json().at("/data/0/url").asString(), "").header("content-type"))
				.isEqualTo("image/png");
		}
	}

	@Test
	void aProviderThatMakesJobs() throws IOException {
		try (Acme acme = new Acme()) {
			Path config = config("acme", documented("job").replace("https://api.acme.example", acme.origin()),
					documented("model").replace("model: painter-2\n",
							"model: painter-2\n    expected: {seconds: 0.5}\n"));
			try (Gateway gateway = Gateway.start("--heliostat.config-dir=" + config,
					"--heliostat.providers.acme.api-key=" + Acme.KEY)) {
				Answer answer = gateway.generate(Gateway.LIVE_KEY,
						Requests.of("acme-painter", "A cat", "\"size\": \"512x256\""));
				assertThat(answer.status()).as(answer.text()).isEqualTo(200);
				assertThat(answer.json().at("/metadata/executed_model").asString()).isEqualTo("acme/painter-2");
				// The provider's own figure, not the price of the file.
				assertThat(answer.header("x-heliostat-cost-micros")).isEqualTo("40000");
				assertThat(acme.log().getFirst().body())
					.isEqualTo("{\"input\":{\"text\":\"A cat\",\"width\":512,\"height\":256},\"model\":\"painter-2\"}");

				Answer refused = gateway.generate(Gateway.LIVE_KEY, Requests.of("acme-painter", "refused"));
				assertThat(refused.json().at("/error/code").asString()).isEqualTo("moderation_blocked");

				Files.writeString(config.resolve("catalog/providers/acme.yaml"),
						documented("job").replace("  path: /jobs\n", "  path: /jobs\n  colour: blue\n"));
				Awaitility.await()
					.untilAsserted(() -> assertThat(gateway.get("/admin/v1/catalog", Gateway.ADMIN_KEY).text())
						.contains("providers/acme.yaml")
						.contains("wire.colour")
						.contains("unknown key"));
				assertThat(gateway.generate(Gateway.LIVE_KEY, Requests.of("acme-painter", "A cat")).status())
					.isEqualTo(200);
			}
		}
	}

	/** A provider that nobody has heard of. */
	private static final class Acme extends Simulator {

		private static final String KEY = "acme-key-0123456789";

		Acme() {
			super(0);
		}

		@Override
		protected boolean isSubmission(Received received) {
			return received.method().equals("POST");
		}

		@Override
		protected Publisher<Void> answer(Received received, HttpServerRequest request, HttpServerResponse response) {
			if (received.path().startsWith("/pictures/")) {
				return response.sendByteArray(Mono.just(TestPictures.picture(512, 256, "png")));
			}
			if (!KEY.equals(received.headers().get("x-acme-key"))) {
				return json(response, 401, "{\"why\": \"no key\"}");
			}
			if (isSubmission(received)) {
				JsonNode input = received.json().path("input");
				return json(response, 202, "{\"job\": {\"id\": \"" + input.path("text").asString().replace(" ", "-")
						+ "\", \"state\": \"waiting\"}}");
			}
			boolean refused = received.path().endsWith("/refused");
			return json(response, 200,
					refused ? "{\"job\": {\"state\": \"refused\", \"why\": \"not that\"}}"
							: "{\"job\": {\"state\": \"finished\", \"cents\": 4, \"pictures\": [{\"link\": \""
									+ origin() + "/pictures/1\"}]}}");
		}

	}

}
