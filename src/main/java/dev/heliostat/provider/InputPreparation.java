package dev.heliostat.provider;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import dev.heliostat.catalog.Wire;
import dev.heliostat.image.InputImage;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.ledger.MediaRecord.Owner;
import dev.heliostat.media.Masks;
import dev.heliostat.media.MediaStore;

/**
 * Brings the pictures that a client sent into the form that a provider takes: masks are
 * converted, and what cannot travel in the body is uploaded, or lent by a signed URL.
 */
public final class InputPreparation {

	private final Masks masks;

	private final MediaStore store;

	InputPreparation(Masks masks, MediaStore store) {
		this.masks = masks;
		this.store = store;
	}

	/**
	 * The pictures of one submission.
	 *
	 * @param pictures what each input of the body stands for
	 * @param names what those are called that do not travel in the body
	 * @param converted what belongs to this submission alone
	 */
	record Prepared(Map<EmbeddedInput, InputImage> pictures, Map<EmbeddedInput, String> names,
			List<InputImage> converted) {

		static final Prepared NONE = new Prepared(Map.of(), Map.of(), List.of());

		void release() {
			this.converted.forEach(image -> image.content().release());
		}

	}

	Mono<Prepared> prepare(ProviderCall call, JsonNode body, Function<InputImage, Mono<String>> upload) {
		List<EmbeddedInput> inputs = (call.images().isEmpty() && call.mask().isEmpty()) ? List.of()
				: Writing.inputs(body);
		Prepared prepared = new Prepared(new HashMap<>(), new HashMap<>(), new ArrayList<>());
		if (inputs.isEmpty()) {
			return Mono.just(prepared);
		}
		return Flux.fromIterable(inputs)
			.concatMap(input -> prepare(call, input, upload, prepared), 1)
			.then(Mono.just(prepared))
			.doOnError(error -> prepared.release());
	}

	private Mono<Void> prepare(ProviderCall call, EmbeddedInput input, Function<InputImage, Mono<String>> upload,
			Prepared prepared) {
		return picture(call, input, prepared).flatMap(picture -> {
			prepared.pictures.put(input, picture);
			return name(call, input, picture, upload).doOnNext(name -> prepared.names.put(input, name));
		}).then();
	}

	private Mono<InputImage> picture(ProviderCall call, EmbeddedInput input, Prepared prepared) {
		if (!input.mask()) {
			return Mono.just(call.images().get(input.index()));
		}
		InputImage mask = call.mask().orElseThrow();
		return switch (input.rule().edits()) {
			case TRANSPARENT -> Mono.just(mask);
			case WHITE, BLACK ->
				this.masks.opaque(mask, input.rule().edits() == Wire.MaskForm.WHITE).doOnNext(prepared.converted::add);
		};
	}

	private Mono<String> name(ProviderCall call, EmbeddedInput input, InputImage picture,
			Function<InputImage, Mono<String>> upload) {
		long above = input.rule().uploadAbove();
		if (input.form().equals("{upload}") || (above > 0 && picture.content().length() > above)) {
			return upload.apply(picture);
		}
		if (input.form().equals("{url}")) {
			return lent(call, picture);
		}
		return Mono.empty();
	}

	/** Goes with the pictures of its generation, and is for whoever has its URL. */
	private Mono<String> lent(ProviderCall call, InputImage picture) {
		String generation = call.pictureId().substring(0, call.pictureId().lastIndexOf('-'));
		return this.store
			.store(picture.content(), picture.type(), Optional.of(picture.size()), new Owner("", "", generation))
			.flatMap(record -> this.store.add(List.of(record))
				.then(this.store.url(record.id(), record.expiresAt()))
				.map(URI::toString));
	}

}
