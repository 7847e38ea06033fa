package dev.heliostat.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import javax.imageio.ImageIO;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;

/**
 * What simulators of providers have in common: a credential, knobs for every request, and
 * a host of the files that they made.
 * <p>
 * Knobs that each of them obeys: {@code latency=ms}, {@code status=NNN} (the provider's
 * own error form for that status; a suffix such as {@code 429-quota} chooses between
 * several), {@code lost} (reset after the request was read), {@code moderated} (every
 * form that the provider has, chosen by value), {@code empty} (success without a
 * picture), {@code cut} (the body breaks off), {@code stall=headers|body} (they never
 * come, or not whole), {@code big=side} (a picture of several megabytes). A status that
 * ends in {@code -once} is answered the first time only.
 */
public abstract class ProviderSimulator extends Simulator {

	static {
		// Simulators look at pictures on event loops, where nothing may touch the disk.
		ImageIO.setUseCache(false);
	}

	private final ConcurrentHashMap<String, byte[]> files = new ConcurrentHashMap<>();

	private final AtomicInteger fileNumber = new AtomicInteger();

	private volatile Scenario usual = Scenario.parse("");

	protected ProviderSimulator(int port) {
		super(port);
	}

	/** The name of the provider's file in the catalog. */
	public abstract String provider();

	/** What {@code heliostat.providers.<name>.base-url} is to be. */
	public abstract String baseUrl();

	/** The credential that it accepts: the value of {@code api-key}. */
	public abstract String credential();

	/** Further settings, as {@code options.name=value}. */
	public List<String> options() {
		return List.of();
	}

	/** Whether the credential came with the request. */
	protected abstract boolean isAuthorized(Received received);

	/** The answer to a request without the right credential. */
	protected abstract Mono<Void> unauthorized(HttpServerResponse response);

	/** Answers a request that carries the credential. */
	protected abstract Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response);

	/** The prompt, which carries the knobs; empty where a request has none. */
	protected abstract String prompt(Received received);

	/** What every request meets that says nothing else in its prompt. */
	public void usual(String directives) {
		this.usual = Scenario.parse(directives);
	}

	@Override
	public void clear() {
		super.clear();
		this.files.clear();
		this.usual = Scenario.parse("");
	}

	@Override
	protected Publisher<Void> answer(Received received, HttpServerRequest request, HttpServerResponse response) {
		byte[] file = this.files.get(received.plainPath());
		if (file != null) {
			return response.header("content-type", "application/octet-stream").sendByteArray(Mono.just(file));
		}
		if (!isAuthorized(received)) {
			return unauthorized(response);
		}
		Scenario scenario = Scenario.of(prompt(received), this.usual);
		if (isSubmission(received)) {
			scenario = once(prompt(received), scenario);
		}
		if (isSubmission(received) && scenario.has("lost")) {
			return reset(response);
		}
		if (isSubmission(received) && scenario.text("stall", "").equals("headers")) {
			return silence();
		}
		Duration latency = isSubmission(received) ? scenario.latency() : Duration.ZERO;
		Scenario settled = scenario;
		return later(latency, Mono.defer(() -> serve(received, settled, response)));
	}

	/** A picture as the scenario wants it. */
	protected static byte[] picture(Scenario scenario, int width, int height, String format) {
		return scenario.has("big") ? TestPictures.noise(scenario.side(), scenario.side())
				: TestPictures.picture(width, height, format);
	}

	protected static String base64(byte[] bytes) {
		return Base64.getEncoder().encodeToString(bytes);
	}

	/** Puts a file on this simulator's own host; gives its URL. */
	protected String host(byte[] bytes) {
		String path = "/simulated-files/" + this.fileNumber.incrementAndGet();
		this.files.put(path, bytes);
		return origin() + path;
	}

	/**
	 * Sends a JSON answer, or the half of it where the scenario says {@code cut} or
	 * {@code stall}.
	 */
	protected static Mono<Void> whole(Scenario scenario, HttpServerResponse response, String body) {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		if (scenario.has("cut")) {
			return cut(response, "application/json", bytes);
		}
		return scenario.text("stall", "").equals("body") ? stalled(response, "application/json", bytes)
				: json(response, 200, body);
	}

	/** The first key of an object that is not among those known. */
	protected static Optional<String> unknown(JsonNode object, Collection<String> known) {
		Set<String> allowed = Set.copyOf(known);
		return object.propertyNames().stream().filter(key -> !allowed.contains(key)).findFirst();
	}

	/** The bytes that a data URL or plain base64 text holds. */
	protected static byte[] decoded(String text) {
		return Base64.getDecoder().decode(text.substring(text.indexOf(',') + 1));
	}

	/** Whether bytes begin as a PNG, JPEG, WebP or GIF does. */
	protected static boolean isPicture(byte[] bytes) {
		return bytes.length > 12
				&& ((bytes[0] & 0xff) == 0x89 || (bytes[0] & 0xff) == 0xff || bytes[0] == 'R' || bytes[0] == 'G');
	}

}
