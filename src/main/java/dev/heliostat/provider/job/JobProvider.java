package dev.heliostat.provider.job;

import reactor.util.retry.Retry;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Wire;
import dev.heliostat.image.Billed;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.image.LostCall;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderResult;
import dev.heliostat.media.PictureReader;
import dev.heliostat.provider.AnswerReader;
import dev.heliostat.provider.AnswerReader.Read;
import dev.heliostat.provider.InputPreparation;
import dev.heliostat.provider.Places;
import dev.heliostat.provider.PreparedMode;
import dev.heliostat.provider.ProviderConnection;
import dev.heliostat.provider.Upstream;
import dev.heliostat.provider.UpstreamErrors;

/**
 * An offering whose provider makes pictures in jobs: a job is created once, its id is
 * handed on at once, and it is followed to its end.
 */
final class JobProvider implements ImageProvider {

	private static final Logger logger = LoggerFactory.getLogger(JobProvider.class);

	private final Offering offering;

	private final UpstreamErrors errors;

	private final Upstream upstream;

	private final AnswerReader answers;

	private final LostSubmission lost;

	private final PollPace pace;

	JobProvider(ProviderConnection connection, Offering offering, PictureReader pictures,
			InputPreparation preparation) {
		this.offering = offering;
		this.errors = new UpstreamErrors(connection.provider());
		this.upstream = new Upstream(connection, offering, preparation);
		this.answers = new AnswerReader(connection, pictures);
		Duration pause = connection.provider().limits().pollEvery();
		this.lost = new LostSubmission(this.upstream, this.answers,
				List.of(pause, pause.multipliedBy(4), pause.multipliedBy(10)));
		this.pace = new PollPace(pause, offering.expected().seconds());
	}

	@Override
	public Mono<ProviderResult> generate(ProviderCall call) {
		return Mono.defer(() -> {
			PreparedMode mode = this.upstream.mode(call.capability());
			Wire.Job wire = mode.wire()
				.job()
				.orElseThrow(() -> new IllegalStateException(this.offering.key() + ": wire.job is missing"));
			Following following = new Following(call, mode, wire, mode.values(), System.nanoTime());
			if (call.jobId().isPresent()) {
				return poll(following.of(Job.parse(call.jobId().get())));
			}
			Mono<Read> created = call.lost().map(sent -> lost(following, sent)).orElseGet(() -> submit(following));
			return created.flatMap(answer -> accepted(following, answer));
		})
			.onErrorMap(error -> !(error instanceof ProviderException),
					error -> new ProviderException(UpstreamErrors.broken(error)));
	}

	private Mono<Read> submit(Following following) {
		return Mono.defer(() -> {
			JsonNode body = following.call().body();
			JsonNode input = following.mode().wire().parameters().map(place -> body.at("/" + place)).orElse(body);
			LostCall sent = new Unanswered(Instant.now(), input);
			return this.upstream.submit(following.call(), response -> this.answers.read(response, following.mode()))
				.onErrorResume(error -> {
					ProviderFailure failure = UpstreamErrors.broken(error);
					Optional<Wire.Lookup> lookup = following.wire().lookup();
					if (failure.billed() != Billed.MAYBE || lookup.isEmpty()) {
						return Mono.error(new ProviderException(failure));
					}
					logger.info("The submission of {} was not answered ({}); looking it up",
							following.call().pictureId(), failure.kind());
					return find(following, lookup.get(), sent, failure);
				});
		});
	}

	/** What an earlier process submitted: found, or never to be known. */
	private Mono<Read> lost(Following following, LostCall sent) {
		ProviderFailure failure = ProviderFailure.of(Kind.LOST, Billed.MAYBE,
				"the process ended while the submission was under way");
		return following.wire()
			.lookup()
			.map(lookup -> find(following, lookup, sent, failure))
			.orElseGet(() -> Mono.error(new ProviderException(failure)));
	}

	private Mono<Read> find(Following following, Wire.Lookup lookup, LostCall sent, ProviderFailure failure) {
		return this.lost.find(following.mode(), following.wire(), lookup, following.values(), sent, failure)
			.map(json -> new Read(new PictureReader.Extracted(json, List.of()), EmptyHttpHeaders.INSTANCE,
					Duration.ZERO));
	}

	private Mono<ProviderResult> accepted(Following following, Read created) {
		Optional<Job> job = Job.created(created.json(), following.wire());
		if (job.isEmpty()) {
			return this.answers.result(created, following.mode().wire().answer(), following.values(), following.call(),
					Duration.ZERO);
		}
		this.lost.follow(job.get().id());
		Following known = following.of(job.get());
		known.tell(created.json());
		return known.call()
			.watch()
			.accepted(job.get().text())
			.then(Mono.defer(() -> isDone(known, created) ? ended(known, created) : poll(known)));
	}

	/** Files may be there while the state still says that the job runs. */
	private boolean isDone(Following following, Read answer) {
		return switch (Job.state(answer.json(), following.wire(), following.values())) {
			case DONE, FAILED, MODERATED -> true;
			case RUNNING -> following.wire().early() && pictures(following, answer) >= following.call().count();
		};
	}

	private static long pictures(Following following, Read answer) {
		return following.mode()
			.wire()
			.answer()
			.images()
			.stream()
			.flatMap(path -> Places.find(answer.json(), answer.json(), path).stream())
			.filter(JsonNode::isString)
			.count();
	}

