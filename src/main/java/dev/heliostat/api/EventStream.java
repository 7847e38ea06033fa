package dev.heliostat.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.heliostat.generation.DeliveredImage;
import dev.heliostat.generation.Generation;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.media.Base64Encoding;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answer as server-sent events: comments while the picture is made, one completed
 * event for each picture, or one error event. No ids, because an SDK fails on comments
 * after one.
 */
final class EventStream {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final Duration PULSE = Duration.ofSeconds(10);

	private EventStream() {
	}

	static Mono<ServerResponse> of(Mono<Generation> work, Capability capability) {
		Mono<Generation> shared = work.cache();
		Flux<DataBuffer> pulse = Flux.interval(Duration.ZERO, PULSE)
			.onBackpressureDrop()
			.map(tick -> text(": working\n\n"))
			.takeUntilOther(shared.then().onErrorComplete());
		Flux<DataBuffer> end = shared.flatMapMany(generation -> completed(generation, name(capability)))
			.onErrorResume(GatewayException.class, failure -> Flux.just(error(failure.error())));
		return ServerResponse.ok()
			.contentType(MediaType.TEXT_EVENT_STREAM)
			.header("cache-control", "no-store")
			.header("x-accel-buffering", "no")
			.build((exchange, context) -> exchange.getResponse()
				.writeAndFlushWith(Flux.concat(pulse, end).map(Mono::just)));
	}

	private static String name(Capability capability) {
		return (capability == Capability.GENERATE) ? "image_generation.completed" : "image_edit.completed";
	}

	private static Flux<DataBuffer> completed(Generation generation, String name) {
		return Flux.fromIterable(generation.images())
			.concatMap(delivered -> completed(generation, delivered, name), 1)
			.doFinally(signal -> generation.release());
	}

	private static Flux<DataBuffer> completed(Generation generation, DeliveredImage delivered, String name) {
		ObjectNode frame = ImagesFrame.of(generation);
		frame.put("type", name);
		frame.put("created_at", generation.record().createdAt().getEpochSecond());
		delivered.url().ifPresent(url -> frame.put("url", url.toString()));
		String rest = JSON.writeValueAsString(frame).substring(1);
		return Flux.concat(Mono.just(text("event: " + name + "\ndata: {\"b64_json\":\"")),
				Base64Encoding.of(delivered.image().content().read()), Mono.just(text("\"," + rest + "\n\n")));
	}

	private static DataBuffer error(GatewayError error) {
		return text("event: error\ndata: " + JSON.writeValueAsString(ErrorBody.json(error)) + "\n\n");
	}

	private static DataBuffer text(String text) {
		return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

}
