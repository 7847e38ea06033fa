package dev.heliostat.api;

import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.InputImage;
import dev.heliostat.media.Masks;

/**
 * Reads requests for pictures, with the pictures that they bring along.
 */
final class ImagesReader {

	private static final int MOST_IMAGES = 16;

	private final BodyReader bodies;

	private final UploadReader uploads;

	ImagesReader(BodyReader bodies, UploadReader uploads) {
		this.bodies = bodies;
		this.uploads = uploads;
	}

	/**
	 * A request as it was understood; whoever takes it releases its pictures.
	 *
	 * @param body what is asked for
	 * @param fields the body without its pictures, as it came
	 */
	record Asked(GenerationBody body, ObjectNode fields) {
	}

	/** A picture from a text. */
	Mono<Asked> generation(ServerRequest request) {
		return this.bodies.object(request).map(fields -> new Asked(GenerationBody.read(fields), fields));
	}

	/** A picture from others, or one enlarged where {@code scale_factor} is given. */
	Mono<Asked> edit(ServerRequest request) {
		return this.uploads.read(request)
			.flatMap(upload -> asked(upload,
					upload.fields().has("scale_factor") ? Capability.UPSCALE : Capability.EDIT));
	}

	/** A picture like another one. */
	Mono<Asked> variation(ServerRequest request) {
		return this.uploads.read(request).flatMap(upload -> asked(upload, Capability.VARIATION));
	}

	private static Mono<Asked> asked(UploadReader.Upload upload, Capability capability) {
		return check(upload, capability).then(Mono.fromSupplier(
				() -> new Asked(GenerationBody.read(upload.fields(), capability, upload.images(), upload.mask()),
						upload.fields())))
			.doOnError(error -> upload.release());
	}

	private static Mono<Void> check(UploadReader.Upload upload, Capability capability) {
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
