package dev.heliostat.generation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.Caller;
import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.ledger.Cancellations;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.media.MediaStore;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The generations that a caller began, to be looked up and cancelled.
 */
public final class OwnGenerations {

	/** How long a cancelling client waits for the end, which usually comes at once. */
	private static final Duration SOON = Duration.ofSeconds(2);

	private final Ledger ledger;

	private final Repetitions repetitions;

	private final Results results;

	private final Running running;

	private final Cancelled cancelled;

	private final Cancellations cancellations;

	private final MediaStore media;

	private final Prompts prompts;

	OwnGenerations(Ledger ledger, Repetitions repetitions, Results results, Running running, Cancelled cancelled,
			Cancellations cancellations, MediaStore media, Prompts prompts) {
		this.media = media;
		this.prompts = prompts;
		this.ledger = ledger;
		this.repetitions = repetitions;
		this.results = results;
		this.running = running;
		this.cancelled = cancelled;
		this.cancellations = cancellations;
	}

	/**
	 * A caller's own generation as it stands, or as it stands after waiting for its end.
	 * Fails with {@code NotFound}.
	 * @param wait how long to wait for the end
	 */
	public Mono<Kept> kept(Caller caller, String id, Duration wait) {
		return own(caller, id)
			.flatMap(record -> wait.isZero() ? Mono.just(record)
					: this.repetitions.ended(record).timeout(wait, this.ledger.find(id).map(Optional::orElseThrow)))
			.flatMap(record -> Mono.zip(kept(record, Optional.empty()), this.prompts.of(record), Kept::with));
	}

	/** The same, with its pictures by URL whatever was asked for. */
	public Mono<Kept> shown(Caller caller, String id) {
		return own(caller, id).flatMap(record -> kept(record, Optional.of(AnswerForm.URL)));
	}

	/**
	 * Cancels a caller's own generation. Nothing more is submitted for it; what was
	 * submitted runs on, unless stopping it certainly stops the bill. Gives it as it then
	 * stands. Fails with {@code NotFound}.
	 */
	public Mono<Kept> cancel(Caller caller, String id) {
		return own(caller, id).flatMap(record -> switch (record.status()) {
			case SUCCEEDED, FAILED, CANCELLED -> kept(record, Optional.empty());
			case QUEUED, RUNNING -> this.cancellations.ask(id).then(Mono.defer(() -> {
				if (this.running.here(id).isPresent()) {
					this.cancelled.add(id);
				}
				return kept(caller, id, SOON);
			}));
		});
	}

	/**
	 * Deletes the pictures of a caller's own generation before their time, and its prompt
	 * where that is kept: neither their URLs nor a repetition of the request gives them
	 * again. Fails with {@code NotFound}.
	 */
	public Mono<Void> deleteMedia(Caller caller, String id) {
		return own(caller, id).flatMap(this::deleteMedia);
	}

	/** The same for anybody's generation, by an operator. */
	public Mono<Void> deleteMediaOfAny(String id) {
		return any(id).flatMap(this::deleteMedia);
	}

	/** Anybody's generation, as operators may see it: without its pictures. */
	private Mono<GenerationRecord> any(String id) {
		return this.ledger.find(id)
			.map(found -> found
				.orElseThrow(() -> new GatewayError.NotFound("No generation has the id '" + id + "'.").asException()));
	}

	private Mono<Void> deleteMedia(GenerationRecord record) {
		String id = record.id();
		return switch (record.status()) {
			case QUEUED, RUNNING -> Mono.error(new GatewayError.InvalidValue("id",
					"The generation " + id
							+ " is still running and has no pictures yet. Cancel it first, or wait for its end.")
				.asException());
			case SUCCEEDED, FAILED, CANCELLED ->
				this.ledger.forgetResult(id).then(this.media.deleteOf(id)).then(this.prompts.forget(id));
		};
	}

	/** Fails with {@code NotFound} when a generation is not the caller's. */
	public Mono<Void> check(Caller caller, String id) {
		return own(caller, id).then();
	}

	/** The record of a caller's own generation; fails with {@code NotFound}. */
	Mono<GenerationRecord> own(Caller caller, String id) {
		return this.ledger.find(id)
			.map(found -> found.filter(known -> known.keyId().equals(caller.keyId()))
				.orElseThrow(() -> new GatewayError.NotFound(
						"No generation of yours has the id '" + id + "'. Use the id from metadata.id.")
					.asException()));
	}

	/** A caller's own generations, youngest first; pictures by URL. */
	public Mono<List<Kept>> list(Caller caller, Optional<String> after, int limit) {
		return this.ledger.list(caller.keyId(), after, limit)
			.flatMapMany(Flux::fromIterable)
			.concatMap(record -> kept(record, Optional.of(AnswerForm.URL)))
			.collectList();
	}

	/** A generation as it stands, for whoever may see it. */
	Mono<Kept> kept(GenerationRecord record, Optional<AnswerForm> form) {
		return switch (record.status()) {
			case QUEUED, RUNNING -> Mono.just(new Kept(record, Optional.empty(), Optional.empty()));
			case SUCCEEDED, FAILED,
					CANCELLED ->
				this.results.again(record, form)
					.map(generation -> new Kept(record, Optional.of(generation), Optional.empty()))
					.onErrorResume(GatewayException.class,
							failure -> Mono.just(new Kept(record, Optional.empty(), Optional.of(failure.error()))));
		};
	}

}
