package dev.heliostat.generation;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.SecretKey;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.image.InputImage;
import dev.heliostat.ledger.MediaRecord.Owner;
import dev.heliostat.ledger.PendingOrders;
import dev.heliostat.media.SealedUploads;
import dev.heliostat.media.SealedUploads.Upload;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps orders whose clients do not wait until they have ended, encrypted, so that
 * another node can run what this one did not submit.
 */
final class Pending {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String PURPOSE = "order";

	private final PendingOrders orders;

	private final SealedUploads uploads;

	private final SecretKey secret;

	Pending(PendingOrders orders, SealedUploads uploads, SecretKey secret) {
		this.orders = orders;
		this.uploads = uploads;
		this.secret = secret;
	}

	/**
	 * An order as it is kept.
	 *
	 * @param order the order without its pictures
	 * @param images where its pictures are
	 * @param mask where its mask is
	 */
	private record Entry(Order order, List<Upload> images, Optional<Upload> mask) {
	}

	/** Keeps an order with its pictures; completes when it is durable. */
	Mono<Void> keep(String id, Order order) {
		ImageRequest request = order.request();
		Owner owner = new Owner(order.caller().keyId(), order.caller().project(), id);
		Mono<List<Upload>> images = Flux.fromIterable(request.images())
			.concatMap(image -> this.uploads.keep(image, owner))
			.collectList();
		Mono<Optional<Upload>> mask = Mono.justOrEmpty(request.mask())
			.flatMap(image -> this.uploads.keep(image, owner))
			.singleOptional();
		return Mono.zip(images, mask)
			.map(kept -> new Entry(order.with(pictures(request, List.of(), Optional.empty())), kept.getT1(),
					kept.getT2()))
			.flatMap(entry -> this.orders.keep(id,
					this.secret.seal(PURPOSE, JSON.writeValueAsString(entry).getBytes(StandardCharsets.UTF_8))));
	}

	/** A kept order; empty when there is none that can still be read. */
	Mono<Optional<Order>> find(String id) {
		return entry(id).flatMap(entry -> {
			Mono<List<InputImage>> images = Flux.fromIterable(entry.images())
				.concatMap(this.uploads::open)
				.collectList();
			Mono<Optional<InputImage>> mask = Mono.justOrEmpty(entry.mask())
				.flatMap(this.uploads::open)
				.singleOptional();
			return Mono.zip(images, mask)
				.map(opened -> entry.order().with(pictures(entry.order().request(), opened.getT1(), opened.getT2())));
		}).singleOptional().onErrorReturn(Optional.empty());
	}

	/** Deletes an order that has ended, and its pictures. */
	Mono<Void> forget(String id) {
		return entry(id)
			.flatMapMany(entry -> Flux.fromIterable(entry.images()).concatWith(Mono.justOrEmpty(entry.mask())))
			.concatMap(this.uploads::delete)
			.then(this.orders.forget(id));
	}

	private Mono<Entry> entry(String id) {
		return this.orders.find(id)
			.flatMap(found -> Mono.justOrEmpty(found.flatMap(sealed -> this.secret.unseal(PURPOSE, sealed))))
			.map(plain -> JSON.readValue(plain, Entry.class));
	}

	private static ImageRequest pictures(ImageRequest request, List<InputImage> images, Optional<InputImage> mask) {
		return new ImageRequest(request.capability(), request.model(), request.prompt(), request.count(),
				request.parameters(), images, mask, request.fit(), request.partials());
	}

}
