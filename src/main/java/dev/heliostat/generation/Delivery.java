package dev.heliostat.generation;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.LinkedImage;
import dev.heliostat.image.ProviderImage;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.MediaRecord;
import dev.heliostat.ledger.MediaRecord.Owner;
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

	/** As many as a generation may have. */
	private static final int MOST_AT_ONCE = 10;

	private final MediaStore media;

	private final Transcoder transcoder;

	private final Clock clock;

	Delivery(MediaStore media, Transcoder transcoder, Clock clock) {
		this.media = media;
		this.transcoder = transcoder;
		this.clock = clock;
	}

	/**
	 * What is delivered.
	 *
	 * @param images the pictures; those that are stored have no URL yet
	 * @param media what is to stand in the index of media, so that they are found
	 * @param warnings what was done to them, or could not be done
	 * @param opaque whether none of them has transparent parts, certainly
	 */
	record Delivered(List<DeliveredImage> images, List<MediaRecord> media, List<String> warnings, boolean opaque) {
	}

	/** A picture on its way. */
	private record Stored(DeliveredImage image, Optional<MediaRecord> media, List<String> warnings, boolean opaque) {
	}

	/**
	 * Converts pictures where they are not as they are wanted, and stores them. One that
	 * cannot be stored can still be answered with its bytes, but not by URL. Where this
	 * fails, the pictures are released.
	 */
	Mono<Delivered> deliver(List<Made> images, AnswerForm form, Owner owner) {
		return Mono.defer(() -> {
			Queue<ProviderImage> held = new ConcurrentLinkedQueue<>();
			images.forEach(made -> held.add(made.image()));
			Mono<List<Stored>> all = (images.size() == 1)
					? delivered(images.getFirst(), form, owner, held).map(List::of)
					: Flux.fromIterable(images)
						.flatMapSequential(made -> delivered(made, form, owner, held), MOST_AT_ONCE)
						.collectList();
			return all.map(Delivery::together).doOnError(failure -> held.forEach(ProviderImage::release));
		});
	}

	private static Delivered together(List<Stored> all) {
		List<DeliveredImage> images = new ArrayList<>();
		List<MediaRecord> media = new ArrayList<>();
		Set<String> warnings = new LinkedHashSet<>();
		boolean opaque = true;
		for (Stored stored : all) {
			images.add(stored.image());
			stored.media().ifPresent(media::add);
			warnings.addAll(stored.warnings());
			opaque &= stored.opaque();
		}
		return new Delivered(images, media, List.copyOf(warnings), opaque);
	}

	private Mono<Stored> delivered(Made made, AnswerForm form, Owner owner, Queue<ProviderImage> held) {
		return switch (made.image()) {
			case LinkedImage linked ->
				Mono.just(new Stored(new DeliveredImage(linked, Optional.empty(), Optional.of(linked.url())),
						Optional.empty(), List.of(), false));
			case GeneratedImage image -> this.transcoder.fit(image, made.output())
				.doOnNext(fitted -> held.add(fitted.image()))
				.flatMap(fitted -> stored(fitted, form, owner));
		};
	}

	private Mono<Stored> stored(Fitted fitted, AnswerForm form, Owner owner) {
		GeneratedImage image = fitted.image();
		return this.media.store(image.content(), image.type(), Optional.of(image.size()), owner)
			.map(Optional::of)
			.onErrorResume(failure -> form == AnswerForm.B64_JSON, failure -> {
				logger.error("A picture could not be stored; it is answered, but cannot be had again", failure);
				return Mono.just(Optional.empty());
			})
			.map(record -> new Stored(new DeliveredImage(image, record.map(MediaRecord::id), Optional.empty()), record,
					fitted.warnings(), fitted.opaque()));
	}

	/** Gives stored pictures their URLs, where they are wanted by URL. */
	Mono<Generation> addressed(Generation generation, AnswerForm form, List<MediaRecord> media) {
		if (form == AnswerForm.B64_JSON || media.isEmpty()) {
			return Mono.just(generation);
		}
		Map<String, Instant> expiries = media.stream()
			.collect(Collectors.toMap(MediaRecord::id, MediaRecord::expiresAt));
		return Flux.fromIterable(generation.images())
			.concatMap(image -> Mono.justOrEmpty(image.mediaId())
				.flatMap(id -> this.media.url(id, expiries.getOrDefault(id, Instant.EPOCH)))
				.map(image::at)
				.defaultIfEmpty(image))
			.collectList()
			.map(generation::with);
	}

	/**
	 * Finds the pictures of a result again; fails with {@code ResultExpired} after their
	 * time.
	 */
	Mono<List<DeliveredImage>> again(Result result, AnswerForm form, GenerationRecord ended) {
		return Flux.fromIterable(result.pictures())
			.concatMap(picture -> picture.url().map(url -> linked(picture, url, form, ended)).orElseGet(() -> {
				if (picture.media().isEmpty()) {
					return Mono.error(new GatewayError.ResultExpired(
							"The picture was answered once and could not be kept. Make it again.")
						.asException());
				}
				return found(picture, picture.media().get(), form);
			}))
			.collectList();
	}

	private Mono<DeliveredImage> found(Result.Picture picture, String id, AnswerForm form) {
		return this.media.find(id).flatMap(found -> {
			DeliveredImage image = new DeliveredImage(picture.image(found), picture.media(), Optional.empty());
			return switch (form) {
				case URL -> this.media.url(id, found.record().expiresAt()).map(image::at);
				case B64_JSON -> Mono.just(image);
			};
		});
	}

	/** What the provider keeps is given again for as long as it would be kept here. */
	private Mono<DeliveredImage> linked(Result.Picture picture, URI url, AnswerForm form, GenerationRecord ended) {
		Instant end = ended.finishedAt().orElse(Instant.EPOCH).plus(this.media.retention(ended.project()));
		if (!this.clock.instant().isBefore(end)) {
			return Mono.error(new GatewayError.ResultExpired(
					"The picture's time is over, and its provider need not have it any more. Make it again.")
				.asException());
		}
		return switch (form) {
			case URL -> Mono.just(new DeliveredImage(new LinkedImage(url, picture.revisedPrompt()), Optional.empty(),
					Optional.of(url)));
			case B64_JSON -> Mono.error(new GatewayError.ResultExpired(
					"The picture was handed out as its provider's URL, and the gateway has no bytes of it. Ask for "
							+ "response_format url.")
				.asException());
		};
	}

}
