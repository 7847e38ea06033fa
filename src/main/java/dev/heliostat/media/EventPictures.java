package dev.heliostat.media;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import dev.heliostat.media.PictureReader.Event;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Takes the pictures out of one stream of events, one event after the other.
 */
final class EventPictures {

	private final SpoolingPictureReader pictures;

	private final Collection<String> base64;

	private final EventScanner events = new EventScanner();

	private Base64Scanner data;

	private List<SpooledContent> contents = new ArrayList<>();

	private @Nullable Throwable fault;

	EventPictures(SpoolingPictureReader pictures, Collection<String> base64) {
		this.pictures = pictures;
		this.base64 = base64;
		this.data = new Base64Scanner(base64, List.of());
	}

	Flux<Event> read(Publisher<DataBuffer> stream) {
		return Flux.from(stream)
			.concatMap(buffer -> Flux.fromIterable(this.events.feed(DiskSpool.copy(buffer)))
				.concatMap(found -> switch (found) {
					case EventScanner.Found.Data data -> feed(data.bytes()).<Event>then(Mono.empty());
					case EventScanner.Found.End end -> end(end.name());
				}, 1), 1)
			.doOnDiscard(DataBuffer.class, DataBufferUtils::release)
			.doOnDiscard(Event.class, Event::release)
			.doFinally(signal -> release());
	}

	/** What is wrong with one event ends there; the stream goes on behind it. */
	private Mono<Void> feed(byte[] bytes) {
		if (this.fault != null) {
			return Mono.empty();
		}
		return Mono.defer(() -> this.pictures.appendAll(this.contents, this.data.feed(bytes)))
			.onErrorResume(RuntimeException.class, this::broken);
	}

	private Mono<Void> broken(Throwable error) {
		this.fault = this.pictures.explained(error);
		return Mono.fromRunnable(this::release);
	}

	private Mono<Event> end(String name) {
		Base64Scanner scanner = this.data;
		List<SpooledContent> whole = this.contents;
		Throwable known = this.fault;
		this.data = new Base64Scanner(this.base64, List.of());
		this.contents = new ArrayList<>();
		this.fault = null;
		if (known != null) {
			return Mono.just(new Event(name, JsonNodeFactory.instance.missingNode(), List.of(), Optional.of(known)));
		}
		if (whole.isEmpty()) {
			return Mono.just(new Event(name, parsed(scanner), List.of(), Optional.empty()));
		}
		return Flux.fromIterable(whole).concatMap(this.pictures::sniffed).collectList().map(made -> {
			Event event = new Event(name, SpoolingPictureReader.parse(scanner.skeleton()), made, Optional.empty());
			// From here on they are the event's.
			whole.clear();
			return event;
		}).onErrorResume(RuntimeException.class, error -> {
			whole.forEach(SpooledContent::release);
			return Mono.just(new Event(name, JsonNodeFactory.instance.missingNode(), List.of(),
					Optional.of(this.pictures.explained(error))));
		}).doOnCancel(() -> whole.forEach(SpooledContent::release));
	}

	/** Such as the [DONE] at the end of some streams. */
	private static JsonNode parsed(Base64Scanner scanner) {
		try {
			return SpoolingPictureReader.parse(scanner.skeleton());
		}
		catch (NoPictureException ex) {
			return JsonNodeFactory.instance.missingNode();
		}
	}

	private void release() {
		this.contents.forEach(SpooledContent::release);
		this.contents = new ArrayList<>();
	}

}
