package dev.heliostat.e2e;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Every kind of bad input gets the right status, code and parameter and a helpful
 * sentence, and nothing goes upstream.
 */
class BadInputTest {

	private static ReplicateSimulator replicate;

	private static OpenAiSimulator openAi;

	private static Gateway gateway;

	@BeforeAll
	static void start() {
		replicate = new ReplicateSimulator(0);
		openAi = new OpenAiSimulator(0);
		gateway = Gateway.start("--heliostat.providers.replicate.base-url=" + replicate.baseUrl(),
				"--heliostat.providers.replicate.api-key=" + ReplicateSimulator.TOKEN);
	}

	@AfterAll
	static void stop() {
		gateway.close();
		replicate.close();
		openAi.close();
	}

	static Stream<Arguments> bodies() {
		String model = Requests.MODEL;
		return Stream.of(arguments("{\"model\": ", 400, "invalid_json", null, "line 1"),
				arguments("", 400, "invalid_json", null, "empty"),
				arguments("[1]", 400, "invalid_json", null, "no JSON object"),
				arguments("{\"prompt\": \"x\"}", 400, "missing_required_parameter", "model", "'model' is missing"),
				arguments("{\"model\": \"" + model + "\"}", 400, "missing_required_parameter", "prompt", "missing"),
				arguments("{\"model\": \"" + model + "\", \"prompt\": null}", 400, "missing_required_parameter",
						"prompt", "missing"),
				arguments(Requests.of(model, " "), 400, "invalid_value", "prompt", "empty"),
				arguments("{\"model\": 7, \"prompt\": \"x\"}", 400, "invalid_value", "model", "expected: a text"),
				arguments(Requests.of(model, "x".repeat(10_001)), 400, "invalid_value", "prompt",
						"10001 characters (expected: at most 10000"),
				arguments(Requests.of(model, "x", "\"n\": 0"), 400, "invalid_value", "n", "n: 0 (expected: 1 to 10)"),
				arguments(Requests.of(model, "x", "\"n\": 11"), 400, "invalid_value", "n", "n: 11 (expected: 1 to 10)"),
				arguments(Requests.of(model, "x", "\"n\": \"2\""), 400, "invalid_value", "n", "1 to 10"),
				arguments(Requests.of(model, "x", "\"n\": 1.5"), 400, "invalid_value", "n", "1 to 10"),
				arguments(Requests.of(model, "x", "\"size\": \"banana\""), 400, "invalid_value", "size",
						"size: banana"),
				arguments(Requests.of(model, "x", "\"size\": \"0x0\""), 400, "invalid_value", "size", "size: 0x0"),
				arguments(Requests.of(model, "x", "\"size\": \"16385x16\""), 400, "invalid_value", "size", "16384"),
				arguments(Requests.of(model, "x", "\"size\": 1024"), 400, "invalid_value", "size", "size: 1024"),
				arguments(Requests.of(model, "x", "\"resolution\": \"9K\""), 400, "invalid_value", "resolution",
						"0.5K, 1K"),
				arguments(Requests.of(model, "x", "\"steps\": 12"), 400, "invalid_value", "steps",
						"steps: 12 (expected: 1 to 10)"),
				arguments(Requests.of(model, "x", "\"seed\": \"a\""), 400, "invalid_value", "seed", "an integer"),
				arguments(Requests.of(model, "x", "\"response_format\": \"xml\""), 400, "invalid_value",
						"response_format", "url or b64_json"),
				arguments(Requests.of(model, "x", "\"stream\": true", "\"partial_images\": 4"), 400, "invalid_value",
						"partial_images", "partial_images: 4 (expected: 0 to 3)"),
				arguments(Requests.of(model, "x", "\"partial_images\": \"2\""), 400, "invalid_value", "partial_images",
						"0 to 3"),
				arguments(Requests.of(model, "x", "\"stream\": \"yes\""), 400, "invalid_value", "stream",
						"true or false"),
				arguments(Requests.of(model, "x", "\"webhook\": \"https://e.example\""), 400, "unknown_parameter",
						"webhook", "not declared"),
				webhook("http://hooks.example/x", "it is no https URL"),
				webhook("ftp://hooks.example/x", "it is no https URL"),
				webhook("https://user:pass@hooks.example/x", "it holds a user name or password"),
				webhook("https://127.0.0.1/x", "points into a private network"),
				webhook("https://[::1]/x", "points into a private network"),
				webhook("https://169.254.169.254/latest", "points into a private network"),
				webhook("https://localhost/x", "points into a private network"),
				webhook("not a url", "expected: an https URL"),
				webhook("https://e.example/" + "x".repeat(2048), "at most 2048"),
				arguments(Requests.of(model, "x", "\"num_outputs\": 4"), 400, "unknown_parameter", "num_outputs",
						"could change price"),
				arguments(Requests.of(model, "x", "\"disable_safety_checker\": true"), 400, "unknown_parameter",
						"disable_safety_checker", "not declared"),
				arguments(Requests.of(model, "x", "\"provider\": {\"olny\": []}"), 400, "unknown_parameter",
						"provider.olny", "expected: only"),
				arguments(Requests.of(model, "x", "\"provider\": {\"max_price\": -1}"), 400, "invalid_value",
						"provider.max_price", "at least 0"),
				arguments(Requests.of("stable-difusion-3.5-large-turbo", "x"), 404, "model_not_found", "model",
						"Did you mean 'stable-diffusion-3.5-large-turbo'?"),
				arguments(Requests.of("openai/" + model, "x"), 404, "model_not_found", "model",
						"offered by: replicate"),
				arguments(Requests.of("dall-e-3", "x"), 404, "model_disabled", "model", "retired"),
				arguments(Requests.of("openai/gpt-image-2", "x"), 503, "no_provider_available", null,
						"Set OPENAI_API_KEY or heliostat.providers.openai.api-key"),
				arguments(Requests.of("flux.2-dev", "x"), 503, "no_provider_available", null, "price is unknown"),
				arguments(Requests.of(model, "x", "\"provider\": {\"max_price\": 0.01}"), 503, "no_provider_available",
						null, "max_price"));
	}

