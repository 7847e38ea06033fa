package dev.heliostat.provider;

import reactor.core.publisher.Flux;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Wire;
import dev.heliostat.image.Billed;
import dev.heliostat.image.Capability;
import dev.heliostat.image.InputImage;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.media.TrustedHosts;

/**
 * Sends an offering's requests, by what its files say of the way.
 */
public final class Upstream {

	/** The attribute that holds a JSON body, for those who have to sign it. */
	static final String BODY = Upstream.class.getName() + ".body";

	private final ProviderConnection connection;

	private final Offering offering;

	private final InputPreparation preparation;

	public Upstream(ProviderConnection connection, Offering offering, InputPreparation preparation) {
		this.connection = connection;
		this.offering = offering;
		this.preparation = preparation;
	}

	/** What a submission of a body would look like. */
	static Preview preview(ProviderConnection connection, Offering offering, Capability capability, ObjectNode body) {
		Wire wire = offering.mode(capability).wire();
		Map<String, String> values = values(connection, offering, capability);
		Map<String, String> headers = new TreeMap<>();
		wire.headers().forEach((name, value) -> headers.put(name, Places.fill(value, values)));
		JsonNode shown = Writing.shown(body);
		return new Preview("POST", connection.baseUrl() + Places.fill(wire.path(), values), headers,
				wire.encoding().name().toLowerCase(Locale.ROOT),
				wire.list() ? JsonNodeFactory.instance.arrayNode().add(shown) : shown);
	}

	/** What templates may name. */
	public Map<String, String> values(Capability capability) {
		return values(this.connection, this.offering, capability);
	}

	private static Map<String, String> values(ProviderConnection connection, Offering offering, Capability capability) {
		String model = offering.mode(capability).providerModel();
		Map<String, String> values = new HashMap<>(connection.options());
		values.put("model", model);
		values.put("encoded-model", URLEncoder.encode(model, StandardCharsets.UTF_8));
		return values;
	}

	/** Submits a call; its pictures are read from the spool while it is sent. */
	public <T> Mono<T> submit(ProviderCall call, Function<ClientResponse, Mono<T>> reader) {
		Wire wire = this.offering.mode(call.capability()).wire();
		Map<String, String> values = values(call.capability());
		ObjectNode body = identified(call, wire);
		return this.preparation.prepare(call, body, image -> upload(wire, values, image))
			.onErrorMap(Upstream::unbilled)
			.flatMap(prepared -> send(wire, path(call, wire), values, body, prepared, reader)
				.doFinally(end -> prepared.release()));
	}

	/** Whatever goes wrong before the submission costs nothing. */
	private static Throwable unbilled(Throwable error) {
		ProviderFailure failure = UpstreamErrors.broken(error);
		return new ProviderException(new ProviderFailure(failure.kind(), Billed.NO, failure.status(),
				"a picture could not be handed over: " + failure.message(), failure.retryAfter(), failure.param(),
				failure.moderation()));
	}

	/** The body with an id for this submission, where the provider wants one. */
	private static ObjectNode identified(ProviderCall call, Wire wire) {
		if (wire.id().isEmpty()) {
			return call.body();
		}
		ObjectNode body = call.body().deepCopy();
		Places.set(body, body, wire.id().get(), JsonNodeFactory.instance.stringNode(id(call)));
		return body;
	}

	/** A UUID of version 4, always the same for one submission. */
	private static String id(ProviderCall call) {
		UUID name = UUID.nameUUIDFromBytes(call.pictureId().getBytes(StandardCharsets.UTF_8));
		return new UUID(name.getMostSignificantBits() & ~0xf000L | 0x4000L, name.getLeastSignificantBits()).toString();
	}

	private static String path(ProviderCall call, Wire wire) {
		return call.mask().isPresent() ? wire.maskedPath().orElse(wire.path()) : wire.path();
	}

