package dev.heliostat.api;

import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.InputImage;
import dev.heliostat.media.Masks;
import dev.heliostat.media.Transcoder;

/**
 * Reads requests for pictures, with the pictures that they bring along.
 */
final class ImagesReader {

	private static final int MOST_IMAGES = 16;

	private final BodyReader bodies;

	private final UploadReader uploads;

	private final Transcoder transcoder;

	ImagesReader(BodyReader bodies, UploadReader uploads, Transcoder transcoder) {
		this.bodies = bodies;
		this.uploads = uploads;
		this.transcoder = transcoder;
	}

	/**
	 * A request as it was understood; whoever takes it releases its pictures.
	 *
	 * @param body what is asked for
	 * @param fields the body without its pictures, as it came; a format that the headers
	 * name is written into it
	 * @param headers what its headers say of the answer
	 */
	record Asked(GenerationBody body, ObjectNode fields, AnswerHeaders headers) {
	}

	/**
	 * A picture from a text.
	 * @param json whether the answer is JSON whatever {@code Accept} says
	 */
	Mono<Asked> generation(ServerHttpRequest request, boolean json) {
		return this.bodies.object(request).map(fields -> {
			AnswerHeaders headers = headers(request, fields, json);
			return new Asked(GenerationBody.read(fields, headers.fit()), fields, headers);
		});
	}

	/** A picture from others, or one enlarged where {@code scale_factor} is given. */
	Mono<Asked> edit(ServerHttpRequest request, boolean json) {
		return this.uploads.read(request)
			.flatMap(upload -> asked(request, upload,
					upload.fields().has("scale_factor") ? Capability.UPSCALE : Capability.EDIT, json));
	}

	/** A picture like another one. */
	Mono<Asked> variation(ServerHttpRequest request, boolean json) {
		return this.uploads.read(request).flatMap(upload -> asked(request, upload, Capability.VARIATION, json));
	}

	private Mono<Asked> asked(ServerHttpRequest request, UploadReader.Upload upload, Capability capability,
			boolean json) {
		return check(upload, capability).then(Mono.fromSupplier(() -> {
			AnswerHeaders headers = headers(request, upload.fields(), json);
			return new Asked(
					GenerationBody.read(upload.fields(), capability, upload.images(), upload.mask(), headers.fit()),
					upload.fields(), headers);
		})).doOnError(error -> upload.release());
	}

	private AnswerHeaders headers(ServerHttpRequest request, ObjectNode fields, boolean json) {
		return AnswerHeaders.read(request, fields, json, this.transcoder::makes);
	}

	/** Fails when the pictures that came along are not those that are needed. */
	static Mono<Void> check(UploadReader.Upload upload, Capability capability) {
		if (upload.images().isEmpty()) {
			return Mono.error(new GatewayError.MissingParameter("image",
					"'image' is missing. Send at least one picture as image or image[].")
				.asException());
		}
		int most = (capability == Capability.EDIT) ? MOST_IMAGES : 1;
		if (upload.images().size() > most) {
			return Mono.error(UploadReader.invalid("image", "image: " + upload.images().size()
					+ " pictures (expected: at most " + most + " for " + capability.phrase() + ")"));
		}
		if (upload.mask().isEmpty()) {
			return Mono.empty();
		}
		InputImage mask = upload.mask().get();
		ImageSize first = upload.images().getFirst().size();
		if (!mask.size().equals(first)) {
			return Mono.error(UploadReader.invalid("mask",
					"mask: " + mask.size() + " (expected: " + first + ", the size of the first image)"));
		}
		return Masks.isTransparent(mask)
			.filter(transparent -> !transparent)
			.flatMap(opaque -> Mono.error(UploadReader.invalid("mask", "mask: a " + mask.type().name()
					+ " picture without transparency (expected: a PNG that is transparent where to edit)")));
	}

}
