package dev.heliostat.provider.job;

import java.util.Optional;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import dev.heliostat.catalog.Wire;
import dev.heliostat.image.LostCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.provider.AnswerReader;
import dev.heliostat.provider.Places;
import dev.heliostat.provider.PreparedMode;
import dev.heliostat.provider.Upstream;

/**
 * Finds a job whose submission was sent but not answered, in the provider's own list: the
 * same model and input, not before the request, and not already followed for another
 * picture.
 */
final class LostSubmission {

	/** The provider's clock may differ from ours. */
	private static final Duration SKEW = Duration.ofSeconds(30);

	/** A list that is longer is not read to its end. */
	private static final int PAGES = 50;

	private final Upstream upstream;

	private final AnswerReader answers;

	private final List<Duration> looks;

	private final Cache<String, Boolean> followed = Caffeine.newBuilder()
		.maximumSize(20_000)
		.expireAfterWrite(Duration.ofHours(1))
		.build();

	LostSubmission(Upstream upstream, AnswerReader answers, List<Duration> looks) {
		this.upstream = upstream;
		this.answers = answers;
		this.looks = looks;
	}

	/** Notes that a job belongs to a picture. */
	void follow(String id) {
		this.followed.put(id, Boolean.TRUE);
	}

	private Mono<JsonNode> page(PreparedMode mode, Wire.Call call, Map<String, String> values) {
		return this.upstream.call(mode, call, values, response -> this.answers.read(response, mode))
			.map(AnswerReader.Read::json);
	}

	/**
	 * Looks a few times; fails with the original failure when there is no such job, or
	 * more than one.
	 */
	Mono<JsonNode> find(PreparedMode mode, Wire.Job wire, Wire.Lookup lookup, Map<String, String> values, LostCall call,
			ProviderFailure failure) {
		Instant notBefore = call.sentAt().minus(SKEW);
		Map<String, String> known = new HashMap<>(values);
		known.put("since", notBefore.truncatedTo(ChronoUnit.MILLIS).toString());
		Wire.Call list = new Wire.Call("GET", lookup.path(), Optional.empty());
		Mono<JsonNode> look = page(mode, list, known)
			.expand(page -> lookup.next()
				.map(path -> Places.text(page, page, path))
				.filter(next -> !next.isEmpty())
				.map(next -> page(mode, new Wire.Call("GET", next, Optional.empty()), known))
				.orElse(Mono.empty()))
			.take(PAGES)
			.concatMap(json -> Flux.fromIterable(Places.find(json, json, lookup.items())))
			.filter(job -> Job.isFor(job, lookup, mode.mode().providerModel(), call, notBefore))
			.filter(job -> this.followed.getIfPresent(Places.text(job, job, wire.id())) == null)
			.filterWhen(job -> call.isKnown(Places.text(job, job, wire.id())).map(taken -> !taken))
			.collectList()
			.flatMap(matches -> (matches.size() == 1) ? Mono.just(matches.getFirst()) : Mono.<JsonNode>empty())
			.onErrorResume(error -> Mono.empty());
		return Flux.fromIterable(this.looks)
			.concatMap(pause -> Mono.delay(pause).then(look), 1)
			.next()
			.switchIfEmpty(Mono.error(new ProviderException(failure)));
	}

}
