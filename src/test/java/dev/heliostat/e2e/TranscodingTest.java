package dev.heliostat.e2e;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

import dev.heliostat.simulator.ProviderSimulators;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever form and format a provider answers in, clients get the ones that they ask for.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TranscodingTest {

	/** Answers a URL. */
	private static final String BY_URL = "replicate/stable-diffusion-3.5-large-turbo";

	/** Answers base64. */
	private static final String BY_BASE64 = "openai/gpt-image-1.5";

	/** Answers the bytes themselves. */
	private static final String BY_BYTES = "stability/stable-diffusion-3.5-large-turbo";

	private final ProviderSimulators simulators = new ProviderSimulators();

	private Gateway gateway;

	@BeforeAll
	void start() {
		List<String> arguments = new ArrayList<>(this.simulators.arguments());
		arguments.add("--heliostat.config-dir=" + Quick.config());
		arguments.add("--heliostat.media.transcoding.vips=no-such-program");
		this.gateway = Gateway.start(arguments.toArray(String[]::new));
	}

	@AfterAll
	void stop() {
		this.gateway.close();
		this.simulators.close();
	}

	@BeforeEach
	void clear() {
		this.simulators.clear();
	}

	private static Answer ask(Gateway gateway, String key, String body, String... headers) {
		HttpRequest.Builder request = gateway.request("/openai/v1/images/generations", key)
			.header("content-type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body));
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		return gateway.send(request);
	}

	private Answer ask(String body, String... headers) {
		return ask(this.gateway, Gateway.LIVE_KEY, body, headers);
	}

	private static byte[] base64(Answer answer) {
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		return Base64.getDecoder().decode(answer.json().at("/data/0/b64_json").asString());
	}

	private static String type(byte[] file) {
		String head = new String(file, 0, 12, java.nio.charset.StandardCharsets.ISO_8859_1);
		return head.startsWith("\u0089PNG") ? "png" : head.startsWith("\u00ff\u00d8") ? "jpeg" : head.startsWith("GIF8")
				? "gif" : head.endsWith("WEBP") ? "webp" : head.contains("ftypavif") ? "avif" : "something else";
	}

	private static BufferedImage decode(byte[] file) {
		try {
			return ImageIO.read(new ByteArrayInputStream(file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** How far colours are apart on average, of 255. */
	private static double distance(BufferedImage one, BufferedImage other) {
		long sum = 0;
		for (int y = 0; y < one.getHeight(); y++) {
			for (int x = 0; x < one.getWidth(); x++) {
				int a = one.getRGB(x, y);
				int b = other.getRGB(x, y);
				sum += Math.abs((a >> 16 & 0xff) - (b >> 16 & 0xff)) + Math.abs((a >> 8 & 0xff) - (b >> 8 & 0xff))
						+ Math.abs((a & 0xff) - (b & 0xff));
			}
		}
		return sum / 3.0 / one.getWidth() / one.getHeight();
	}

	static Stream<Arguments> everything() {
		return Stream.of(BY_URL, BY_BASE64, BY_BYTES)
			.flatMap(model -> Stream.of("url", "b64_json", "raw")
				.flatMap(form -> Stream.of("png", "jpeg", "webp", "gif")
					.map(format -> Arguments.of(model, form, format))));
	}

	@ParameterizedTest(name = "{0} as {1} in {2}")
	@MethodSource("everything")
	void everyProviderAnswersInEveryFormAndFormat(String model, String form, String format) {
		boolean raw = form.equals("raw");
		String body = Requests.of(model, "A cat", "\"size\": \"1024x1024\"", "\"output_format\": \"" + format + "\"",
				raw ? "\"user\": \"u\"" : "\"response_format\": \"" + form + "\"");
		Answer answer = raw ? ask(body, "accept", "image/*") : ask(body);
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		byte[] file = switch (form) {
			case "raw" -> {
				assertThat(answer.header("content-type")).isEqualTo("image/" + format);
				assertThat(answer.header("content-length")).isEqualTo("" + answer.response().body().length);
				assertThat(answer.header("x-heliostat-provider")).isEqualTo(model.substring(0, model.indexOf('/')));
				assertThat(answer.header("x-heliostat-generation")).startsWith("gen_");
				assertThat(answer.header("x-heliostat-cost-micros")).matches("[1-9][0-9]*");
				yield answer.response().body();
			}
			case "url" -> {
				Answer media = this.gateway.get(answer.json().at("/data/0/url").asString(), "");
				assertThat(media.header("content-type")).isEqualTo("image/" + format);
				yield media.response().body();
			}
			default -> base64(answer);
		};
		if (!raw) {
			assertThat(answer.json().path("output_format").asString()).isEqualTo(format);
			assertThat(answer.json().path("size").asString()).isEqualTo("1024x1024");
			assertThat(answer.json().at("/metadata/warnings").size()).as(answer.text()).isZero();
		}
		assertThat(type(file)).isEqualTo(format);
		BufferedImage picture = decode(file);
		assertThat(picture.getWidth()).isEqualTo(1024);
		assertThat(picture.getHeight()).isEqualTo(1024);
		assertThat(distance(picture, decode(TestPictures.picture(1024, 1024, "png")))).isLessThan(3);
	}

	@ParameterizedTest
	@CsvSource({ "exact-crop, 1000x600", "exact-pad, 1000x600", "exact-crop, 64x300", "nearest, 1254x836" })
	void sizesAreMadeExactWhereThatIsAskedFor(String fit, String size) {
		Answer answer = ask(Requests.of(BY_URL, "A cat",
				"\"size\": \"1000x600\"".replace("1000x600", fit.equals("nearest") ? "1000x700" : size),
				"\"response_format\": \"b64_json\""), "x-heliostat-fit", fit);
		BufferedImage picture = decode(base64(answer));
		assertThat(picture.getWidth() + "x" + picture.getHeight()).isEqualTo(size);
		assertThat(answer.json().path("size").asString()).isEqualTo(size);
		assertThat(answer.json().at("/metadata/warnings").size()).isEqualTo(1);
		assertThat(answer.json().at("/metadata/warnings/0").asString()).contains(fit.equals("nearest")
				? "size: 1000x700 was served as about 1254x836" : "brought to " + size + " by " + fit);
		// What is filled up is white: the corners of a padded picture.
		boolean white = (picture.getRGB(1, 1) & 0xffffff) == 0xffffff;
		assertThat(white).isEqualTo(fit.equals("exact-pad"));
	}

	@Test
	void lessQualityMakesASmallerFileEvenWhereTheProviderCannot() {
		String model = BY_BYTES;
		int fine = base64(ask(Requests.of(model, "A cat", "\"output_format\": \"jpeg\"", "\"output_compression\": 95",
				"\"response_format\": \"b64_json\""))).length;
		int coarse = base64(ask(Requests.of(model, "A cat", "\"output_format\": \"jpeg\"", "\"output_compression\": 20",
				"\"response_format\": \"b64_json\""))).length;
		assertThat(coarse).isLessThan(fine / 2);
		assertThat(this.simulators.of("stability").submissions())
			.allSatisfy(sent -> assertThat(sent.body()).contains("png").doesNotContain("jpeg"));
	}

	@Test
	void aPictureThatIsRightAlreadyIsTheProvidersOwnBytes() {
		byte[] file = base64(ask(Requests.of(BY_URL, "A cat", "\"output_format\": \"webp\"",
				"\"output_compression\": 40", "\"background\": \"auto\"", "\"response_format\": \"b64_json\"")));
		assertThat(file).isEqualTo(TestPictures.picture(1024, 1024, "webp"));
	}

	@Test
	void aRepeatedRequestGetsTheSameConvertedBytes() {
		String body = Requests.of(BY_BASE64, "A cat", "\"output_format\": \"gif\"");
		byte[] first = base64(ask(body, "Idempotency-Key", "same-bytes"));
		assertThat(type(first)).isEqualTo("gif");
		assertThat(base64(ask(body, "Idempotency-Key", "same-bytes"))).isEqualTo(first);
		Answer raw = ask(body, "Idempotency-Key", "same-bytes", "accept", "image/*");
		assertThat(raw.response().body()).isEqualTo(first);
		assertThat(this.simulators.of("openai").submissions()).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			image/webp                                  | image/webp
			image/*                                     | image/png
			image/png;q=0.1, image/jpeg                 | image/jpeg
			image/bmp, image/gif;q=0.5                  | image/gif
			image/avif,image/webp,*/*;q=0.8             | image/webp
			image/*, image/webp;q=0.5                   | image/png
			image/png, application/json                 | application/json
			image/png;q=0, application/json;q=0.1       | application/json
			*/*                                         | application/json
			text/html                                   | application/json
			""")
	void acceptSaysWhatIsAnswered(String accept, String type) {
		Answer answer = ask(Requests.of(BY_BASE64, "A cat"), "accept", accept);
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.header("content-type")).isEqualTo(type);
		if (!type.equals("application/json")) {
			assertThat("image/" + type(answer.response().body())).isEqualTo(type);
		}
	}

	@Test
	void warningsComeAsHeadersWhereThereIsNoJson() {
		Answer answer = ask(Requests.of(BY_URL, "A cat", "\"style\": \"vivid\""), "accept", "image/png");
		assertThat(answer.header("x-heliostat-warning")).contains("style: vivid");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			"output_format": "svg"                                | output_format      | png, jpeg, webp, gif or avif
			"output_format": "avif"                               | output_format      | needs the program 'vips'
			"output_format": "jpeg", "background": "transparent"  | background         | opaque or auto
			"output_format": "png", "output_compression": 40      | output_compression | 100 with output_format png
			"output_compression": 101                             | output_compression | 0 to 100
			"output_compression": "x"                             | output_compression | 0 to 100
			""")
	void whatCannotBeMadeIsSaidBeforeAnythingIsSpent(String member, String parameter, String message) {
		for (String key : List.of(Gateway.LIVE_KEY, Gateway.TEST_KEY)) {
			Answer answer = ask(this.gateway, key, Requests.of(BY_BASE64, "A cat", member));
			assertThat(answer.status()).as(answer.text()).isEqualTo(400);
			assertThat(answer.json().at("/error/param").asString()).isEqualTo(parameter);
			assertThat(answer.json().at("/error/message").asString()).contains(message);
		}
		assertThat(this.simulators.of("openai").submissions()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			"n": 2             | image/png | nearest     | n
			"stream": true     | image/png | nearest     | stream
			"user": "u"        | image/bmp | nearest     | Accept
			"user": "u"        | */*       | approximate | x-heliostat-fit
			"size": "16000x16000" | */*    | exact-crop  | size
			""")
	void headersThatCannotBeMetAreErrorsInJson(String member, String accept, String fit, String parameter) {
		Answer answer = ask(Requests.of(BY_BASE64, "A cat", member), "accept", accept, "x-heliostat-fit", fit);
		assertThat(answer.status()).as(answer.text()).isEqualTo(400);
		assertThat(answer.header("content-type")).isEqualTo("application/json");
		assertThat(answer.json().at("/error/param").asString()).isEqualTo(parameter);
		assertThat(this.simulators.of("openai").submissions()).isEmpty();
	}

	@Test
	void aDryRunIsJsonWhateverIsAccepted() {
		Answer answer = this.gateway.send(this.gateway.request("/v1/images/generations?dryRun=true", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.header("accept", "image/png")
			.POST(HttpRequest.BodyPublishers.ofString(Requests.of(BY_URL, "A cat", "\"n\": 2"))));
		assertThat(answer.json().path("estimated").asBoolean()).isTrue();
	}

}
