package dev.heliostat.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.matching;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.option;

/**
 * Vertex AI, with the exchange of a service account's assertion for a token.
 * <p>
 * Knobs: {@code status=401}, {@code status=429} (without details), and those of
 * {@link GoogleSimulator}. The exchange has none.
 */
public class VertexSimulator extends GoogleSimulator {

	private static final String PROJECT = "simulated-project";

	private static final String EMAIL = "heliostat@simulated-project.iam.gserviceaccount.com";

	private static final String TOKEN = "ya29.simulated";

	private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";

	private static final InputRules REFERENCE = new InputRules()
		.with(option("REFERENCE_TYPE_RAW", "REFERENCE_TYPE_MASK"), "referenceType")
		.with(integer(0, 100), "referenceId")
		.with(nested(new InputRules().with(plainBase64(), "bytesBase64Encoded").require("bytesBase64Encoded")),
				"referenceImage")
		.require("referenceType", "referenceId", "referenceImage");

	private static final InputRules INSTANCE = new InputRules().text("prompt")
		.with(list(1, 4, nested(REFERENCE)), "referenceImages")
		.require("prompt");

	private final KeyPair keys;

	public VertexSimulator(int port) {
		super(port, "/v1/projects/" + PROJECT + "/locations/[\\w-]+/publishers/google",
				predict(INSTANCE, parameters().with(matching("[A-Z_]+"), "editMode")));
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
			generator.initialize(2048);
			this.keys = generator.generateKeyPair();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public String provider() {
		return "vertex";
	}

	@Override
	public String baseUrl() {
		return origin() + "/v1";
	}

	/** A service account's file. */
	@Override
	public String credential() {
		String key = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
			.encodeToString(this.keys.getPrivate().getEncoded());
		return object().put("type", "service_account")
			.put("project_id", PROJECT)
			.put("private_key_id", "simulated-key")
			.put("private_key", "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n")
			.put("client_email", EMAIL)
			.put("client_id", "100000000000000000001")
			.put("token_uri", tokenUri())
			.toString();
	}

	/** Google's own libraries name its usual address, whatever the key's file says. */
	private List<String> audiences() {
		return List.of(tokenUri(), "https://oauth2.googleapis.com/token");
	}

	private String tokenUri() {
		return origin() + "/token";
	}

	@Override
	protected boolean isAuthorized(Received received) {
		return received.path().equals("/token") || isBearer(received, TOKEN);
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		return received.path().equals("/token") ? exchange(received, response)
				: super.serve(received, scenario, response);
	}

	@Override
	protected Optional<InputRules.Fault> conflict(Call call) {
		JsonNode parameters = call.input().path("parameters");
		boolean marked = parameters.path("addWatermark").asBoolean(true);
		return (parameters.has("seed") && marked)
				? Optional.of(fault("parameters.seed", "Seed is not supported when watermark is enabled."))
				: Optional.empty();
	}

	@Override
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		response.responseHeaders().remove("retry-after");
		return (status == 429) ? error(response, 429, "Resource exhausted. Please try again later.")
				: super.refuse(call, status, response);
	}

	private Mono<Void> exchange(Received received, HttpServerResponse response) {
		String type = received.headers().getOrDefault("content-type", "");
		if (!received.method().equals("POST") || !type.startsWith("application/x-www-form-urlencoded")) {
			return denied(response, "invalid_request", "POST a form.");
		}
		Map<String, String> form = Arrays.stream(received.body().split("&"))
			.map(field -> field.split("=", 2))
			.filter(field -> field.length == 2)
			.collect(Collectors.toMap(field -> field[0], field -> URLDecoder.decode(field[1], StandardCharsets.UTF_8),
					(one, other) -> other));
		if (!GRANT.equals(form.get("grant_type"))) {
			return denied(response, "unsupported_grant_type", "Invalid grant_type: " + form.get("grant_type"));
		}
		Optional<String> fault = fault(form.getOrDefault("assertion", ""));
		if (fault.isPresent()) {
			return denied(response, "invalid_grant", fault.get());
		}
		return json(response, 200,
				object().put("access_token", TOKEN).put("expires_in", 3599).put("token_type", "Bearer").toString());
	}

	/** What is wrong with an assertion. */
	private Optional<String> fault(String assertion) {
		String[] pieces = assertion.split("\\.");
		if (pieces.length != 3) {
			return Optional.of("Invalid JWT: it has not three pieces.");
		}
		try {
			JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(pieces[1]));
			Signature signature = Signature.getInstance("SHA256withRSA");
			signature.initVerify(this.keys.getPublic());
			signature.update((pieces[0] + "." + pieces[1]).getBytes(StandardCharsets.US_ASCII));
			long now = Instant.now().getEpochSecond();
			long issued = claims.path("iat").asLong(0);
			long ends = claims.path("exp").asLong(0);
			if (!JSON.readTree(Base64.getUrlDecoder().decode(pieces[0])).path("alg").asString("").equals("RS256")
					|| !signature.verify(Base64.getUrlDecoder().decode(pieces[2]))) {
				return Optional.of("Invalid JWT Signature.");
			}
			if (!claims.path("iss").asString("").equals(EMAIL)
					|| !audiences().contains(claims.path("aud").asString(""))) {
				return Optional.of("Invalid JWT: iss or aud is wrong.");
			}
			if (!claims.path("scope").asString("").contains("https://www.googleapis.com/auth/cloud-platform")) {
				return Optional.of("Invalid JWT: no scope.");
			}
			return (issued <= now + 300 && ends > now && ends - issued <= 3600) ? Optional.empty()
					: Optional.of("Invalid JWT: Token must be a short-lived token (60 minutes).");
		}
		catch (GeneralSecurityException | JacksonException | IllegalArgumentException ex) {
			return Optional.of("Invalid JWT: it cannot be read.");
		}
	}

	private static Mono<Void> denied(HttpServerResponse response, String error, String description) {
		ObjectNode body = object().put("error", error).put("error_description", description);
		return json(response, 400, body.toString());
	}

}
