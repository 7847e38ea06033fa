package dev.heliostat.generation;

import java.util.List;
import java.util.Optional;

import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.media.MediaStore;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Brings finished pictures into the form that the client wants.
 */
final class Delivery {

	private final MediaStore media;

	Delivery(MediaStore media) {
		this.media = media;
	}

	/** Stores pictures that are wanted by URL; leaves the others in the spool. */
	Mono<List<DeliveredImage>> deliver(List<GeneratedImage> images, AnswerForm form) {
		return switch (form) {
			case B64_JSON ->
				Mono.just(images.stream().map(image -> new DeliveredImage(image, Optional.empty())).toList());
			case URL -> Flux.fromIterable(images).flatMapSequential(this::stored).collectList();
		};
	}

	private Mono<DeliveredImage> stored(GeneratedImage image) {
		return this.media.store(image.content(), image.type())
			.map(id -> new DeliveredImage(image, Optional.of(this.media.signedUrl(id, image.type()))));
	}

}