	private Mono<ProviderResult> poll(Following following) {
		return Mono.delay(this.pace.pause(0))
			.then(Mono.defer(() -> look(following))
				.repeatWhenEmpty(polls -> polls.concatMap(poll -> Mono.delay(this.pace.pause(poll.intValue() + 1)))))
			.onErrorMap(JobProvider::notSubmitting)
			.flatMap(answer -> ended(following, answer));
	}

	/**
	 * One poll; empty while the job goes on, or when the poll itself failed in a way that
	 * passes.
	 */
	private Mono<Read> look(Following following) {
		if (following.since().compareTo(this.offering.giveUp()) > 0) {
			return giveUp(following);
		}
		return call(following, following.wire().poll()).doOnNext(answer -> following.tell(answer.json()))
			.flatMap(answer -> endEarly(following, answer))
			.filter(answer -> isDone(following, answer))
			.onErrorResume(JobProvider::isPassing, error -> pauseAfter(error).then(Mono.empty()));
	}

	/**
	 * Cancels a job that is not wanted while that is free. How it then ended, and whether
	 * that is billed, its own state says.
	 */
	private Mono<Read> endEarly(Following following, Read answer) {
		if (isDone(following, answer) || !following.endsEarly(answer.json())) {
			return Mono.just(answer);
		}
		return Mono.justOrEmpty(following.wire().cancel())
			.flatMap(cancel -> call(following, cancel))
			.onErrorReturn(answer)
			.defaultIfEmpty(answer);
	}

	private Mono<Read> call(Following following, Wire.Call call) {
		return this.upstream.call(following.mode(), call, following.values(),
				response -> this.answers.read(response, following.mode()));
	}

	/**
	 * A poll may be repeated whatever broke it, unless the provider says that there is no
	 * such job or no right.
	 */
	private static boolean isPassing(Throwable error) {
		return switch (UpstreamErrors.broken(error).kind()) {
			case MODEL_NOT_FOUND, AUTH, QUOTA, INVALID_REQUEST, MODERATION, BAD_OUTPUT -> false;
			case RATE_LIMITED, CAPACITY, CONNECT, LOST, TIMEOUT, UPSTREAM_ERROR, SATURATED -> true;
		};
	}

	private static Mono<Void> pauseAfter(Throwable error) {
		return UpstreamErrors.broken(error).retryAfter().map(pause -> Mono.delay(pause).then()).orElse(Mono.empty());
	}

	/**
	 * What is refused while a job is followed says nothing of the job: it may be billed.
	 */
	private static Throwable notSubmitting(Throwable error) {
		ProviderFailure failure = UpstreamErrors.broken(error);
		return (failure.billed() == Billed.NO) ? new ProviderException(ProviderFailure.of(Kind.LOST, Billed.MAYBE,
				"the accepted job cannot be read any more: " + failure.message())) : error;
	}

	/**
	 * Cancels a job that takes too long. Its last state counts where it says what is
	 * billed: it has ended after all, or it had not begun.
	 */
	private Mono<Read> giveUp(Following following) {
		following.cancelled().set(true);
		ProviderFailure late = ProviderFailure.of(Kind.TIMEOUT, Billed.MAYBE,
				"the job did not end within " + this.offering.giveUp().toMinutes() + " min and was cancelled");
		Mono<Read> cancelled = following.wire()
			.cancel()
			.map(cancel -> call(following, cancel))
			.orElse(Mono.empty())
			.onErrorResume(error -> Mono.empty());
		return cancelled.filter(answer -> switch (Job.state(answer.json(), following.wire(), following.values())) {
			case DONE, MODERATED -> true;
			case FAILED -> following.isWaiting(answer.json());
			case RUNNING -> false;
		}).switchIfEmpty(Mono.error(new ProviderException(late)));
	}

	private Mono<ProviderResult> ended(Following following, Read answer) {
		JsonNode json = answer.json();
		Map<String, String> values = following.values();
		String message = following.wire()
			.message()
			.map(path -> Places.text(json, json, Places.fill(path, values)))
			.orElse("");
		return switch (Job.state(json, following.wire(), values)) {
			case FAILED -> Mono.error(new ProviderException((following.wasCancelled() && following.isWaiting(json))
					? ProviderFailure.of(Kind.CAPACITY, Billed.NO, "the job was cancelled before it began to run")
					: this.errors
						.jobFailed(message.isEmpty() ? Places.text(json, json, following.wire().status()) : message)));
			case MODERATED ->
				Mono.error(new ProviderException(this.errors.jobModerated(message, reasons(following, json))));
			case DONE, RUNNING -> result(following, answer);
		};
	}

	private static List<String> reasons(Following following, JsonNode json) {
		return following.wire()
			.reasons()
			.map(path -> Places.find(json, json, path))
			.orElse(List.of())
			.stream()
			.map(reason -> reason.asString(""))
			.toList();
	}

	/** What a finished job made stands in its answer, or is fetched by one more call. */
	private Mono<ProviderResult> result(Following following, Read answer) {
		Mono<Read> whole = following.wire()
			.result()
			.map(result -> call(following, result)
				.retryWhen(Retry.backoff(3, Duration.ofMillis(200)).filter(JobProvider::isPassing)))
			.orElse(Mono.just(answer));
		return whole
			.flatMap(read -> this.answers.result(read, following.mode().wire().answer(), following.values(),
					following.call(), following.since()))
			.map(result -> new ProviderResult(result.images(), result.usage(), result.reportedCost(), result.facts(),
					Job.waited(result.facts(), following.since()), result.transferred()));
	}

}
