package dev.heliostat.api;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.heliostat.access.Actor;
import dev.heliostat.access.Caller;
import dev.heliostat.access.Repetition;
import dev.heliostat.access.SecretKey;
import dev.heliostat.access.Version;
import dev.heliostat.generation.Fingerprint;
import dev.heliostat.image.GatewayError;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what every request of the admin API has: a body, who asks, which version it
 * means, whether it is a repetition, and which page.
 */
public final class AdminRequests {

	private static final String KEY_HEADER = "Idempotency-Key";

	private static final int LONGEST_KEY = 255;

	private static final int MOST = 100;

	private static final Pattern TAG = Pattern.compile("(?:W/)?\"(\\d{1,18})\"");

	private final BodyReader bodies;

	private final SecretKey secret;

	AdminRequests(BodyReader bodies, SecretKey secret) {
		this.bodies = bodies;
		this.secret = secret;
	}

	/** A body that has to be a JSON object. */
	public Mono<ObjectNode> body(ServerRequest request) {
		return this.bodies.object(request.exchange().getRequest());
	}

	/** A body that may be left out. */
	public Mono<ObjectNode> optionalBody(ServerRequest request) {
		boolean none = request.headers().contentLength().orElse(0) == 0
				&& request.headers().header(HttpHeaders.TRANSFER_ENCODING).isEmpty();
		return none ? Mono.fromSupplier(JsonNodeFactory.instance::objectNode)
				: this.bodies.object(request.exchange().getRequest());
	}

	/** The caller. */
	public static Caller caller(ServerRequest request) {
		return RequestAttributes.caller(request);
	}

	/** Who changes something by a request. */
	public static Actor actor(ServerRequest request) {
		return new Actor(RequestAttributes.caller(request).keyId(), RequestAttributes.requestId(request));
	}

	/** What a creation is known by, where the client sent an {@code Idempotency-Key}. */
	public Optional<Repetition> repetition(ServerRequest request, ObjectNode body) {
		String key = request.headers().firstHeader(KEY_HEADER);
		if (key == null) {
			return Optional.empty();
		}
		if (key.isEmpty() || key.length() > LONGEST_KEY || key.chars().anyMatch(Character::isISOControl)) {
			throw new GatewayError.InvalidValue(KEY_HEADER, KEY_HEADER + ": " + key.length()
					+ " characters (expected: 1 to " + LONGEST_KEY + ", without control characters)")
				.asException();
		}
		return Optional.of(repetition(key, request.path(), body));
	}

	/** What a creation is known by that names a key itself. */
	public Repetition repetition(String key, String path, ObjectNode body) {
		String asked = path + "\n" + Fingerprint.canonical(body);
		return new Repetition(Fingerprint.of(this.secret, "idempotency-key", key),
				Fingerprint.of(this.secret, "fingerprint", asked));
	}

	/** The version that {@code If-Match} names; any where there is none. */
	public static Version version(ServerRequest request) {
		String header = String.join(",", request.headers().header(HttpHeaders.IF_MATCH)).strip();
		if (header.isEmpty() || header.equals("*")) {
			return Version.ANY;
		}
		Matcher tag = TAG.matcher(header);
		if (!tag.matches()) {
			throw new GatewayError.InvalidValue("If-Match",
					"If-Match: not understood (expected: the ETag of the answer before, such as \"3\", or *)")
				.asException();
		}
		return new Version(OptionalLong.of(Long.parseLong(tag.group(1))));
	}

	/** The version that {@code If-Match} names, which must be there. */
	public static Version requiredVersion(ServerRequest request) {
		if (request.headers().header(HttpHeaders.IF_MATCH).isEmpty()) {
			throw new GatewayError.PreconditionRequired(
					"The header If-Match is missing. Send the ETag of what is to be changed, or * to change it whatever it is.")
				.asException();
		}
		return version(request);
	}

	/** Answers a request whose path exists and whose method does not. */
	public static Mono<ServerResponse> wrongMethod(ServerRequest request, String allowed) {
		return Misdirected.method(request, allowed);
	}

	/** How many items a page is to have. */
	public static int limit(ServerRequest request) {
		String value = request.queryParam("limit").orElse("20");
		if (!value.matches("[0-9]{1,3}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > MOST) {
			throw new GatewayError.InvalidValue("limit", "limit: not understood (expected: 1 to " + MOST + ")")
				.asException();
		}
		return Integer.parseInt(value);
	}

	/**
	 * A page of a list.
	 * @param found one more than the page has, where there are more
	 */
	public static <T> ObjectNode page(List<T> found, int limit, Function<T, String> id, Function<T, JsonNode> json) {
		List<T> items = found.subList(0, Math.min(limit, found.size()));
		ObjectNode page = JsonNodeFactory.instance.objectNode().put("object", "list");
		var data = page.putArray("data");
		items.forEach(item -> data.add(json.apply(item)));
		page.put("has_more", found.size() > limit);
		page.put("first_id", items.isEmpty() ? null : id.apply(items.getFirst()));
		page.put("last_id", items.isEmpty() ? null : id.apply(items.getLast()));
		return page;
	}

}
