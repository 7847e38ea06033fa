package dev.heliostat.generation;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.Actor;
import dev.heliostat.access.AuditLog;
import dev.heliostat.access.Caller;
import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.generation.Publication.Picture;
import dev.heliostat.generation.Publication.State;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.Status;
import dev.heliostat.ledger.MediaRecord;
import dev.heliostat.ledger.MediaRecord.Owner;
import dev.heliostat.media.MediaStore;
import dev.heliostat.provider.SandboxOffering;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The galleries of models: pictures that their owners show to everybody who may see the
 * model, kept until they are taken back. The prompt is what the owner types for it: the
 * gateway has none.
 */
public final class Publications {

	/** Enough for what people write. */
	public static final int LONGEST_PROMPT = 4000;

	private static final int AT_ONCE = 4;

	private final PublicationStore store;

	private final OwnGenerations own;

	private final Results results;

	private final MediaStore media;

	private final AuditLog audit;

	private final Clock clock;

	Publications(PublicationStore store, OwnGenerations own, Results results, MediaStore media, AuditLog audit,
			Clock clock) {
		this.store = store;
		this.own = own;
		this.results = results;
		this.media = media;
		this.audit = audit;
		this.clock = clock;
	}

	/**
	 * Shows a caller's own generation in the gallery of its model. Once more, it changes
	 * the prompt. Fails with {@code NotFound}, with {@code Conflict} where there is
	 * nothing to show or an operator has removed it, and with {@code ResultExpired}.
	 * @param prompt what is shown beside the picture; empty for nothing
	 */
	public Mono<Publication> publish(Caller caller, String id, Optional<String> prompt) {
		Optional<String> text = prompt.map(String::strip).filter(words -> !words.isEmpty());
		if (text.filter(words -> words.length() > LONGEST_PROMPT).isPresent()) {
			return Mono.error(new GatewayError.InvalidValue("prompt",
					"prompt: " + text.get().length() + " characters (expected: at most " + LONGEST_PROMPT + ")")
				.asException());
		}
		return this.own.own(caller, id).flatMap(record -> this.store.find(id).flatMap(known -> {
			if (known.filter(Publication::isForbidden).isPresent()) {
				return Mono.error(forbidden());
			}
			if (known.filter(Publication::isShown).isPresent()) {
				return this.store.rewrite(id, text);
			}
			return copied(record, text);
		}))
			.then(Mono.defer(() -> this.store.find(id)))
			.flatMap(published -> published.filter(Publication::isShown)
				.map(Mono::just)
				.orElseGet(() -> Mono.error(known(published))));
	}

	private static Throwable known(Optional<Publication> published) {
		return published.filter(Publication::isForbidden).isPresent() ? forbidden()
				: new GatewayError.Conflict("The picture was taken back at the same time. Publish it again.")
					.asException();
	}

	private static Throwable forbidden() {
		return new GatewayError.Conflict(
				"The operator has removed this picture from the gallery. It cannot be published again.")
			.asException();
	}

	private Mono<Boolean> copied(GenerationRecord record, Optional<String> prompt) {
		if (record.status() != Status.SUCCEEDED) {
			return Mono.error(new GatewayError.Conflict("The generation " + record.id()
					+ " has no pictures to publish. Only one that succeeded has, and only after its end.")
				.asException());
		}
		return this.results.again(record, Optional.of(AnswerForm.B64_JSON))
			.flatMap(made -> Flux.fromIterable(made.images())
				.concatMap(image -> Mono.justOrEmpty(image.known()).flatMap(known -> copy(record, known)))
				.collectList()
				.doFinally(end -> made.release()))
			.flatMap(copies -> shown(record, prompt, copies));
	}

	private Mono<MediaRecord> copy(GenerationRecord record, GeneratedImage image) {
		return this.media.storeForGood(image.content(), image.type(), image.size(),
				new Owner(record.keyId(), record.project(), record.id()));
	}

	/**
	 * Noted first, stored then: a crash in between shows nothing and leaves nothing.
	 */
	private Mono<Boolean> shown(GenerationRecord record, Optional<String> prompt, List<MediaRecord> copies) {
		boolean sandbox = record.executed()
			.filter(attempt -> attempt.provider().equals(SandboxOffering.PROVIDER))
			.isPresent();
		List<Picture> pictures = copies.stream()
			.map(copy -> new Picture(copy.id(), copy.size().orElseThrow().width(), copy.size().orElseThrow().height()))
			.toList();
		return this.store
			.publish(new Publication(record.id(), record.model(), record.keyId(), record.project(), prompt,
					State.PUBLISHED, sandbox, this.clock.instant(), pictures))
			.flatMap(noted -> noted ? this.media.add(copies).thenReturn(true) : Mono.error(forbidden()))
			.flatMap(added -> this.store.find(record.id()))
			.flatMap(found -> {
				// Somebody else published or forbade it meanwhile: these copies are
				// nobody's.
				List<String> kept = found.map(Publication::pictures)
					.orElse(List.of())
					.stream()
					.map(Picture::media)
					.toList();
				return Flux.fromIterable(copies)
					.filter(copy -> !kept.contains(copy.id()))
					.concatMap(copy -> this.media.delete(copy.id()))
					.then(Mono.just(true));
			});
	}

	/**
	 * Takes a picture of one's own back; harmless when it is not shown. Fails with
	 * {@code NotFound}. Works for as long as it is shown, also when the ledger has
	 * forgotten the generation.
	 */
	public Mono<Void> withdraw(Caller caller, String id) {
		return this.store.find(id)
			.flatMap(found -> found.filter(known -> known.keyId().equals(caller.keyId()))
				.map(known -> delete(known).then(this.store.withdraw(id)))
				.orElseGet(() -> this.own.check(caller, id)));
	}

	/**
	 * Removes a picture for an operator: it is deleted from the gallery and cannot be
	 * published again. Fails with {@code NotFound}.
	 */
	public Mono<Publication> forbid(Actor actor, String id) {
		return this.audit.change(actor, (jdbc, entries) -> {
			Publication found = PublicationStore.find(jdbc, id)
				.orElseThrow(() -> new GatewayError.NotFound(
						"Nothing in a gallery has the id '" + id + "'. Use the id of a published generation.")
					.asException());
			if (!found.isForbidden()) {
				PublicationStore.forbid(jdbc, id);
				entries.add("publication.forbid", id, Optional.empty(),
						JsonNodeFactory.instance.objectNode()
							.put("model", found.model())
							.put("key", found.keyId())
							.put("project", found.project()));
			}
			return found;
		}).flatMap(found -> delete(found).thenReturn(found));
	}

	private Mono<Void> delete(Publication publication) {
		return Flux.fromIterable(publication.pictures())
			.concatMap(picture -> this.media.delete(picture.media()))
			.then();
	}

	/** What is known of a generation's being shown. */
	public Mono<Optional<Publication>> of(String generation) {
		return this.store.find(generation);
	}

	/** What is shown of a model, youngest first, after one of them. */
	public Mono<List<Publication>> gallery(String model, Optional<String> after, int limit) {
		return this.store.list(model, after, limit);
	}

	/** Whether a model has a picture in its gallery that the sandbox did not draw. */
	public Mono<Boolean> hasReal(String model) {
		return this.store.hasReal(model);
	}

	/** Where its pictures are for now: good for an hour at least, and at most for two. */
	public Mono<List<URI>> addresses(Publication publication) {
		Instant end = this.clock.instant().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(2));
		return Flux.fromIterable(publication.pictures())
			.flatMapSequential(picture -> this.media.url(picture.media(), end), AT_ONCE)
			.collectList();
	}

}
