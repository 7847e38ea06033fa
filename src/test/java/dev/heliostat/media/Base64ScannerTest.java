package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Base64 is taken out of JSON however the JSON arrives.
 */
class Base64ScannerTest {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final List<ByteArrayOutputStream> texts = new ArrayList<>();

	private JsonNode scan(String json, Random cuts) {
		Base64Scanner scanner = new Base64Scanner(List.of("b64_json", "pictures"), List.of("url", "images"));
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		int at = 0;
		while (at < bytes.length) {
			int length = Math.min(bytes.length - at, 1 + cuts.nextInt(40));
			for (Base64Scanner.Part part : scanner.feed(Arrays.copyOfRange(bytes, at, at + length))) {
				while (this.texts.size() <= part.index()) {
					this.texts.add(new ByteArrayOutputStream());
				}
				this.texts.get(part.index()).writeBytes(part.bytes());
			}
			at += length;
		}
		return JSON.readTree(scanner.skeleton());
	}

	@Test
	void listsAndDataUrlsArePicturesAndOtherUrlsStay() {
		String one = Base64.getEncoder().encodeToString("the first".getBytes(StandardCharsets.UTF_8));
		String two = Base64.getEncoder().encodeToString("the second".getBytes(StandardCharsets.UTF_8));
		String json = """
				{"pictures": ["%s", "%s"], "url": "https://x/y?data:", "images": ["data:image/png;base64,%s", "datum", ""],
				 "other": {"url": "data:image/png;base64,%s", "name": "data:kept"}, "b64_json": "", "pictures2": ["data:kept"]}"""
			.formatted(one, two, one, two);
		for (int seed = 0; seed < 200; seed++) {
			this.texts.clear();
			JsonNode left = scan(json, new Random(seed));
			assertThat(left).hasToString(
					"{\"pictures\":[0,1],\"url\":\"https://x/y?data:\",\"images\":[2,\"datum\",\"\"],\"other\":{\"url\":3,\"name\":\"data:kept\"},\"b64_json\":\"\",\"pictures2\":[\"data:kept\"]}");
			assertThat(this.texts).extracting(text -> text.toString(StandardCharsets.UTF_8))
				.containsExactly("the first", "the second", "the first", "the second");
		}
	}

	@Test
	void everyCutGivesTheSameBytes() {
		for (int seed = 0; seed < 300; seed++) {
			Random random = new Random(seed);
			this.texts.clear();
			List<byte[]> pictures = new ArrayList<>();
			StringBuilder data = new StringBuilder();
			for (int i = 0; i < random.nextInt(4); i++) {
				byte[] picture = new byte[random.nextInt(500)];
				random.nextBytes(picture);
				pictures.add(picture);
				String text = Base64.getEncoder().encodeToString(picture);
				text = random.nextBoolean() ? text.replace("/", "\\/") : text;
				data.append(i == 0 ? "" : ",")
					.append("{\"revised_prompt\":\"a \\\"b64_json\\\": \\u00e9 , \",\"b64_json\" : \"")
					.append(random.nextBoolean() ? "data:image/png;base64," : "")
					.append(text)
					.append("\"}");
			}
			JsonNode json = scan(
					"{\"created\":1,\"b64_json_\":\"no\",\"x\":\"b64_json\",\"data\":[" + data + "],\"b64_json\":null}",
					random);
			assertThat(this.texts).as("seed " + seed).hasSameSizeAs(pictures);
			for (int i = 0; i < pictures.size(); i++) {
				assertThat(this.texts.get(i).toByteArray()).as("seed " + seed).isEqualTo(pictures.get(i));
				assertThat(json.path("data").path(i).path("b64_json").asInt()).isEqualTo(i);
				assertThat(json.path("data").path(i).path("revised_prompt").asString())
					.isEqualTo("a \"b64_json\": é , ");
			}
			assertThat(json.path("x").asString()).isEqualTo("b64_json");
			assertThat(json.path("b64_json").isNull()).isTrue();
		}
	}

	@Test
	void lineBreaksInsideMeanNothing() {
		scan("{\"b64_json\":\"aGVs\\nbG8g\\r\\nd29y bGQ=\"}", new Random(1));
		assertThat(this.texts.getFirst().toString(StandardCharsets.UTF_8)).isEqualTo("hello world");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"b64_json\":\"a\"}", "{\"b64_json\":\"aGV\"\"}", "{\"b64_json\":\"!!!!\"}",
			"{\"b64_json\":\"aG==aGVs\"}", "{\"b64_json\":\"aGVs\\u0041\"}", "{\"b64_json\":\"aGVs", "{\"a\":\"b" })
	void brokenTextsAreRefused(String json) {
		assertThatThrownBy(() -> scan(json, new Random(7))).isInstanceOfAny(NoPictureException.class,
				tools.jackson.core.JacksonException.class);
	}

	@Test
	void aFrameThatNeverEndsIsRefused() {
		String json = "{\"a\":\"" + "x".repeat(Skeleton.MOST + 1) + "\"}";
		assertThatThrownBy(
				() -> new Base64Scanner(List.of("b64_json"), List.of()).feed(json.getBytes(StandardCharsets.UTF_8)))
			.isInstanceOf(SpoolLimitException.class);
	}

}