	private static Arguments webhook(String url, String sentence) {
		return arguments(Requests.of(Requests.MODEL, "x", "\"webhook_url\": \"" + url + "\""), 400, "invalid_value",
				"webhook_url", sentence);
	}

	@ParameterizedTest(name = "{2} {3}: {4}")
	@MethodSource("bodies")
	void badBodiesAreRefusedWithoutACall(String body, int status, String code, String param, String sentence) {
		replicate.clear();
		Answer answer = gateway.generate(Gateway.LIVE_KEY, body);

		expectError(answer, status, code, param, sentence);
		assertThat(replicate.log()).isEmpty();
		assertThat(answer.header("x-should-retry")).isEqualTo("false");
	}

	static Stream<Arguments> keys() {
		return Stream.of(arguments("", 401, "invalid_api_key", "No API key was sent"),
				arguments("not-a-key-of-this-gateway", 401, "invalid_api_key", "not known here"),
				arguments("hs_live_000000000000000000000000000000123456", 401, "invalid_api_key", ""),
				arguments(Gateway.ADMIN_KEY, 403, "key_not_allowed", "admin API only"));
	}

	@ParameterizedTest
	@MethodSource("keys")
	void badKeysAreRefused(String key, int status, String code, String sentence) {
		expectError(gateway.generate(key, Requests.CARD), status, code, null, sentence);
		assertThat(gateway.generate(key, Requests.CARD).text()).doesNotContain("hs_live_0");
	}

	@Test
	void aMistypedGeneratedKeyIsNamedAsSuch() {
		expectError(gateway.generate("hs_live_" + "a".repeat(36), Requests.CARD), 401, "invalid_api_key", null,
				"mistyped or cut off");
	}

	@Test
	void anotherSchemeIsRefused() {
		Answer answer = gateway.send(gateway.request("/v1/models", "").header("authorization", "Basic abc").GET());
		expectError(answer, 401, "invalid_api_key", null, "Bearer");
	}

	@Test
	void clientKeysDoNotOpenTheAdminApi() {
		expectError(gateway.get("/admin/v1/catalog", Gateway.LIVE_KEY), 403, "key_not_allowed", null, "admin key");
		assertThat(gateway.get("/admin/v1/catalog", Gateway.ADMIN_KEY).json().path("models").asInt()).isGreaterThan(50);
	}

