package dev.heliostat.simulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.Unpooled;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pictures of OpenAI as server-sent events.
 * <p>
 * Knobs: {@code looks=n} (fewer than were asked for), {@code cut=partial} (the body
 * breaks off in the first look) and {@code cut} (in the picture), {@code failed=code} (an
 * error event after the looks), {@code no-final} (the stream ends after the looks),
 * {@code bad-look} (the first look's base64 is broken), {@code no-look} (it is no
 * picture), {@code broken-final} and {@code no-picture} (the same of the picture),
 * {@code crlf}, {@code gated} (each event waits for {@link #pass}), {@code apart=ms}
 * (each stream's gated events come so much later than those of the stream before).
 */
final class ImageEvents {

	private final AtomicInteger passed = new AtomicInteger();

	private final AtomicInteger streams = new AtomicInteger();

	/** Lets the next events of each stream go. */
	void pass(int events) {
		this.passed.addAndGet(events);
	}

	void clear() {
		this.passed.set(0);
		this.streams.set(0);
	}

	/** Whether a request wants them; a form says it in words. */
	static boolean wanted(JsonNode body) {
		return body.path("stream").asString("false").equals("true");
	}

	/** Sends a plain answer as events. */
	Mono<Void> send(Scenario scenario, boolean edit, JsonNode body, ObjectNode answer, HttpServerResponse response) {
		String prefix = edit ? "image_edit" : "image_generation";
		int looks = Math.min(body.path("partial_images").asInt(0), scenario.number("looks", 3));
		List<String> events = new ArrayList<>();
		for (int i = 0; i < looks; i++) {
			events.add(event(scenario, prefix + ".partial_image", look(scenario, i, answer)));
		}
		if (scenario.has("failed")) {
			events.add(event(scenario, "error", failure(scenario.text("failed", "server_error"))));
		}
		else if (!scenario.has("no-final")) {
			events.add(event(scenario, prefix + ".completed", completed(scenario, answer, looks)));
		}
		Flux<String> sent = Flux.fromIterable(events);
		if (scenario.has("cut")) {
			int broken = scenario.text("cut", "").equals("partial") ? 0 : events.size() - 1;
			String text = events.get(broken);
			sent = Flux.fromIterable(events.subList(0, broken))
				.concatWith(Mono.just(text.substring(0, text.length() / 2)))
				.concatWith(Mono.delay(Duration.ofMillis(50)).then(Mono.error(new IOException("cut"))));
		}
		Duration apart = Duration.ofMillis((long) scenario.number("apart", 0) * this.streams.getAndIncrement());
		Flux<String> gated = scenario.has("gated")
				? sent.index().concatMap(event -> gate(event.getT1(), apart).thenReturn(event.getT2()), 1) : sent;
		return response.header("content-type", "text/event-stream; charset=utf-8")
			.send(gated.map(text -> Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8))), any -> true)
			.then();
	}

	private Mono<Void> gate(long event, Duration apart) {
		return Mono.defer(() -> (this.passed.get() > event) ? Mono.just(true) : Mono.empty())
			.repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(10)))
			.delayElement(apart)
			.then();
	}

	private static String event(Scenario scenario, String type, ObjectNode data) {
		String end = scenario.has("crlf") ? "\r\n" : "\n";
		ObjectNode typed = data.has("type") ? data : data.put("type", type);
		return "event: " + type + end + "data: " + typed + end + end;
	}

	private static ObjectNode look(Scenario scenario, int index, JsonNode answer) {
		byte[] picture = scenario.has("big") ? TestPictures.noise(1500, 1500 + index) : picture(index);
		String base64 = Base64.getEncoder().encodeToString(picture);
		if (index == 0 && scenario.has("bad-look")) {
			base64 = "!!" + base64;
		}
		if (index == 0 && scenario.has("no-look")) {
			base64 = Base64.getEncoder().encodeToString("no picture".getBytes(StandardCharsets.UTF_8));
		}
		return described(answer).put("b64_json", base64).put("partial_image_index", index);
	}

	/** The look with an index. */
	static byte[] picture(int index) {
		return TestPictures.picture(64 + index, 64, "png");
	}

	private static ObjectNode completed(Scenario scenario, JsonNode answer, int looks) {
		String base64 = answer.path("data").path(0).path("b64_json").asString();
		if (scenario.has("broken-final")) {
			base64 = "!!" + base64;
		}
		if (scenario.has("no-picture")) {
			base64 = Base64.getEncoder().encodeToString("no picture".getBytes(StandardCharsets.UTF_8));
		}
		ObjectNode data = described(answer).put("b64_json", base64);
		int made = answer.path("usage").path("output_tokens").asInt() + 100 * looks;
		int sent = answer.path("usage").path("input_tokens").asInt();
		ObjectNode usage = data.putObject("usage")
			.put("input_tokens", sent)
			.put("output_tokens", made)
			.put("total_tokens", made + sent);
		usage.set("input_tokens_details", answer.path("usage").path("input_tokens_details"));
		return data;
	}

	private static ObjectNode described(JsonNode answer) {
		ObjectNode data = JsonNodeFactory.instance.objectNode().put("created_at", 1713833628L);
		for (String field : List.of("size", "quality", "background", "output_format")) {
			data.set(field, answer.path(field));
		}
		return data;
	}

	private static ObjectNode failure(String code) {
		ObjectNode data = JsonNodeFactory.instance.objectNode().put("type", "error");
		data.putObject("error")
			.put("type", code.equals("moderation_blocked") ? "image_generation_user_error" : "server_error")
			.put("code", code)
			.put("message", "It went wrong while the picture was made.")
			.putNull("param");
		return data;
	}

}
