package dev.heliostat.e2e;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import javax.imageio.ImageIO;

import com.openai.models.images.ImageEditParams;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import dev.heliostat.simulator.ProviderSimulators;
import dev.heliostat.simulator.Simulator;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Pictures made of pictures: how they may be sent, in which form they go upstream, and
 * what is said of those that cannot be used.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EditsTest {

	private static final byte[] PICTURE = TestPictures.picture(640, 480, "png");

	private static final String BOUNDARY = "the-boundary-of-these-tests";

	private final ProviderSimulators simulators = new ProviderSimulators();

	private Gateway gateway;

	@BeforeAll
	void start() {
		List<String> arguments = new ArrayList<>(this.simulators.arguments());
		arguments.add("--heliostat.routing.allow-unknown-price=true");
		arguments.add("--heliostat.config-dir=" + Quick.config());
		arguments.add("--heliostat.api.max-upload=8MB");
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

	/** A part: name with attributes, and bytes. */
	private record Part(String head, byte[] bytes) {

		static Part text(String name, String value) {
			return new Part("name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8));
		}

		static Part file(String name, byte[] bytes) {
			return new Part("name=\"" + name + "\"; filename=\"x.bin\"\r\nContent-Type: application/octet-stream",
					bytes);
		}

		/** As Java's SDK sends streams: no filename; here not even a type. */
		static Part bare(String name, byte[] bytes) {
			return new Part("name=\"" + name + "\"", bytes);
		}

	}

	private Answer send(String path, String key, boolean chunked, Part... parts) {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		for (Part part : parts) {
			body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + part.head + "\r\n\r\n")
				.getBytes(StandardCharsets.UTF_8));
			body.writeBytes(part.bytes);
			body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
		}
		body.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
		byte[] bytes = body.toByteArray();
		return this.gateway.send(this.gateway.request(path, key)
			.header("content-type", "multipart/form-data; boundary=" + BOUNDARY)
			.POST(chunked ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))
					: BodyPublishers.ofByteArray(bytes)));
	}

	private Answer edit(Part... parts) {
		return send("/openai/v1/images/edits", Gateway.LIVE_KEY, false, parts);
	}

	private static Part model(String model) {
		return Part.text("model", model);
	}

	private static final Part PROMPT = Part.text("prompt", "Make it night");

	@ParameterizedTest
	@ValueSource(strings = { "image", "image[]", "image[0]" })
	void aPictureIsTakenUnderEachOfItsNamesWithOrWithoutAFilename(String name) {
		for (Part image : List.of(Part.bare(name, PICTURE), Part.file(name, PICTURE))) {
			Answer answer = edit(image, PROMPT, model("openai/gpt-image-2"));
			assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		}
		Simulator.Part sent = part("openai", "image[]");
		assertThat(sent.type()).isEqualTo("image/png");
		assertThat(sent.filename()).isEqualTo("image-1.png");
		assertThat(sent.bytes()).isEqualTo(PICTURE);
	}

	private Simulator.Part part(String provider, String name) {
		return this.simulators.of(provider)
			.submissions()
			.getLast()
			.parts()
			.stream()
			.filter(part -> part.name().equals(name))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void chunkedBodiesAndFormTypesAreUnderstood() {
		Answer answer = send("/v1/images/edits", Gateway.LIVE_KEY, true, Part.file("image[]", PICTURE),
				Part.file("image[]", TestPictures.picture(64, 64, "jpg")), PROMPT, Part.text("n", "2"),
				Part.text("stream", "false"), Part.text("quality", "low"), Part.text("provider[only][]", "openai"),
				model("gpt-image-2"));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.json().path("data").size()).isEqualTo(2);
		Simulator.Received sent = this.simulators.of("openai").submissions().getFirst();
		assertThat(sent.parts().stream().filter(part -> part.name().equals("image[]")).toList()).hasSize(2)
			.extracting(Simulator.Part::type)
			.containsExactly("image/png", "image/jpeg");
		assertThat(sent.parts().stream().filter(part -> part.name().equals("n")).findFirst().orElseThrow().text())
			.isEqualTo("2");
	}

	@Test
	void jsonBodiesBringDataUrls() {
		String url = "data:image/png;base64," + Base64.getEncoder().encodeToString(PICTURE);
		for (String images : List.of("\"images\": [{\"image_url\": \"" + url + "\"}]", "\"image\": \"" + url + "\"",
				"\"image\": [\"" + url + "\"]", "\"image\": {\"url\": \"" + url + "\"}")) {
			Answer answer = this.gateway.post("/openai/v1/images/edits", Gateway.LIVE_KEY,
					"{\"model\": \"gemini/gemini-2.5-flash-image\", \"prompt\": \"Night\", " + images + "}");
			assertThat(answer.status()).as(images.substring(0, 30) + answer.text()).isEqualTo(200);
		}
		JsonNode parts = this.simulators.of("gemini").submissions().getFirst().json().at("/contents/0/parts");
		assertThat(Base64.getDecoder().decode(parts.path(1).path("inlineData").path("data").asString()))
			.isEqualTo(PICTURE);
	}

	@ParameterizedTest(name = "{0}")
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			https://127.0.0.1/x.png            | it points into a private network
			https://169.254.169.254/latest     | it points into a private network
			http://example.com/x.png           | it is no https URL
			file:///etc/passwd                 | not a URL
			not a url                          | not a URL
			""")
	void anAddressThatMayNotBeFetchedIsRefused(String url, String message) {
		Answer answer = this.gateway.post("/openai/v1/images/edits", Gateway.LIVE_KEY,
				"{\"model\": \"gpt-image-2\", \"prompt\": \"Night\", \"image\": \"" + url + "\"}");
		assertThat(answer.status()).as(answer.text()).isEqualTo(400);
		assertThat(answer.json().path("error").path("param").asString()).isEqualTo("image");
		assertThat(answer.text()).contains(message);
		assertThat(this.simulators.of("openai").submissions()).isEmpty();
	}

	@Test
	void anImageOfAnotherKindIsRefusedBeforeAnybodyIsAsked() {
		Map<Part[], String> cases = Map.of(
				new Part[] { Part.file("image", "no picture".getBytes()), PROMPT, model("gpt-image-2") },
				"expected a PNG, JPEG, WebP, GIF or AVIF picture", new Part[] { PROMPT, model("gpt-image-2") },
				"'image' is missing", new Part[] { Part.file("image", PICTURE), model("gpt-image-2") },
				"'prompt' is missing",
				new Part[] { Part.file("image", PICTURE), Part.file("markup", PICTURE), PROMPT, model("gpt-image-2") },
				"markup: a file", new Part[] { Part.file("image", PICTURE), PROMPT, model("flux.1-schnell") },
				"Model 'flux.1-schnell' does not support image editing. Supported: text-to-image",
				new Part[] { Part.file("image", PICTURE), PROMPT, model("stability/stable-image-core") },
				"does not support image editing",
				new Part[] { Part.file("image", TestPictures.picture(64, 64, "gif")), PROMPT,
						model("openai/gpt-image-2") },
				"image: a GIF picture (expected: one of", new Part[] { Part.file("image", PICTURE), PROMPT,
						model("openai/gpt-image-2"), Part.text("n", "1"), Part.text("n", "2") },
				"n: sent twice");
		cases.forEach((parts, message) -> {
			Answer answer = edit(parts);
			assertThat(answer.status()).as(answer.text()).isEqualTo(400);
			assertThat(answer.text()).contains(message);
		});
		for (String provider : this.simulators.providers()) {
			assertThat(this.simulators.of(provider).log()).as(provider).isEmpty();
		}
	}

	@Test
	void tooManyPicturesAreRefused() {
		List<Part> parts = new ArrayList<>(List.of(PROMPT, model("openai/gpt-image-2")));
		for (int i = 0; i < 17; i++) {
			parts.add(Part.file("image[]", TestPictures.picture(16, 16, "png")));
		}
		assertThat(edit(parts.toArray(Part[]::new)).text()).contains("17 pictures (expected: at most 16");
		parts.set(1, model("fireworks/flux.1-kontext-pro"));
		assertThat(edit(parts.subList(0, 4).toArray(Part[]::new)).text())
			.contains("2 pictures (expected: at most 1 for fireworks/flux.1-kontext-pro)");
	}

	@Test
	void aBodyThatIsTooLargeOrBrokenIsRefused() {
		Answer large = edit(Part.file("image", new byte[9_000_000]), PROMPT, model("gpt-image-2"));
		assertThat(large.status()).isEqualTo(413);
		assertThat(large.text()).contains("heliostat.api.max-upload");
		Answer chunked = send("/v1/images/edits", Gateway.LIVE_KEY, true, Part.file("image", new byte[9_000_000]));
		assertThat(chunked.status()).as(chunked.text()).isEqualTo(413);
		Answer broken = this.gateway.send(this.gateway.request("/v1/images/edits", Gateway.LIVE_KEY)
			.header("content-type", "multipart/form-data; boundary=x")
			.POST(BodyPublishers.ofString("--x\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nabc")));
		assertThat(broken.status()).as(broken.text()).isEqualTo(400);
		assertThat(broken.text()).contains("broken or cut off");
		Answer unbounded = this.gateway.send(this.gateway.request("/v1/images/edits", Gateway.LIVE_KEY)
			.header("content-type", "multipart/form-data")
			.POST(BodyPublishers.ofString("x")));
		assertThat(unbounded.text()).contains("no boundary");
	}

	@ParameterizedTest(name = "{0} {1}: edited pixels become {2}")
	@CsvSource(textBlock = """
			ideogram, ideogram/ideogram-v3,             0
			runware,  runware/stable-diffusion-3-medium, 255
			openai,   openai/gpt-image-2,                -1
			automatic1111, automatic1111/stable-diffusion-xl-1.0, 255
			replicate, replicate/ideogram-v3-turbo,      0
			""")
	void aMaskIsTranslatedIntoWhatTheProviderUnderstands(String provider, String model, int edited) throws IOException {
		Answer answer = edit(Part.file("image", PICTURE), Part.file("mask", mask(640, 480, true)), PROMPT,
				model(model));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		Simulator.Received sent = this.simulators.of(provider).submissions().getFirst();
		byte[] bytes = switch (provider) {
			case "ideogram", "openai" -> part(provider, "mask").bytes();
			case "runware" -> decoded(sent.json().path(0).path("maskImage").asString());
			case "replicate" -> decoded(sent.json().path("input").path("mask").asString());
			default -> decoded(sent.json().path("mask").asString());
		};
		BufferedImage mask = ImageIO.read(new ByteArrayInputStream(bytes));
		assertThat(mask.getWidth()).isEqualTo(640);
		if (edited < 0) {
			assertThat(mask.getRGB(10, 10) >>> 24).isZero();
			return;
		}
		assertThat(mask.getRGB(10, 10) & 0xff).isEqualTo(edited);
		assertThat(mask.getRGB(600, 400) & 0xff).isEqualTo(255 - edited);
	}

	private static byte[] decoded(String text) {
		return Base64.getDecoder().decode(text.substring(text.indexOf(',') + 1));
	}

	/** A mask whose upper left quarter is transparent, or that knows no transparency. */
	private static byte[] mask(int width, int height, boolean alpha) {
		BufferedImage image = new BufferedImage(width, height,
				alpha ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
		for (int y = 0; y < height; y++) {
			for (int x = 0; x < width; x++) {
				image.setRGB(x, y, (x < width / 2 && y < height / 2) ? 0 : 0xff00ff00);
			}
		}
		try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
			ImageIO.write(image, "png", bytes);
			return bytes.toByteArray();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void aMaskOfTheWrongSizeOrKindIsRefused() {
		assertThat(
				edit(Part.file("image", PICTURE), Part.file("mask", mask(64, 64, true)), PROMPT, model("gpt-image-2"))
					.text())
			.contains("mask: 64x64 (expected: 640x480, the size of the first image)");
		assertThat(edit(Part.file("image", PICTURE), Part.file("mask", mask(640, 480, false)), PROMPT,
				model("gpt-image-2"))
			.text()).contains("without transparency");
		assertThat(edit(Part.file("image", PICTURE), Part.file("mask", mask(640, 480, true)), PROMPT,
				model("gemini/gemini-2.5-flash-image"))
			.text()).contains("mask: not supported by gemini/gemini-2.5-flash-image");
		assertThat(this.simulators.of("openai").submissions()).isEmpty();
	}

	@Test
	void apictureGoesUpstreamAgainAtAFailover() {
		this.simulators.usual("fal", "status=503");
		Answer answer = edit(Part.file("image", PICTURE), PROMPT, model("gemini-3-pro-image"),
				Part.text("provider[order][]", "fal"), Part.text("provider[only]", "[\"fal\", \"openrouter\"]"));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.header("x-heliostat-provider")).isEqualTo("openrouter");
		JsonNode sent = this.simulators.of("openrouter").submissions().getFirst().json();
		assertThat(decoded(sent.at("/input_references/0/image_url/url").asString())).isEqualTo(PICTURE);
		assertThat(decoded(this.simulators.of("fal").submissions().getFirst().json().at("/image_urls/0").asString()))
			.isEqualTo(PICTURE);
	}

	@Test
	void aLargePictureIsUploadedBeforehandWhereTheProviderWantsThat() {
		byte[] large = TestPictures.noise(300, 300);
		Answer answer = edit(Part.file("image", large), PROMPT, model("replicate/flux.1-kontext-pro"));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(this.simulators.of("replicate").log()).anySatisfy(call -> {
			assertThat(call.path()).isEqualTo("/v1/files");
			assertThat(call.parts().getFirst().bytes()).isEqualTo(large);
		});
		assertThat(this.simulators.of("replicate").submissions().getFirst().json().at("/input/input_image").asString())
			.endsWith("/v1/files/file-1");
	}

	@Test
	void aPictureThatCannotBeHandedOverCostsNothingAndTheNextProviderIsAsked() {
		this.simulators.usual("replicate", "upload-500");
		Answer answer = edit(Part.file("image", TestPictures.noise(300, 300)), PROMPT, model("flux.1-kontext-pro"),
				Part.text("provider[order][]", "replicate"), Part.text("provider[only]", "[\"replicate\", \"bfl\"]"));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.header("x-heliostat-provider")).isEqualTo("bfl");
		assertThat(answer.json().at("/metadata/attempts/0/billed").asString()).isEqualTo("no");
		assertThat(this.simulators.of("replicate").submissions()).isEmpty();
	}

	@Test
	void anEditKeepsTheShapeOfThePicture() {
		assertThat(edit(Part.file("image", PICTURE), PROMPT, model("bfl/flux.2-pro")).status()).isEqualTo(200);
		JsonNode sent = this.simulators.of("bfl").submissions().getFirst().json();
		assertThat(sent.path("width").asInt()).isEqualTo(640);
		assertThat(sent.path("height").asInt()).isEqualTo(480);
	}

	@Test
	void aDryRunPricesThePicturesThatAreSentAndRunsNothing() {
		Answer answer = send("/openai/v1/images/edits?dryRun=true", Gateway.LIVE_KEY, false,
				Part.file("image", PICTURE), PROMPT, model("bfl/flux.2-pro"), Part.text("size", "1024x1024"));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.json().path("total_cost_micros").asLong()).isEqualTo(45_000);
		assertThat(this.simulators.of("bfl").log()).isEmpty();
	}

	@Test
	void aStreamOfAnEditNamesItself() {
		Answer answer = edit(Part.file("image", PICTURE), PROMPT, model("openai/gpt-image-2"),
				Part.text("stream", "true"));
		assertThat(answer.text()).contains("event: image_edit.completed");
	}

	@Test
	void aVariationNeedsNoPrompt() {
		Answer answer = send("/openai/v1/images/variations", Gateway.LIVE_KEY, false, Part.file("image", PICTURE),
				model("titan-image-generator-v2"));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		JsonNode sent = this.simulators.of("bedrock").submissions().getFirst().json();
		assertThat(sent.path("taskType").asString()).isEqualTo("IMAGE_VARIATION");
		assertThat(decoded(sent.at("/imageVariationParams/images/0").asString())).isEqualTo(PICTURE);
		assertThat(send("/openai/v1/images/variations", Gateway.LIVE_KEY, false, Part.file("image", PICTURE),
				model("flux.1-dev"))
			.text()).contains("Model 'flux.1-dev' does not support image variations");
	}

	@Test
	void aScaleFactorAsksForALargerPicture() {
		Answer answer = send("/openai/v1/images/edits", Gateway.TEST_KEY, false, Part.file("image", PICTURE),
				model("stable-image-fast-upscaler"), Part.text("scale_factor", "2"),
				Part.text("response_format", "b64_json"));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		byte[] bytes = Base64.getDecoder().decode(answer.json().at("/data/0/b64_json").asString());
		try {
			assertThat(ImageIO.read(new ByteArrayInputStream(bytes)).getWidth()).isEqualTo(1280);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void aTestKeyMeetsTheSameLimitsOfAModel() {
		assertThat(send("/v1/images/edits", Gateway.TEST_KEY, false, Part.file("image", PICTURE), PROMPT,
				model("flux.1-schnell"))
			.text()).contains("Model 'flux.1-schnell' does not support image editing");
	}

	@Test
	void theSdkEditsSeveralPicturesWithAMask() {
		assertThat(this.gateway.sdk(Gateway.LIVE_KEY)
			.images()
			.edit(ImageEditParams.builder()
				.model("openai/gpt-image-2")
				.prompt("Night")
				.imageOfInputStreams(List.of(new ByteArrayInputStream(PICTURE), new ByteArrayInputStream(PICTURE)))
				.mask(mask(640, 480, true))
				.build())
			.data()
			.orElseThrow()).hasSize(1);
		assertThat(part("openai", "mask").filename()).isEqualTo("mask.png");
	}

}
