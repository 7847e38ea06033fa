package dev.heliostat.provider.replicate;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

import dev.heliostat.catalog.Offering;
import dev.heliostat.image.Billed;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderResult;
import dev.heliostat.media.PictureReader;
import dev.heliostat.provider.ProviderConnection;
import dev.heliostat.provider.UpstreamErrors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An offering at Replicate: a job is created once, its id is handed on at once, and it is
 * followed to its end.
 */
final class ReplicateProvider implements ImageProvider {

	private static final Logger logger = LoggerFactory.getLogger(ReplicateProvider.class);

	private final ProviderConnection connection;

	private final Offering offering;

	private final PictureReader pictures;

	private final UpstreamErrors errors;

	private final ReplicateClient client;

	private final LostCreate lostCreate;

	private final PollPace pace;

	ReplicateProvider(ProviderConnection connection, Offering offering, PictureReader pictures) {
		this.connection = connection;
		this.offering = offering;
		this.pictures = pictures;
		this.errors = new UpstreamErrors(connection.provider());
		this.client = new ReplicateClient(connection, offering, this.errors);
		Duration pause = connection.provider().limits().pollEvery();
		this.lostCreate = new LostCreate(this.client, offering.providerModel(),
				List.of(pause, pause.multipliedBy(4), pause.multipliedBy(10)));
		this.pace = new PollPace(pause, offering.expected().seconds());
	}

	@Override
	public Mono<ProviderResult> generate(ProviderCall call) {
		long begin = System.nanoTime();
		Mono<Prediction> job = call.jobId()
			.map(id -> poll(id, call.count(), begin))
			.orElseGet(() -> submit(call).flatMap(created -> accepted(call, created, begin)));
		return job.flatMap(ended -> result(ended, begin))
			.onErrorMap(error -> !(error instanceof ProviderException),
					error -> new ProviderException(UpstreamErrors.broken(error)));
	}

	private Mono<Prediction> submit(ProviderCall call) {
		return Mono.defer(() -> {
			ObjectNode body = identifiable(call.body());
			Instant sentAt = Instant.now();
			return this.client.create(body).onErrorResume(error -> {
				ProviderFailure failure = UpstreamErrors.broken(error);
				if (failure.billed() != Billed.MAYBE) {
					return Mono.error(new ProviderException(failure));
				}
				logger.info("The create of {} was not answered ({}); looking it up", call.pictureId(), failure.kind());
				return this.lostCreate.find(body.path("input"), sentAt, failure);
			});
		});
	}

	/**
	 * Gives the input a random seed where the model takes one, so that a lost create can
	 * be told from any other.
	 */
	private ObjectNode identifiable(ObjectNode body) {
		boolean seedable = this.offering.parameters().containsKey("seed");
		if (!seedable || body.path("input").has("seed")) {
			return body;
		}
		ObjectNode copy = body.deepCopy();
		((ObjectNode) copy.path("input")).put("seed", ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE));
		return copy;
	}

	private Mono<Prediction> accepted(ProviderCall call, Prediction created, long begin) {
		this.lostCreate.follow(created.id());
		return call.jobAccepted()
			.apply(created.id())
			.then(isDone(created, call.count()) ? Mono.just(created)
					: Mono.defer(() -> poll(created.id(), call.count(), begin)));
	}

	/** Files may be there while the status still says processing. */
	private static boolean isDone(Prediction prediction, int count) {
		return prediction.isEnded() || prediction.outputs().size() >= count;
	}

	private Mono<Prediction> poll(String id, int count, long begin) {
		return Mono.delay(this.pace.pause(0))
			.then(Mono.defer(() -> look(id, count, begin))
				.repeatWhenEmpty(polls -> polls.concatMap(poll -> Mono.delay(this.pace.pause(poll.intValue() + 1)))))
			.onErrorMap(ReplicateProvider::notSubmitting);
	}

	/**
	 * One poll; empty while the job goes on, or when the poll itself failed in a way that
	 * passes.
	 */
	private Mono<Prediction> look(String id, int count, long begin) {
		if (System.nanoTime() - begin > this.offering.giveUp().toNanos()) {
			return giveUp(id);
		}
		return this.client.get(id)
			.filter(prediction -> isDone(prediction, count))
			.onErrorResume(ReplicateProvider::isPassing, error -> pauseAfter(error).then(Mono.empty()));
	}

	/**
	 * A poll may be repeated whatever broke it, unless the provider says that there is no
	 * such job or no right.
	 */
	private static boolean isPassing(Throwable error) {
		return switch (UpstreamErrors.broken(error).kind()) {
			case MODEL_NOT_FOUND, AUTH, QUOTA, INVALID_REQUEST, MODERATION, BAD_OUTPUT -> false;
			case RATE_LIMITED, CAPACITY, CONNECT, LOST, TIMEOUT, UPSTREAM_ERROR -> true;
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

	private Mono<Prediction> giveUp(String id) {
		ProviderFailure late = ProviderFailure.of(Kind.TIMEOUT, Billed.MAYBE,
				"the job did not end within " + this.offering.giveUp().toMinutes() + " min and was cancelled");
		return this.client.cancel(id)
			.onErrorResume(error -> Mono.empty())
			.filter(prediction -> prediction.status().equals("succeeded"))
			.switchIfEmpty(Mono.error(new ProviderException(late)));
	}

	private Mono<ProviderResult> result(Prediction ended, long begin) {
		if (ended.outputs().isEmpty() || ended.status().equals("failed")) {
			return Mono.error(new ProviderException(failure(ended)));
		}
		Duration followed = Duration.ofNanos(System.nanoTime() - begin);
		return Flux.fromIterable(ended.outputs())
			.flatMapSequential(url -> this.pictures.fetch(URI.create(url), this.connection.hosts()))
			.map(picture -> new GeneratedImage(picture.content(), picture.type(), picture.size(), Optional.empty()))
			.collectList()
			.map(images -> new ProviderResult(images, Optional.empty(), Optional.empty(), ended.facts(),
					waited(ended, followed)));
	}

	private ProviderFailure failure(Prediction ended) {
		return switch (ended.status()) {
			case "failed" -> this.errors.jobFailed(ended.error());
			case "aborted" -> ProviderFailure.of(Kind.CAPACITY, Billed.NO, "the job ended before it was started");
			case "canceled" ->
				ProviderFailure.of(Kind.UPSTREAM_ERROR, Billed.MAYBE, "the job was cancelled at the provider");
			default -> ProviderFailure.of(Kind.BAD_OUTPUT, Billed.YES,
					ended.isErased() ? "the provider has erased the job's output" : "the job ended without a picture");
		};
	}

	/** Everything but the time in which the model ran. */
	private static Duration waited(Prediction ended, Duration followed) {
		JsonNode predictTime = ended.json().path("metrics").path("predict_time");
		Duration ran = Duration.ofMillis(Math.round(predictTime.asDouble(0) * 1000));
		return (ran.compareTo(followed) < 0) ? followed.minus(ran) : Duration.ZERO;
	}

}
