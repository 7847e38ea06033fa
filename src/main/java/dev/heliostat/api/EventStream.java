package dev.heliostat.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import dev.heliostat.generation.Begun;
import dev.heliostat.generation.DeliveredImage;
import dev.heliostat.generation.Generation;
import dev.heliostat.generation.Progress;
import dev.heliostat.generation.Progress.News;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.ImageContent;
import dev.heliostat.media.Base64Encoding;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answer as server-sent events: comments and unfinished looks while the picture is
 * made, one completed event for each picture, or one error event. No ids, because an SDK
 * fails on comments after one.
 */
final class EventStream {

	private static final Logger logger = LoggerFactory.getLogger(EventStream.class);

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final Duration PULSE = Duration.ofSeconds(10);

	private final Begun begun;

	private final Progress progress;

	private final String name;

	private final Consumer<Generation> untaken;

	/**
	 * Makes an answer.
	 * @param untaken told of a result that the client did not take whole
	 */
	EventStream(Begun begun, Progress progress, Capability capability, Consumer<Generation> untaken) {
		this.begun = begun;
		this.progress = progress;
		this.name = (capability == Capability.GENERATE) ? "image_generation" : "image_edit";
		this.untaken = untaken;
	}

	Mono<Void> answer(Call call) {
		HttpHeaders headers = call.begin(HttpStatus.OK, MediaType.TEXT_EVENT_STREAM);
		headers.set("cache-control", "no-store");
		headers.set("x-accel-buffering", "no");
		headers.set("x-heliostat-generation", this.begun.record().id());
		return call.response().writeAndFlushWith(events().map(Mono::just));
	}

	/**
	 * News and end are one after the other, and nothing is asked for in advance: what a
	 * slow client has not taken waits where it can be replaced.
	 */
	private Flux<DataBuffer> events() {
		return Flux.deferContextual(context -> {
			CompletableFuture<@Nullable Generation> end = this.begun.end()
				.doOnTerminate(this.progress::end)
				.contextWrite(context)
				.toFuture();
			return Flux
				.concat(this.progress.news(PULSE).concatMap(this::told, 0),
						Mono.fromFuture(end, true)
							.map(this::completed)
							.onErrorResume(failure -> Mono.just(failed(failure)))
							.flatMapMany(last -> last))
				.doOnCancel(() -> leave(end))
				.doOnError(failure -> leave(end));
		});
	}

	/** The client went away: the generation runs on, and what it made waits. */
	private void leave(CompletableFuture<@Nullable Generation> end) {
		if (!end.cancel(false) && !end.isCompletedExceptionally()) {
			Generation generation = end.join();
			if (generation != null) {
				generation.release();
				this.untaken.accept(generation);
			}
		}
	}

	private Flux<DataBuffer> told(News news) {
		return switch (news) {
			case News.State state -> Flux.just(text(": " + state.words() + "\n\n"));
			case News.Look look -> looked(look);
		};
	}

	private Flux<DataBuffer> looked(News.Look look) {
		String type = this.name + ".partial_image";
		ObjectNode frame = ImagesFrame.of(look.image());
		frame.put("type", type);
		frame.put("created_at", this.begun.record().createdAt().getEpochSecond());
		frame.put("partial_image_index", look.image().index());
		frame.putObject("metadata").put("id", this.begun.record().id()).put("picture", look.picture());
		return event(type, look.image().content(), frame).doFinally(signal -> look.image().content().release());
	}

	private Flux<DataBuffer> completed(Generation generation) {
		return Flux.fromIterable(generation.images())
			.concatMap(delivered -> completed(generation, delivered), 1)
			.doFinally(signal -> generation.release());
	}

	private Flux<DataBuffer> completed(Generation generation, DeliveredImage delivered) {
		String type = this.name + ".completed";
		ObjectNode frame = ImagesFrame.of(generation);
		frame.put("type", type);
		frame.put("created_at", generation.record().createdAt().getEpochSecond());
		delivered.url().ifPresent(url -> frame.put("url", url.toString()));
		return event(type, delivered.content(), frame);
	}

	private static Flux<DataBuffer> event(String type, ImageContent picture, ObjectNode frame) {
		String rest = JSON.writeValueAsString(frame).substring(1);
		return Flux.concat(Mono.just(text("event: " + type + "\ndata: {\"b64_json\":\"")),
				Base64Encoding.of(picture.read()), Mono.just(text("\"," + rest + "\n\n")));
	}

	/** Whatever the generation ends with, the stream says it. */
	private Flux<DataBuffer> failed(Throwable failure) {
		if (failure instanceof GatewayException known) {
			return Flux.just(error(known.error()));
		}
		logger.error("The stream of {} failed unexpectedly", this.begun.record().id(), failure);
		return Flux.just(error(new GatewayError.Internal("The gateway failed unexpectedly. The operator finds the "
				+ "reason in the log under " + this.begun.record().id() + ".", true)));
	}

	private static DataBuffer error(GatewayError error) {
		return text("event: error\ndata: " + JSON.writeValueAsString(ErrorBody.json(error)) + "\n\n");
	}

	private static DataBuffer text(String text) {
		return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

}
