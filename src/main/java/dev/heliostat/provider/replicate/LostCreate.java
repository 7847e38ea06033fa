package dev.heliostat.provider.replicate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Finds a job whose create was sent but not answered, in the provider's own list: the
 * same model and input, not before the request, and not already followed for another
 * picture.
 */
final class LostCreate {

	/** The provider's clock may differ from ours. */
	private static final Duration SKEW = Duration.ofSeconds(30);

	private final ReplicateClient client;

	private final String model;

	private final List<Duration> looks;

	private final Cache<String, Boolean> followed = Caffeine.newBuilder()
		.maximumSize(20_000)
		.expireAfterWrite(Duration.ofHours(1))
		.build();

	LostCreate(ReplicateClient client, String model, List<Duration> looks) {
		this.client = client;
		this.model = model;
		this.looks = looks;
	}

	/** Notes that a job belongs to a picture. */
	void follow(String id) {
		this.followed.put(id, Boolean.TRUE);
	}

	/**
	 * Looks a few times; fails with the original failure when there is no such job, or
	 * more than one.
	 */
	Mono<Prediction> find(JsonNode input, Instant sentAt, ProviderFailure failure) {
		Instant notBefore = sentAt.minus(SKEW);
		return Flux.fromIterable(this.looks)
			.concatMap(pause -> Mono.delay(pause).then(look(input, notBefore)), 1)
			.next()
			.switchIfEmpty(Mono.error(new ProviderException(failure)));
	}

	private Mono<Prediction> look(JsonNode input, Instant notBefore) {
		return this.client.list(notBefore).onErrorReturn(List.of()).flatMap(predictions -> {
			List<Prediction> matches = predictions.stream()
				.filter(prediction -> prediction.isFor(this.model, input, notBefore))
				.filter(prediction -> this.followed.getIfPresent(prediction.id()) == null)
				.toList();
			return (matches.size() == 1) ? Mono.just(matches.getFirst()) : Mono.empty();
		});
	}

}
