package dev.heliostat.provider.sync;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.netty.handler.codec.http.HttpHeaders;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import dev.heliostat.catalog.Wire;
import dev.heliostat.image.Billed;
import dev.heliostat.image.PartialImage;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderResult;
import dev.heliostat.media.PictureReader;
import dev.heliostat.media.PictureReader.Event;
import dev.heliostat.media.PictureReader.Extracted;
import dev.heliostat.media.PictureReader.Picture;
import dev.heliostat.provider.AnswerReader;
import dev.heliostat.provider.Places;
import dev.heliostat.provider.UpstreamErrors;
import dev.heliostat.provider.UpstreamResponse;

/**
 * An answer that comes as server-sent events: unfinished looks, and then the picture with
 * everything that a plain answer says.
 */
final class StreamedAnswer {

	private final Wire.Stream wire;

	private final ProviderCall call;

	private final Map<String, String> values;

	private final PictureReader pictures;

	private final AnswerReader answers;

	private final UpstreamErrors errors;

	private int looks;

	StreamedAnswer(Wire.Stream wire, ProviderCall call, Map<String, String> values, PictureReader pictures,
			AnswerReader answers, UpstreamErrors errors) {
		this.wire = wire;
		this.call = call;
		this.values = values;
		this.pictures = pictures;
		this.answers = answers;
		this.errors = errors;
	}

	/** Whether an answer is one: refusals are not, nor what ignores that it was asked. */
	static boolean is(UpstreamResponse response) {
		return response.isSuccess() && response.isOfType("text/event-stream");
	}

	/** Reads to the picture; what comes behind it is not waited for. */
	Mono<ProviderResult> read(UpstreamResponse response) {
		HttpHeaders headers = response.headers();
		return this.pictures.events(response.body(), this.wire.base64Members())
			.concatMap(event -> take(event, headers), 1)
			.next()
			.switchIfEmpty(Mono.error(() -> new ProviderException(
					ProviderFailure.of(Kind.LOST, Billed.MAYBE, "the stream ended before the picture"))));
	}

	private Mono<ProviderResult> take(Event event, HttpHeaders headers) {
		JsonNode json = event.json();
		String type = this.wire.type()
			.map(path -> Places.text(json, json, path))
			.filter(text -> !text.isEmpty())
			.orElse(event.name());
		Optional<JsonNode> error = error(json, type);
		if (error.isPresent()) {
			event.release();
			return Mono.error(new ProviderException(this.errors.inAnswer(error.get())));
		}
		if (this.wire.partial().contains(type)) {
			look(event);
			return Mono.empty();
		}
		// Whatever cannot be told to be a look may have been the picture.
		if (event.fault().isPresent()) {
			return Mono.error(event.fault().get());
		}
		if (!this.wire.completed().contains(type)) {
			event.release();
			return Mono.empty();
		}
		return this.answers.result(new AnswerReader.Read(new Extracted(json, event.pictures()), headers, Duration.ZERO),
				this.wire.answer(), this.values, this.call, Duration.ZERO);
	}

	private Optional<JsonNode> error(JsonNode json, String type) {
		Optional<JsonNode> found = this.wire.error()
			.flatMap(path -> Places.find(json, json, path).stream().filter(node -> !node.isNull()).findFirst());
		return found.or(() -> this.wire.failed().contains(type) ? Optional.of(json) : Optional.empty());
	}

	/** A look that is no picture is none; the picture may still come. */
	private void look(Event event) {
		if (event.pictures().isEmpty()) {
			return;
		}
		JsonNode json = event.json();
		int index = this.wire.index()
			.map(path -> Places.text(json, json, path))
			.filter(text -> text.matches("[0-9]{1,4}"))
			.map(Integer::parseInt)
			.orElse(this.looks);
		this.looks = index + 1;
		List<Picture> found = event.pictures();
		Picture first = found.getFirst();
		found.subList(1, found.size()).forEach(picture -> picture.content().release());
		this.call.watch()
			.partial(new PartialImage(index, first.content(), first.type(), first.size(), fact(json, "quality"),
					fact(json, "background")));
	}

	private Optional<String> fact(JsonNode json, String name) {
		return Optional.ofNullable(this.wire.answer().facts().get(name))
			.map(path -> Places.text(json, json, path))
			.filter(text -> !text.isEmpty());
	}

}