	@Test
	void wrongPathsMethodsAndTypesGetTheSameEnvelope() {
		expectError(gateway.get("/openai/v1/nothing", Gateway.LIVE_KEY), 404, "unknown_url", null,
				"There is nothing at");
		expectError(gateway.get("/nothing", ""), 404, "unknown_url", null, "base URL");
		Answer wrongMethod = gateway.get("/openai/v1/images/generations", Gateway.LIVE_KEY);
		expectError(wrongMethod, 405, "method_not_allowed", null, "Use POST");
		assertThat(wrongMethod.header("allow")).isEqualTo("POST");
		Answer wrongType = gateway.send(gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "text/plain")
			.POST(HttpRequest.BodyPublishers.ofString(Requests.CARD)));
		expectError(wrongType, 415, "unsupported_media_type", null, "application/json");
	}

	@Test
	void aBodyThatIsTooLargeIsRefusedWithItsLengthKnownOrNot() {
		String large = Requests.of(Requests.MODEL, "x".repeat(1_100_000));
		expectError(gateway.generate(Gateway.LIVE_KEY, large), 413, "request_too_large", null, "max-body");
		Answer chunked = gateway.send(gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large.getBytes()))));
		expectError(chunked, 413, "request_too_large", null, "max-body");
	}

	/** No HTTP client sends such a header; a socket does. */
	@ParameterizedTest(name = "{0}")
	@ValueSource(ints = { 0x00, 0x01, 0x07, 0x09, 0x0b, 0x1b, 0x7f })
	void anIdempotencyKeyWithAControlCharacterIsRefused(int character) throws IOException {
		replicate.clear();
		String head = "POST /openai/v1/images/generations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
				+ "Authorization: Bearer " + Gateway.LIVE_KEY + "\r\nContent-Type: application/json\r\nContent-Length: "
				+ Requests.CARD.length() + "\r\nIdempotency-Key: a" + (char) character + "b\r\n\r\n";
		try (Socket socket = new Socket("localhost", URI.create(gateway.url()).getPort())) {
			// In one piece: what came after the answer would reset the connection.
			socket.getOutputStream().write((head + Requests.CARD).getBytes(StandardCharsets.ISO_8859_1));
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(answer).startsWith("HTTP/1.1 400 ");
			assertThat(answer)
				.contains((character == '\t') ? "Idempotency-Key: 3 characters (expected: 1 to 255, without control"
						: "no HTTP/1.1 that can be read, such as one with a control character in a header");
		}
		assertThat(replicate.log()).isEmpty();
	}

	@Test
	void pictureUrlsHoldOnlyAsTheyWereGiven() {
		String url = gateway.generate(Gateway.TEST_KEY, Requests.CARD)
			.json()
			.path("data")
			.path(0)
			.path("url")
			.asString();
		assertThat(gateway.get(url, "").status()).isEqualTo(200);
		expectError(gateway.get(url.replace("exp=1", "exp=2"), ""), 404, "not_found", null, "exactly as it was given");
		expectError(gateway.get(url.substring(0, url.length() - 2), ""), 404, "not_found", null, "");
		expectError(gateway.get(url.split("\\?")[0], ""), 404, "not_found", null, "");
		expectError(gateway.get("/media/../../etc/passwd?exp=1&sig=x", ""), 404, null, null, "");
	}

	@Test
	void pictureUrlsServeRanges() {
		String url = gateway.generate(Gateway.TEST_KEY, Requests.CARD)
			.json()
			.path("data")
			.path(0)
			.path("url")
			.asString();
		Answer range = gateway.send(gateway.request(url, "").header("range", "bytes=1-3").GET());
		assertThat(range.status()).isEqualTo(206);
		assertThat(range.text()).isEqualTo("PNG");
		assertThat(range.header("content-range")).startsWith("bytes 1-3/");
		Answer same = gateway.send(gateway.request(url, "").header("if-none-match", range.header("etag")).GET());
		assertThat(same.status()).isEqualTo(304);
	}

	private static void expectError(Answer answer, int status, String code, String param, String sentence) {
		assertThat(answer.status()).as(answer.text()).isEqualTo(status);
		JsonNode error = answer.json().path("error");
		assertThat(error.propertyNames()).contains("message", "type", "param", "code");
		if (code != null) {
			assertThat(error.path("code").asString()).isEqualTo(code);
		}
		if (param == null) {
			assertThat(error.path("param").isNull()).isTrue();
		}
		else {
			assertThat(error.path("param").asString()).isEqualTo(param);
		}
		assertThat(error.path("message").asString()).contains(sentence);
		assertThat(answer.header("x-request-id")).startsWith("req_");
	}

	/**
	 * A path that is written in another way reaches the same route, and needs its key.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "/admin/v1/catalog", "/%61dmin/v1/catalog", "/admin;x=1/v1/catalog",
			"/adm%69n/%761/catalog", "/admin/;a/v1/catalog", "//admin/v1/catalog", "/./admin/v1/catalog",
			"/x/../admin/v1/catalog", "/admin%2Fv1/catalog", "/ADMIN/v1/catalog", "/v1/models", "/v%31/models",
			"/%6fpenai/v1/models", "/openai;a=b/v1/models", "/v1;/generations", "/v%31/webhooks/secret" })
	void noWayOfWritingAPathGetsAroundTheKey(String path) {
		Answer answer = gateway.get(path, "");
		assertThat(answer.status()).as(path + ": " + answer.text()).isIn(400, 401, 404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/%61dmin/v1/catalog", "/admin;x=1/v1/catalog" })
	void noWayOfWritingAPathOpensTheAdminApiToALiveKey(String path) {
		assertThat(gateway.get(path, Gateway.LIVE_KEY).status()).as(path).isEqualTo(403);
	}

}
