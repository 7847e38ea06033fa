package dev.heliostat.generation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.media.MediaStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stores finished pictures, so that they wait for whoever asks again, and brings them
 * into the form that the client wants.
 */
final class Delivery {

	private static final Logger logger = LoggerFactory.getLogger(Delivery.class);

	private final MediaStore media;

	Delivery(MediaStore media) {
		this.media = media;
	}

	/**
	 * Stores pictures. One that cannot be stored can still be answered with its bytes,
	 * but not by URL.
	 */
	Mono<List<DeliveredImage>> deliver(List<GeneratedImage> images, AnswerForm form) {
		return Flux.fromIterable(images).flatMapSequential(image -> stored(image, form)).collectList();
	}

	private Mono<DeliveredImage> stored(GeneratedImage image, AnswerForm form) {
		return this.media.store(image.content(), image.type()).map(id -> switch (form) {
			case URL -> new DeliveredImage(image, Optional.of(id), Optional.of(this.media.signedUrl(id)));
			case B64_JSON -> new DeliveredImage(image, Optional.of(id), Optional.empty());
		}).onErrorResume(failure -> form == AnswerForm.B64_JSON, failure -> {
			logger.error("A picture could not be stored; it is answered, but cannot be had again", failure);
			return Mono.just(new DeliveredImage(image, Optional.empty(), Optional.empty()));
		});
	}

	/**
	 * Finds the pictures of a result again; fails with {@code ResultExpired} after their
	 * time.
	 */
	Mono<List<DeliveredImage>> again(Result result, AnswerForm form, Instant finishedAt) {
		Instant expiry = finishedAt.plus(this.media.retention());
		return Flux.fromIterable(result.pictures()).concatMap(picture -> {
			if (picture.media().isEmpty()) {
				return Mono.error(new GatewayError.ResultExpired(
						"The picture was answered once and could not be kept. Make it again.")
					.asException());
			}
			String id = picture.media().get();
			return this.media.find(id).map(found -> switch (form) {
				case URL -> new DeliveredImage(picture.image(found.content()), picture.media(),
						Optional.of(this.media.signedUrl(id, expiry)));
				case B64_JSON -> new DeliveredImage(picture.image(found.content()), picture.media(), Optional.empty());
			});
		}).collectList();
	}

}
