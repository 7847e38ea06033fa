package dev.heliostat.generation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.media.MediaStore;
import dev.heliostat.media.Transcoder;
import dev.heliostat.media.Transcoder.Fitted;
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

	private final Transcoder transcoder;

	Delivery(MediaStore media, Transcoder transcoder) {
		this.media = media;
		this.transcoder = transcoder;
	}

	/**
	 * What is delivered.
	 *
	 * @param images the pictures
	 * @param warnings what was done to them, or could not be done
	 * @param opaque whether none of them has transparent parts, certainly
	 */
	record Delivered(List<DeliveredImage> images, List<String> warnings, boolean opaque) {
	}

	/**
	 * Converts pictures where they are not as they are wanted, and stores them. One that
	 * cannot be stored can still be answered with its bytes, but not by URL. Where this
	 * fails, the pictures are released.
	 */
	Mono<Delivered> deliver(List<Made> images, AnswerForm form) {
		return Flux.fromIterable(images)
			.flatMapSequential(made -> this.transcoder.fit(made.image(), made.output()))
			.collectList()
			.flatMap(fitted -> Flux.fromIterable(fitted)
				.flatMapSequential(each -> stored(each.image(), form))
				.collectList()
				.map(stored -> delivered(stored, fitted))
				.doOnError(failure -> fitted.forEach(each -> each.image().content().release())))
			.doOnError(failure -> images.forEach(Made::release));
	}

	private static Delivered delivered(List<DeliveredImage> stored, List<Fitted> fitted) {
		return new Delivered(stored, fitted.stream().flatMap(each -> each.warnings().stream()).distinct().toList(),
				fitted.stream().allMatch(Fitted::opaque));
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
