package dev.heliostat.api;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.InputImage;
import dev.heliostat.media.NoPictureException;
import dev.heliostat.media.PictureReader;
import dev.heliostat.media.PictureReader.Extracted;
import dev.heliostat.media.PictureReader.Picture;

/**
 * Finds the pictures of a JSON body: data URLs, which were taken out while the body
 * arrived, and addresses, which are fetched through the egress guard.
 */
final class JsonPictures {

	private static final int MOST = 16;

	private JsonPictures() {
	}

	static Mono<UploadReader.Upload> resolve(PictureReader pictures, Extracted extracted) {
		List<InputImage> fetched = new ArrayList<>();
		return Mono.defer(() -> {
			if (!(extracted.json() instanceof ObjectNode body)) {
				throw new GatewayError.InvalidJson(
						"The body is no JSON object (expected: {\"model\": …, \"images\": …}).")
					.asException();
			}
			List<JsonNode> sources = sources(body);
			JsonNode mask = body.path("mask");
			ObjectNode fields = body.deepCopy();
			fields.remove(List.of("images", "image", "image_url", "mask"));
			boolean masked = !mask.isMissingNode() && !mask.isNull();
			return Flux.fromIterable(sources)
				.concatMap(source -> picture(pictures, extracted, "image", source), 1)
				.doOnNext(fetched::add)
				.collectList()
				.flatMap(images -> masked
						? picture(pictures, extracted, "mask", mask)
							.map(image -> new UploadReader.Upload(fields, images, Optional.of(image)))
						: Mono.just(new UploadReader.Upload(fields, images, Optional.empty())));
		}).doOnError(error -> {
			fetched.forEach(image -> image.content().release());
			extracted.pictures().forEach(picture -> picture.content().release());
		});
	}

	private static List<JsonNode> sources(ObjectNode body) {
		List<JsonNode> sources = new ArrayList<>();
		for (String name : List.of("images", "image", "image_url")) {
			JsonNode value = body.path(name);
			if (value.isArray()) {
				value.forEach(sources::add);
			}
			else if (!value.isMissingNode() && !value.isNull()) {
				sources.add(value);
			}
		}
		if (sources.size() > MOST) {
			throw UploadReader.invalid("image",
					"image: " + sources.size() + " pictures (expected: at most " + MOST + ")");
		}
		return sources;
	}

	private static Mono<InputImage> picture(PictureReader pictures, Extracted extracted, String parameter,
			JsonNode source) {
		JsonNode value = source;
		if (source.isObject()) {
			if (source.has("file_id")) {
				throw UploadReader.invalid(parameter,
						parameter + ": file_id is not supported. Send the picture itself, or its image_url.");
			}
			value = source.has("image_url") ? source.path("image_url") : source.path("url");
			value = value.isObject() ? value.path("url") : value;
		}
		if (value.isIntegralNumber() && value.canConvertToInt() && value.asInt() >= 0
				&& value.asInt() < extracted.pictures().size()) {
			Picture picture = extracted.pictures().get(value.asInt());
			return Mono.just(UploadReader.input(picture));
		}
		if (!UploadReader.isText(value)) {
			throw UploadReader.invalid(parameter, parameter + ": expected a data URL or an https URL");
		}
		String url = value.asString();
		if (!url.regionMatches(true, 0, "https://", 0, 8) && !url.regionMatches(true, 0, "http://", 0, 7)) {
			throw UploadReader.invalid(parameter,
					parameter + ": not a URL (expected: a data URL such as data:image/png;base64,… or an https URL)");
		}
		return Mono.defer(() -> pictures.fetch(URI.create(url), Set.of()))
			.map(UploadReader::input)
			.onErrorMap(NoPictureException.class,
					error -> UploadReader.invalid(parameter, parameter + ": " + error.getMessage()))
			.onErrorMap(IllegalArgumentException.class,
					error -> UploadReader.invalid(parameter, parameter + ": the URL cannot be read"));
	}

}
