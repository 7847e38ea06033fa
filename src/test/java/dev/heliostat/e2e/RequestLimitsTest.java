package dev.heliostat.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.heliostat.simulator.ProviderSimulators;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.OpenFiles;
import dev.heliostat.testing.Requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What a request may hold: each limit is named by the error of those that pass it,
 * nothing goes upstream, and nothing is left in the spool.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestLimitsTest {

	private static final byte[] PICTURE = TestPictures.picture(64, 64, "png");

	private static final String MODEL = "openai/gpt-image-2";

	private final ProviderSimulators simulators = new ProviderSimulators();

	private final Path data = Gateway.temporary();

	private Gateway gateway;

	@BeforeAll
	void start() {
		this.gateway = Gateway.start(Stream.concat(this.simulators.arguments().stream(),
				Stream.of("--heliostat.data-dir=" + this.data, "--heliostat.config-dir=" + Quick.config(),
						"--heliostat.api.max-upload=8MB", "--heliostat.routing.allow-unknown-price=true",
						"--heliostat.limits.parts=20"))
			.toArray(String[]::new));
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

	private Answer send(String path, String type, byte[] body, String... headers) {
		var request = this.gateway.request("/openai/v1/images/" + path, Gateway.LIVE_KEY).header("content-type", type);
		for (String header : headers) {
			request.header("content-encoding", header);
		}
		return this.gateway.send(request.POST(BodyPublishers.ofByteArray(body)));
	}

	private Answer json(String path, String body, String... encodings) {
		return send(path, "application/json", body.getBytes(StandardCharsets.UTF_8), encodings);
	}

	/** A form; {@code head} is what stands behind "form-data; " in each part. */
	private static byte[] form(String boundary, Object... headsAndBodies) {
		ByteArrayOutputStream form = new ByteArrayOutputStream();
		for (int i = 0; i < headsAndBodies.length; i += 2) {
			form.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; " + headsAndBodies[i] + "\r\n\r\n")
				.getBytes(StandardCharsets.UTF_8));
			form.writeBytes(headsAndBodies[i + 1] instanceof byte[] bytes ? bytes
					: headsAndBodies[i + 1].toString().getBytes(StandardCharsets.UTF_8));
			form.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
		}
		form.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
		return form.toByteArray();
	}

	private Answer sendForm(Object... headsAndBodies) {
		return send("edits", "multipart/form-data; boundary=xyz", form("xyz", headsAndBodies));
	}

	private static Object[] edit(Object... more) {
		Object[] usual = { "name=\"image\"", PICTURE, "name=\"prompt\"", "Night", "name=\"model\"", MODEL };
		return Stream.concat(Arrays.stream(usual), Arrays.stream(more)).toArray();
	}

	private static byte[] gzip(byte[] bytes) {
		ByteArrayOutputStream packed = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
			gzip.write(bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return packed.toByteArray();
	}

	private static byte[] gzip(String text) {
		return gzip(text.getBytes(StandardCharsets.UTF_8));
	}

	private void refused(Answer answer, int status, String code, String sentence) {
		assertThat(answer.status()).as(answer.text()).isEqualTo(status);
		assertThat(answer.json().at("/error/code").asString()).isEqualTo(code);
		assertThat(answer.json().at("/error/message").asString()).contains(sentence);
		assertThat(answer.header("x-request-id")).startsWith("req_");
		for (String provider : this.simulators.providers()) {
			assertThat(this.simulators.of(provider).log()).as(provider).isEmpty();
		}
		Awaitility.await().pollDelay(Duration.ZERO).until(() -> OpenFiles.below(this.data.resolve("spool")) == 0);
	}

	@Test
	void compressedBodiesAreTakenAndWhatIsInThemIsUnderstood() {
		Answer plain = send("generations", "application/json", gzip(Requests.of(MODEL, "A cat")), "gzip");
		assertThat(plain.status()).as(plain.text()).isEqualTo(200);
		assertThat(this.simulators.of("openai").submissions().getLast().json().path("prompt").asString())
			.isEqualTo("A cat");
		byte[] large = TestPictures.noise(400, 400);
		Answer form = send("edits", "multipart/form-data; boundary=xyz",
				gzip(form("xyz", "name=\"image\"", large, "name=\"prompt\"", "Night", "name=\"model\"", MODEL)),
				"x-gzip");
		assertThat(form.status()).as(form.text()).isEqualTo(200);
		assertThat(this.simulators.of("openai").submissions().getLast().parts())
			.anySatisfy(part -> assertThat(part.bytes()).isEqualTo(large));
		Answer edit = send("edits", "application/json",
				gzip("{\"model\": \"" + MODEL + "\", \"prompt\": \"Night\", \"image\": \"data:image/png;base64,"
						+ Base64.getEncoder().encodeToString(large) + "\"}"),
				"GZIP");
		assertThat(edit.status()).as(edit.text()).isEqualTo(200);
		assertThat(json("generations", Requests.of(MODEL, "A cat"), "identity").status()).isEqualTo(200);
	}

	@Test
	void aBodyIsMeasuredWhenItIsOpened() {
		byte[] hex = new byte[700_000];
		new Random(7).nextBytes(hex);
		String text = java.util.HexFormat.of().formatHex(hex);
		refused(send("generations", "application/json", gzip(Requests.of(MODEL, text)), "gzip"), 413,
				"request_too_large", "larger than 1048576 bytes");
		byte[] upload = new byte[9_000_000];
		new Random(8).nextBytes(upload);
		refused(send("edits", "multipart/form-data; boundary=xyz", gzip(form("xyz", "name=\"image\"", upload)), "gzip"),
				413, "request_too_large", "heliostat.api.max-upload");
	}

	@Test
	void aBombIsNotOpened() {
		byte[] bomb = gzip(Requests.of(MODEL, "a".repeat(50_000_000)));
		assertThat(bomb.length).isLessThan(60_000);
		refused(send("generations", "application/json", bomb, "gzip"), 413, "request_too_large",
				"more than 100 times as large (heliostat.limits.gzip-ratio)");
		refused(send("edits", "application/json", bomb, "gzip"), 413, "request_too_large",
				"heliostat.limits.gzip-ratio");
		refused(send("edits", "multipart/form-data; boundary=xyz",
				gzip(form("xyz", "name=\"image\"", new byte[50_000_000])), "gzip"), 413, "request_too_large",
				"heliostat.limits.gzip-ratio");
	}

	@ParameterizedTest
	@ValueSource(strings = { "gzip, gzip", "gzip,identity", "br", "deflate", "zstd", "compress", "gzip;q=1", "," })
	void otherEncodingsAndSeveralAreRefused(String encoding) {
		refused(send("generations", "application/json", gzip(gzip(Requests.of(MODEL, "A cat"))), encoding), 415,
				"unsupported_media_type", "expected: gzip once, or none");
		refused(send("edits", "multipart/form-data; boundary=xyz", gzip(form("xyz", edit())), encoding), 415,
				"unsupported_media_type", "expected: gzip once, or none");
	}

	@Test
	void encodingsInTwoHeadersAreSeveral() {
		refused(send("generations", "application/json", gzip(gzip("{}")), "gzip", "gzip"), 415,
				"unsupported_media_type", "gzip, gzip");
	}

	@Test
	void aGzipThatIsBrokenIsNamedAsSuch() {
		byte[] good = gzip(Requests.of(MODEL, "A cat"));
		byte[] wrongSum = good.clone();
		wrongSum[good.length - 6] ^= 1;
		byte[] trailing = Arrays.copyOf(good, good.length + 300);
		refused(send("generations", "application/json", Arrays.copyOf(good, good.length - 9), "gzip"), 400,
				"invalid_value", "is cut off");
		refused(send("generations", "application/json", new byte[0], "gzip"), 400, "invalid_value", "is cut off");
		refused(send("generations", "application/json", "a text that is no gzip at all".getBytes(), "gzip"), 400,
				"invalid_value", "The gzip of the body is broken");
		refused(send("generations", "application/json", wrongSum, "gzip"), 400, "invalid_value", "is broken");
		refused(send("generations", "application/json", trailing, "gzip"), 400, "invalid_value", "behind its end");
		refused(send("edits", "multipart/form-data; boundary=xyz", Arrays.copyOf(gzip(form("xyz", edit())), 200),
				"gzip"), 400, "invalid_value", "is cut off");
	}

	@Test
	void aFormHasLimits() {
		String boundary = "b".repeat(71);
		refused(send("edits", "multipart/form-data; boundary=" + boundary, form(boundary, edit())), 400,
				"invalid_value", "at most 70, heliostat.limits.boundary-length");
		String longest = "b".repeat(70);
		assertThat(send("edits", "multipart/form-data; boundary=" + longest, form(longest, edit())).status())
			.isEqualTo(200);
		clear();
		Object[] many = new Object[42];
		for (int i = 0; i < many.length; i += 2) {
			many[i] = "name=\"x" + i + "\"";
			many[i + 1] = "1";
		}
		refused(sendForm(many), 400, "invalid_value", "more than 20 parts (heliostat.limits.parts)");
		refused(sendForm("name=\"image\"; filename=\"" + "f".repeat(5000) + "\"", PICTURE), 400, "invalid_value",
				"more than 4096 bytes (heliostat.limits.part-header)");
		refused(sendForm("name=\"image\"\r\nX-More: " + "f".repeat(5000), PICTURE), 400, "invalid_value",
				"heliostat.limits.part-header");
		refused(sendForm(edit("name=\"" + "n".repeat(201) + "\"", "1")), 400, "invalid_value",
				"more than 200 characters (heliostat.limits.name-length)");
		refused(sendForm(edit("name=\"style\"", "s".repeat(262_145))), 400, "invalid_value",
				"at most 262144 bytes, heliostat.limits.text-length");
	}

	static Stream<Arguments> deepAndLong() {
		return Stream.of(
				arguments("\"extra\": " + "[".repeat(64) + "]".repeat(64),
						"at most 64 levels, heliostat.limits.json-depth"),
				arguments("\"extra\": " + "{\"a\":".repeat(5000) + "1" + "}".repeat(5000),
						"heliostat.limits.json-depth"),
				arguments("\"extra\": " + "[".repeat(100_000), "heliostat.limits.json-depth"),
				arguments("\"extra\": \"" + "s".repeat(262_145) + "\"",
						"at most 262144 characters, heliostat.limits.text-length"),
				arguments("\"extra\": " + "1".repeat(101), "at most 100 digits, heliostat.limits.number-length"),
				arguments("\"extra\": 0." + "1".repeat(101), "heliostat.limits.number-length"),
				arguments("\"" + "n".repeat(201) + "\": 1", "at most 200 characters, heliostat.limits.name-length"));
	}

	@ParameterizedTest(name = "{1}")
	@MethodSource("deepAndLong")
	void jsonHasLimits(String member, String sentence) {
		refused(json("generations", Requests.of(MODEL, "A cat", member)), 400, "invalid_json", sentence);
		refused(json("edits",
				"{\"model\": \"" + MODEL + "\", \"prompt\": \"Night\", \"image\": \"data:image/png;base64,"
						+ Base64.getEncoder().encodeToString(PICTURE) + "\", " + member + "}"),
				400, "invalid_json", sentence);
		if (member.endsWith("]") || member.endsWith("}") || member.endsWith("\": 1")) {
			refused(sendForm(edit("name=\"extra\"", "{" + member + "}")), 400, "invalid_json", sentence);
		}
	}

	@Test
	void whatIsJustWithinTheLimitsIsRead() {
		Answer answer = json("generations",
				Requests.of(MODEL, "A cat", "\"extra\": " + "[".repeat(62) + "]".repeat(62)));
		assertThat(answer.text()).doesNotContain("heliostat.limits");
	}

	static Stream<Arguments> notPictures() {
		byte[] bomb = new byte[50_000];
		System.arraycopy(PICTURE, 0, bomb, 0, PICTURE.length / 2);
		ByteBuffer.wrap(bomb).putInt(16, 30_000).putInt(20, 30_000);
		CRC32 sum = new CRC32();
		sum.update(bomb, 12, 17);
		ByteBuffer.wrap(bomb).putInt(29, (int) sum.getValue());
		System.arraycopy(PICTURE, PICTURE.length - 12, bomb, bomb.length - 12, 12);
		byte[] truncated = Arrays.copyOf(PICTURE, PICTURE.length / 2);
		byte[] html = "\u0089PNG\r\n\u001a\n<html><script>alert(1)</script>IEND</html>"
			.getBytes(StandardCharsets.ISO_8859_1);
		return Stream.of(arguments("text", "Once upon a time".getBytes(), "expected a PNG, JPEG, WebP, GIF or AVIF"),
				arguments("nothing", new byte[0], "no bytes"), arguments("truncated", truncated, "is cut off"),
				arguments("bomb", bomb, "30000x30000 pixels (expected: at most 100000000 in all)"),
				arguments("svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".getBytes(),
						"an SVG document"),
				arguments("html", "<!doctype html><html></html>".getBytes(), "an HTML or XML document"),
				arguments("png-html", html, "is cut off"),
				arguments("gif-script", "GIF89a/*  */=1;alert(document.domain);".getBytes(), "header is broken"),
				arguments("zip", "PK\u0003\u0004 and a picture".getBytes(), "something else"),
				arguments("pdf", "%PDF-1.7 <</Type/Catalog>>".getBytes(), "something else"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("notPictures")
	void whatIsNoPictureIsRefusedHoweverItComes(String name, byte[] bytes, String sentence) {
		refused(sendForm("name=\"image\"", bytes, "name=\"prompt\"", "Night", "name=\"model\"", MODEL), 400,
				"invalid_value", sentence);
		if (bytes.length > 0) {
			refused(json("edits",
					"{\"model\": \"" + MODEL + "\", \"prompt\": \"Night\", \"image\": \"data:image/png;base64,"
							+ Base64.getEncoder().encodeToString(bytes) + "\"}"),
					400, "invalid_value", sentence);
		}
	}

	@Test
	void thirtyThousandPixelsSquareCostNoMemoryWhereverTheyStand() {
		// As a mask, too, whose pixels are looked at.
		byte[] bomb = (byte[]) notPictures().skip(3).findFirst().orElseThrow().get()[1];
		refused(sendForm(edit("name=\"mask\"", bomb)), 400, "invalid_value", "30000x30000");
	}

	@ParameterizedTest(name = "{0}")
	@CsvSource(delimiter = '|', textBlock = """
			spaces    | 200 |
			lines     | 200 |
			unpadded  | 200 |
			overpadded| 400 | the base64 is broken
			inside    | 400 | the base64 is broken
			alphabet  | 400 | the base64 is broken
			odd       | 400 | the base64 is broken
			""")
	void base64IsForgivenItsLinesAndNothingElse(String kind, int status, String sentence) {
		// A length that needs padding.
		byte[] padded = Arrays.copyOf(PICTURE, PICTURE.length + 1 + (3 - PICTURE.length % 3) % 3);
		String text = Base64.getEncoder().encodeToString(padded);
		assertThat(text).endsWith("==");
		String sent = switch (kind) {
			case "spaces" -> text.replaceAll("(.{50})", "$1 ");
			case "lines" -> text.replaceAll("(.{76})", "$1\\\\r\\\\n");
			case "unpadded" -> text.replace("=", "");
			case "overpadded" -> text + "==";
			case "inside" -> text.substring(0, 40) + "==" + text.substring(40);
			case "alphabet" -> "*" + text.substring(1);
			default -> text.substring(0, text.length() - 3);
		};
		Answer answer = json("edits", "{\"model\": \"" + MODEL
				+ "\", \"prompt\": \"Night\", \"image\": \"data:image/png;base64," + sent + "\"}");
		if (status == 200) {
			assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		}
		else {
			refused(answer, status, "invalid_value", sentence);
		}
	}

	@Test
	void manyPicturesAreTooMany() {
		String url = "{\"image_url\": \"data:image/png;base64,"
				+ Base64.getEncoder().encodeToString(TestPictures.picture(16, 16, "png")) + "\"},";
		refused(json("edits",
				"{\"model\": \"" + MODEL + "\", \"prompt\": \"Night\", \"images\": [" + url.repeat(70) + "0]}"), 400,
				"invalid_value", "more than 64 pictures");
	}

	@Test
	void filesOfOthersAreNotKnownHere() {
		for (String images : new String[] { "\"images\": [{\"file_id\": \"file-abc\"}]",
				"\"image\": {\"file_id\": \"x\"}" }) {
			refused(json("edits", "{\"model\": \"" + MODEL + "\", \"prompt\": \"Night\", " + images + "}"), 400,
					"invalid_value", "file_id is not supported. Send the picture itself, or its image_url.");
		}
		for (String path : new String[] { "/openai/v1/files", "/v1/files", "/v1/files/file-abc" }) {
			Answer answer = this.gateway.send(this.gateway.request(path, Gateway.LIVE_KEY)
				.header("content-type", "multipart/form-data; boundary=xyz")
				.POST(BodyPublishers.ofByteArray(form("xyz", "name=\"file\"", PICTURE))));
			refused(answer, 404, "unknown_url", "Send the picture itself with the request");
		}
	}

	@Test
	void aLargePictureGoesWholeToTheNextProvider() {
		byte[] large = TestPictures.noise(500, 500);
		assertThat(large.length).isGreaterThan(600_000);
		this.simulators.usual("fal", "status=503");
		Answer answer = sendForm("name=\"image\"", large, "name=\"prompt\"", "Night", "name=\"model\"",
				"gemini-3-pro-image", "name=\"provider[order][]\"", "fal", "name=\"provider[only]\"",
				"[\"fal\", \"openrouter\"]");
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.header("x-heliostat-provider")).isEqualTo("openrouter");
		String sent = this.simulators.of("openrouter")
			.submissions()
			.getFirst()
			.json()
			.at("/input_references/0/image_url/url")
			.asString();
		assertThat(Base64.getDecoder().decode(sent.substring(sent.indexOf(',') + 1))).isEqualTo(large);
		Awaitility.await().until(() -> OpenFiles.below(this.data.resolve("spool")) == 0);
	}

}