	private <T> Mono<T> send(Wire wire, String path, Map<String, String> values, ObjectNode body,
			InputPreparation.Prepared prepared, Function<ClientResponse, Mono<T>> reader) {
		WebClient.RequestBodySpec request = request(HttpMethod.POST, path, wire, values);
		if (wire.encoding() == Wire.Encoding.MULTIPART) {
			return request.body(Writing.multipart(body, prepared.pictures())).exchangeToMono(reader);
		}
		JsonNode root = wire.list() ? JsonNodeFactory.instance.arrayNode().add(body) : body;
		Writing.Json json = Writing.json(root, prepared.pictures(), prepared.names());
		return request.contentType(MediaType.APPLICATION_JSON)
			.contentLength(json.length())
			.attribute(BODY, json)
			.body(BodyInserters.fromDataBuffers(json.bytes()))
			.exchangeToMono(reader);
	}

	/** Makes a call about a job. */
	public <T> Mono<T> call(Wire wire, Wire.Call call, Map<String, String> values,
			Function<ClientResponse, Mono<T>> reader) {
		return Mono.defer(() -> {
			WebClient.RequestBodySpec request = request(HttpMethod.valueOf(call.method()), call.path(), wire, values);
			Optional<JsonNode> body = call.body().map(template -> filled(template, values));
			return body.isPresent()
					? request.contentType(MediaType.APPLICATION_JSON).bodyValue(body.get()).exchangeToMono(reader)
					: request.exchangeToMono(reader);
		});
	}

	/**
	 * A request to a path below the base URL, or to a whole URL on one of the provider's
	 * hosts: the credential goes nowhere else.
	 */
	private WebClient.RequestBodySpec request(HttpMethod method, String template, Wire wire,
			Map<String, String> values) {
		String target = Places.fill(template, values);
		if (!target.startsWith("http://") && !target.startsWith("https://")) {
			return headed(this.connection.client().method(method).uri(target), wire, values);
		}
		URI url = URI.create(target);
		if (!TrustedHosts.admit(url, this.connection.hosts())) {
			throw new ProviderException(ProviderFailure.of(Kind.UPSTREAM_ERROR, Billed.MAYBE,
					"the provider named a URL on a host that its file does not list"));
		}
		return headed(this.connection.client().method(method).uri(url), wire, values);
	}

	private static WebClient.RequestBodySpec headed(WebClient.RequestBodySpec request, Wire wire,
			Map<String, String> values) {
		wire.headers().forEach((name, value) -> request.header(name, Places.fill(value, values)));
		return request;
	}

	private static JsonNode filled(JsonNode template, Map<String, String> values) {
		if (template.isObject()) {
			ObjectNode filled = JsonNodeFactory.instance.objectNode();
			template.properties().forEach(member -> filled.set(member.getKey(), filled(member.getValue(), values)));
			return filled;
		}
		if (template.isArray()) {
			ArrayNode filled = JsonNodeFactory.instance.arrayNode();
			template.forEach(element -> filled.add(filled(element, values)));
			return filled;
		}
		return template.isString() ? JsonNodeFactory.instance.stringNode(Places.fill(template.asString(), values))
				: template;
	}

	private Mono<String> upload(Wire wire, Map<String, String> values, InputImage image) {
		Wire.Upload upload = wire.upload()
			.orElseThrow(() -> new IllegalStateException(this.offering.key() + ": an input needs wire.upload"));
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		EmbeddedInput file = new EmbeddedInput(false, 0, "{file}", wire.inputs().values().iterator().next());
		body.putPOJO(upload.part(), file);
		return request(HttpMethod.POST, upload.path(), wire, values).body(Writing.multipart(body, Map.of(file, image)))
			.exchangeToMono(response -> response.statusCode().is2xxSuccessful() ? response.bodyToMono(JsonNode.class)
					: new UpstreamErrors(this.connection.provider()).<JsonNode>fail(response))
			.map(answer -> Places.text(answer, answer, upload.answer()));
	}

	/** The bytes of a JSON body that is being sent, to be read once more. */
	static Optional<Flux<DataBuffer>> bodyOf(Map<String, Object> attributes) {
		return Optional.ofNullable(attributes.get(BODY)).map(json -> ((Writing.Json) json).bytes());
	}

}
