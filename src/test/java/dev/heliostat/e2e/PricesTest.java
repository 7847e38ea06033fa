package dev.heliostat.e2e;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.image.ImageSize;
import dev.heliostat.simulator.ProviderSimulators;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a dry run says that requests cost, against figures that were worked out by hand.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PricesTest {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final ProviderSimulators simulators = new ProviderSimulators();

	private Gateway gateway;

	@BeforeAll
	void start() {
		List<String> arguments = new ArrayList<>(this.simulators.arguments());
		this.gateway = Gateway.start(arguments.toArray(String[]::new));
	}

	@AfterAll
	void stop() {
		this.gateway.close();
		this.simulators.close();
	}

	@ParameterizedTest(name = "{0} {1} {2}: {4}")
	@CsvFileSource(resources = "/prices.csv", delimiter = '|', quoteCharacter = '`', maxCharsPerColumn = 500)
	void costsWhatWasWorkedOutByHand(String offering, String request, String pictures, long micros, String byHand) {
		ObjectNode body = (ObjectNode) JSON.readTree(request);
		body.put("model", offering).put("prompt", "A cat");
		Answer answer = (pictures == null)
				? this.gateway.post("/openai/v1/images/generations?dryRun=true", Gateway.LIVE_KEY, body.toString())
				: edit(body, pictures.strip().split(" "));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		JsonNode estimate = answer.json();
		assertThat(estimate.path("total_cost_micros").asLong()).as(byHand + ": " + estimate).isEqualTo(micros);
		assertThat(this.simulators.of(offering.substring(0, offering.indexOf('/'))).log()).isEmpty();
	}

	private Answer edit(ObjectNode body, String[] pictures) {
		ByteArrayOutputStream form = new ByteArrayOutputStream();
		body.properties()
			.forEach(field -> part(form, field.getKey(), field.getValue().asString().getBytes(StandardCharsets.UTF_8)));
		for (String picture : pictures) {
			ImageSize size = ImageSize.parse(picture).orElseThrow();
			part(form, "image[]", TestPictures.picture(size.width(), size.height(), "png"));
		}
		form.writeBytes("--b--\r\n".getBytes(StandardCharsets.UTF_8));
		return this.gateway.send(this.gateway.request("/openai/v1/images/edits?dryRun=true", Gateway.LIVE_KEY)
			.header("content-type", "multipart/form-data; boundary=b")
			.POST(BodyPublishers.ofByteArray(form.toByteArray())));
	}

	private static void part(ByteArrayOutputStream form, String name, byte[] bytes) {
		form.writeBytes(("--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n")
			.getBytes(StandardCharsets.UTF_8));
		form.writeBytes(bytes);
		form.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
	}

}
