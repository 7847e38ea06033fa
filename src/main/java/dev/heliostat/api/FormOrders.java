package dev.heliostat.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.access.Caller;
import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.generation.Order;
import dev.heliostat.image.Capability;
import dev.heliostat.ledger.ClientNotes;
import dev.heliostat.image.InputImage;
import dev.heliostat.image.Output.Fit;
import dev.heliostat.media.Spool;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.http.MediaType;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Reads orders from the forms of pages: their fields have the names of parameters, and
 * are held to the same rules as bodies that programs send.
 */
public final class FormOrders {

	private final UploadReader uploads;

	private final LimitedJson json;

	private final Spool spool;

	private final RepeatReader repeats;

	FormOrders(UploadReader uploads, LimitedJson json, Spool spool, RepeatReader repeats) {
		this.uploads = uploads;
		this.json = json;
		this.spool = spool;
		this.repeats = repeats;
	}

	/**
	 * What a form sent. Whoever takes it releases its pictures.
	 *
	 * @param fields its texts
	 * @param images the pictures in order
	 * @param mask the mask
	 */
	public record Sent(MultiValueMap<String, String> fields, List<InputImage> images, Optional<InputImage> mask) {

		public Sent {
			images = List.copyOf(images);
		}

		/** Gives back the memory and the files of the pictures. */
		public void release() {
			this.images.forEach(image -> image.content().release());
			this.mask.ifPresent(image -> image.content().release());
		}

	}

	/** The part of the API that makes such pictures, as scopes of keys name it. */
	public static String endpoint(Capability capability) {
		return switch (capability) {
			case GENERATE -> "images/generations";
			case EDIT, UPSCALE -> "images/edits";
			case VARIATION -> "images/variations";
		};
	}

	/** Reads a form, with or without files. */
	public Mono<Sent> read(ServerRequest request) {
		MediaType type = BodyReader.contentType(request.exchange().getRequest());
		if (type == null || !type.isCompatibleWith(MediaType.MULTIPART_FORM_DATA)) {
			return request.formData().map(fields -> new Sent(fields, List.of(), Optional.empty()));
		}
		return Mono.defer(() -> {
			MultiValueMap<String, String> fields = new LinkedMultiValueMap<>();
			return this.uploads.form(request.exchange().getRequest(), type, fields::add)
				.map(upload -> new Sent(fields, upload.images(), upload.mask()));
		});
	}

	/** The same form once more, its pictures being copies that are released apart. */
	public Mono<Sent> copy(Sent sent) {
		List<InputImage> copies = new ArrayList<>();
		return Flux.fromIterable(sent.images())
			.concatMap(this::copy, 1)
			.doOnNext(copies::add)
			.then(sent.mask()
				.map(mask -> copy(mask).doOnNext(copies::add).map(Optional::of))
				.orElse(Mono.just(Optional.empty())))
			.map(mask -> new Sent(sent.fields(), copies.subList(0, sent.images().size()), mask))
			.doOnError(failure -> copies.forEach(image -> image.content().release()));
	}

	private Mono<InputImage> copy(InputImage image) {
		return this.spool.drain(image.content().read(), Long.MAX_VALUE)
			.map(content -> new InputImage(content, image.type(), image.size()));
	}

	/**
	 * Makes an order, its pictures given by URL. Fails as the client API would, and then
	 * releases the pictures.
	 * @param parameters what is asked for, by the names of the client API
	 * @param once known again when the same form is sent twice
	 */
	public Mono<Order> order(Caller caller, String requestId, Capability capability, Map<String, String> parameters,
			Sent sent, Optional<String> once) {
		return Mono.defer(() -> {
			FormFields fields = new FormFields(this.json);
			parameters.forEach(fields::add);
			ObjectNode body = fields.json();
			if (body.path("partial_images").asInt(0) > 0) {
				body.put("stream", true);
			}
			UploadReader.Upload upload = new UploadReader.Upload(body, sent.images(), sent.mask());
			Mono<Void> checked = (capability == Capability.GENERATE) ? Mono.empty()
					: ImagesReader.check(upload, capability);
			return checked.then(Mono.defer(() -> {
				GenerationBody read = GenerationBody.read(body, capability, sent.images(), sent.mask(), Fit.NEAREST);
				return this.repeats
					.of(once.map(this.repeats::hashed), 0, Fit.NEAREST, body, capability, sent.images(), sent.mask())
					.map(repeats -> new Order(caller, requestId, read.request(), read.preferences(),
							Optional.of(AnswerForm.URL), Optional.empty(), Optional.empty(), repeats, Optional.empty(),
							Optional.empty(), ClientNotes.NONE));
			}));
		}).doOnError(failure -> sent.release());
	}

}
