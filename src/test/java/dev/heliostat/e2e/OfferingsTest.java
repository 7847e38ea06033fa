package dev.heliostat.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.openai.core.MultipartField;
import com.openai.client.OpenAIClient;
import com.openai.models.images.ImageCreateVariationParams;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ShippedCatalog;
import dev.heliostat.image.Capability;
import dev.heliostat.simulator.ProviderSimulators;
import dev.heliostat.simulator.Simulator;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every offering in service, asked through the official SDK for everything that it says
 * it can do, with a simulator in its provider's place. What is sent upstream is compared
 * to golden files, one for each provider; {@code -Dgolden.update=true} writes them anew.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OfferingsTest {

	private static final Path GOLDEN = Path.of("src/test/resources/golden");

	private static final boolean UPDATE = Boolean.getBoolean("golden.update");

	private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

	private final ProviderSimulators simulators = new ProviderSimulators();

	private final Map<String, TreeMap<String, JsonNode>> golden = new TreeMap<>();

	private Gateway gateway;

	private OpenAIClient sdk;

	@BeforeAll
	void start() {
		List<String> arguments = new ArrayList<>(this.simulators.arguments());
		arguments.add("--heliostat.routing.allow-unknown-price=true");
		arguments.add("--heliostat.config-dir=" + Quick.config());
		this.gateway = Gateway.start(arguments.toArray(String[]::new));
		this.sdk = this.gateway.sdk(Gateway.LIVE_KEY);
	}

	@AfterAll
	void stop() throws IOException {
		this.gateway.close();
		this.simulators.close();
		if (UPDATE) {
			Files.createDirectories(GOLDEN);
			for (Map.Entry<String, TreeMap<String, JsonNode>> provider : this.golden.entrySet()) {
				Files.writeString(GOLDEN.resolve(provider.getKey() + ".json"),
						JSON.writeValueAsString(provider.getValue()) + "\n");
			}
		}
	}

	@BeforeEach
	void clear() {
		this.simulators.clear();
	}

	static Stream<org.junit.jupiter.params.provider.Arguments> offerings() {
		return ShippedCatalog.load()
			.models()
			.stream()
			.filter(model -> model.status().inService())
			.flatMap(model -> model.offerings().stream())
			.filter(offering -> offering.status().inService())
			.flatMap(offering -> offering.capabilities()
				.stream()
				.map(capability -> org.junit.jupiter.params.provider.Arguments.of(offering.key(), capability)));
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("offerings")
	void answersAsItSaysItCan(String key, Capability capability) {
		ImagesResponse answer = ask(key, capability);
		assertThat(answer.data()).isPresent();
		assertThat(answer.data().get()).hasSize(1);
		assertThat(answer.data().get().getFirst().b64Json()).isPresent();

		String provider = key.substring(0, key.indexOf('/'));
		Simulator simulator = this.simulators.of(provider);
		assertThat(simulator.submissions()).hasSize(1);
		JsonNode sent = Sent.of(simulator.submissions().getFirst());
		String name = key.substring(key.indexOf('/') + 1) + " " + capability.key();
		if (UPDATE) {
			this.golden.computeIfAbsent(provider, each -> new TreeMap<>()).put(name, sent);
			return;
		}
		assertThat(JSON.writeValueAsString(sent)).as(name)
			.isEqualTo(JSON.writeValueAsString(expected(provider).path(name)));
	}

	/** No file holds a request that nobody makes any more. */
	@org.junit.jupiter.api.Test
	void theGoldenFilesHoldNothingElse() throws IOException {
		List<String> known = offerings()
			.map(arguments -> arguments.get()[0] + " " + ((Capability) arguments.get()[1]).key())
			.toList();
		try (Stream<Path> files = Files.list(GOLDEN)) {
			files.forEach(file -> {
				String provider = file.getFileName().toString().replace(".json", "");
				for (String name : expected(provider).propertyNames()) {
					assertThat(known).contains(provider + "/" + name);
				}
			});
		}
	}

	private static JsonNode expected(String provider) {
		try {
			return JSON.readTree(Files.readString(GOLDEN.resolve(provider + ".json")));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private ImagesResponse ask(String key, Capability capability) {
		byte[] picture = TestPictures.picture(640, 640, "png");
		String prompt = "A lighthouse at dusk";
		return switch (capability) {
			case GENERATE -> this.sdk.images()
				.generate(ImageGenerateParams.builder()
					.model(key)
					.prompt(prompt)
					.size(ImageGenerateParams.Size.of("1024x1024"))
					.responseFormat(ImageGenerateParams.ResponseFormat.B64_JSON)
					.build());
			case EDIT -> this.sdk.images()
				.edit(ImageEditParams.builder()
					.model(key)
					.prompt(prompt)
					.image(MultipartField.<ImageEditParams.Image>builder()
						.value(ImageEditParams.Image.ofInputStream(new java.io.ByteArrayInputStream(picture)))
						.build())
					.responseFormat(ImageEditParams.ResponseFormat.B64_JSON)
					.build());
			case VARIATION -> this.sdk.images()
				.createVariation(ImageCreateVariationParams.builder()
					.model(key)
					.image(picture)
					.responseFormat(ImageCreateVariationParams.ResponseFormat.B64_JSON)
					.build());
			case UPSCALE -> this.sdk.images()
				.edit(ImageEditParams.builder()
					.model(key)
					.prompt(prompt)
					.image(picture)
					.putAdditionalBodyProperty("scale_factor", com.openai.core.JsonValue.from(4))
					.responseFormat(ImageEditParams.ResponseFormat.B64_JSON)
					.build());
		};
	}

	/** A request as a golden file shows it. */
	private static final class Sent {

		private static final List<String> HEADERS = List.of("accept", "prefer", "x-dashscope-async",
				"x-runway-version");

		static JsonNode of(Simulator.Received received) {
			ObjectNode sent = JsonNodeFactory.instance.objectNode();
			sent.put("request", received.method() + " " + received.path());
			for (String header : HEADERS) {
				String value = received.headers().get(header);
				if (value != null && !value.equals("*/*")) {
					sent.put(header, value);
				}
			}
			if (received.headers().getOrDefault("content-type", "").startsWith("multipart/")) {
				ObjectNode parts = sent.putObject("parts");
				received.parts()
					.forEach(part -> parts.put(part.name(),
							part.name().equals("seed") ? "<random>" : part.filename().isEmpty() ? part.text()
									: part.filename() + " " + part.type() + " " + part.bytes().length + " bytes"));
			}
			else {
				sent.set("json", shown("", received.json()));
			}
			return sent;
		}

		/** Pictures and made-up numbers are only named. */
		private static JsonNode shown(String name, JsonNode node) {
			if (node.isObject()) {
				ObjectNode shown = JsonNodeFactory.instance.objectNode();
				node.properties()
					.forEach(member -> shown.set(member.getKey(), shown(member.getKey(), member.getValue())));
				return shown;
			}
			if (node.isArray()) {
				var shown = JsonNodeFactory.instance.arrayNode();
				node.forEach(element -> shown.add(shown(name, element)));
				return shown;
			}
			if (name.equals("seed") && node.asLong(0) > 0) {
				return JsonNodeFactory.instance.stringNode("<random>");
			}
			if (name.equals("taskUUID")) {
				return JsonNodeFactory.instance.stringNode("<unique>");
			}
			String text = node.asString("");
			if (text.startsWith("http://")) {
				return JsonNodeFactory.instance.stringNode("<address>");
			}
			return (text.length() > 500)
					? JsonNodeFactory.instance.stringNode(
							text.substring(0, text.indexOf(',') + 1) + "<" + text.length() + " characters of base64>")
					: node;
		}

	}

}
