package dev.heliostat.provider;

import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
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

/**
 * Sends an offering's requests, by what its files say of the way.
 */
public final class Upstream {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final ProviderConnection connection;

	private final Offering offering;

	private final InputPreparation preparation;

	private final Map<Capability, PreparedMode> modes = new EnumMap<>(Capability.class);

	public Upstream(ProviderConnection connection, Offering offering, InputPreparation preparation) {
		this.connection = connection;
		this.offering = offering;
		this.preparation = preparation;
		offering.modes().forEach((capability, mode) -> this.modes.put(capability, new PreparedMode(mode, connection)));
	}

	/** What a submission of a body would look like. */
	static Preview preview(ProviderConnection connection, Offering offering, Capability capability, ObjectNode body) {
		Wire wire = offering.mode(capability).wire();
		Map<String, String> values = PreparedMode.values(offering.mode(capability), connection);
		Map<String, String> headers = new TreeMap<>();
		wire.headers().forEach((name, value) -> headers.put(name, Places.fill(value, values)));
		JsonNode shown = Writing.shown(body);
		return new Preview("POST", connection.baseUrl() + Places.fill(wire.path(), values), headers,
				wire.encoding().name().toLowerCase(Locale.ROOT),
				wire.list() ? JsonNodeFactory.instance.arrayNode().add(shown) : shown);
	}

	/** How the offering does something that it can do. */
	public PreparedMode mode(Capability capability) {
		PreparedMode mode = this.modes.get(capability);
		if (mode == null) {
			throw new IllegalArgumentException(this.offering.key() + " does not support " + capability.label());
		}
		return mode;
	}

	/** Submits a call; its pictures are read from the spool while it is sent. */
	public <T> Mono<T> submit(ProviderCall call, Function<UpstreamResponse, Mono<T>> reader) {
		PreparedMode mode = mode(call.capability());
		ObjectNode body = identified(call, mode.wire());
		if (call.images().isEmpty() && call.mask().isEmpty()) {
			return Mono.defer(() -> send(mode, false, body, InputPreparation.Prepared.NONE, reader));
		}
		return this.preparation.prepare(call, body, image -> upload(mode, image))
			.onErrorMap(Upstream::unbilled)
			.flatMap(prepared -> send(mode, call.mask().isPresent(), body, prepared, reader)
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

	private <T> Mono<T> send(PreparedMode mode, boolean masked, ObjectNode body, InputPreparation.Prepared prepared,
			Function<UpstreamResponse, Mono<T>> reader) {
		Endpoint endpoint = mode.submission(masked);
		if (mode.wire().encoding() == Wire.Encoding.MULTIPART) {
			return exchange(endpoint, new FormBody(body, prepared.pictures()), reader);
		}
		JsonNode root = mode.wire().list() ? JsonNodeFactory.instance.arrayNode().add(body) : body;
		return exchange(endpoint, Writing.json(root, prepared.pictures(), prepared.names()), reader);
	}

	private <T> Mono<T> exchange(Endpoint endpoint, UpstreamBody body, Function<UpstreamResponse, Mono<T>> reader) {
		return this.connection.client().exchange(endpoint, body, reader);
	}

	/** Makes a call about a job. */
	public <T> Mono<T> call(PreparedMode mode, Wire.Call call, Map<String, String> values,
			Function<UpstreamResponse, Mono<T>> reader) {
		return Mono.defer(() -> {
			UpstreamBody body = call.body()
				.<UpstreamBody>map(template -> new UpstreamBody.Text(filled(template, values).toString()))
				.orElse(UpstreamBody.NONE);
			return exchange(mode.endpoint(call.method(), call.path(), values, call.body().isPresent()), body, reader);
		});
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

	private Mono<String> upload(PreparedMode mode, InputImage image) {
		Wire wire = mode.wire();
		Wire.Upload upload = wire.upload()
			.orElseThrow(() -> new IllegalStateException(this.offering.key() + ": an input needs wire.upload"));
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		EmbeddedInput file = new EmbeddedInput(false, 0, "{file}", wire.inputs().values().iterator().next());
		body.putPOJO(upload.part(), file);
		return exchange(mode.endpoint("POST", upload.path(), mode.values(), false),
				new FormBody(body, Map.of(file, image)),
				response -> response.isSuccess() ? response.text().map(JSON::readTree)
						: new UpstreamErrors(this.connection.provider()).<JsonNode>fail(response))
			.map(answer -> Places.text(answer, answer, upload.answer()));
	}

}
