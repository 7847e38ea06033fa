package dev.heliostat.e2e;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;

import javax.imageio.ImageIO;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Free pictures for test keys, and failures on demand.
 */
class SandboxTest {

	private static Gateway gateway;

	@BeforeAll
	static void start() {
		gateway = Gateway.start();
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	private static byte[] picture(String... more) {
		String[] members = java.util.Arrays.copyOf(more, more.length + 1);
		members[more.length] = "\"response_format\": \"b64_json\"";
		Answer answer = gateway.generate(Gateway.TEST_KEY, Requests.of(Requests.MODEL, "A cat", members));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.json().path("metadata").path("provider").asString()).isEqualTo("sandbox");
		assertThat(answer.json().path("metadata").path("cost_micros").asLong()).isZero();
		return Base64.getDecoder().decode(answer.json().path("data").path(0).path("b64_json").asString());
	}

	@ParameterizedTest
	@CsvSource({ "png, 1024x1024, 1024, 1024", "jpeg, 300x200, 300, 200", "gif, 16:9, 1365, 768",
			"png, 2048x16, 2048, 16" })
	void picturesAreRealAndOfTheRightSizeAndFormat(String format, String size, int width, int height)
			throws IOException {
		byte[] bytes = picture("\"output_format\": \"" + format + "\"", "\"size\": \"" + size + "\"");
		BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
		assertThat(image.getWidth()).isEqualTo(width);
		assertThat(image.getHeight()).isEqualTo(height);
		String start = new String(bytes, 0, 8, java.nio.charset.StandardCharsets.ISO_8859_1);
		assertThat(start).contains(switch (format) {
			case "png" -> "PNG";
			case "gif" -> "GIF8";
			default -> "\u00ff\u00d8";
		});
	}

	@Test
	void theSameRequestGivesTheSamePictureAndAnotherSeedAnother() {
		assertThat(picture("\"seed\": 1")).isEqualTo(picture("\"seed\": 1")).isNotEqualTo(picture("\"seed\": 2"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			status=429, retry-after=3 | 429 | rate_limit_exceeded
			status=500                | 502 | outcome_unknown
			status=503                | 502 | all_providers_failed
			moderation                | 400 | moderation_blocked
			truncated                 | 502 | all_providers_failed
			lost                      | 502 | outcome_unknown
			refused                   | 502 | all_providers_failed
			delay=50ms, status=402    | 502 | all_providers_failed
			explode                   | 400 | invalid_value
			""")
	void faultsArePlayedOnDemandInPromptOrHeader(String knobs, int status, String code) {
		Answer prompt = gateway.generate(Gateway.TEST_KEY,
				Requests.of("gpt-image-2", "A cat [[sandbox: " + knobs + "]]"));
		assertThat(prompt.status()).as(prompt.text()).isEqualTo(status);
		assertThat(prompt.json().path("error").path("code").asString()).isEqualTo(code);
		Answer header = gateway.send(gateway.request("/v1/images/generations", Gateway.TEST_KEY)
			.header("content-type", "application/json")
			.header("x-heliostat-sandbox", knobs)
			.POST(java.net.http.HttpRequest.BodyPublishers.ofString(Requests.CARD)));
		assertThat(header.status()).isEqualTo(status);
	}

	@Test
	void aLiveKeyReachesTheSandboxOnlyByName() {
		assertThat(gateway.generate(Gateway.LIVE_KEY, Requests.CARD).status()).isEqualTo(503);
		Answer named = gateway.generate(Gateway.LIVE_KEY, Requests.of("sandbox/" + Requests.MODEL, "A cat"));
		assertThat(named.json().path("metadata").path("provider").asString()).isEqualTo("sandbox");
	}

}
