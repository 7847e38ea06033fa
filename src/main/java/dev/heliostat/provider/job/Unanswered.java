package dev.heliostat.provider.job;

import java.time.Instant;

import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.heliostat.image.LostCall;

/**
 * A submission of this process that was not answered.
 *
 * @param sentAt when it was sent
 * @param input what was sent, as the provider gives it back: numbers of one value are
 * then of one type
 */
record Unanswered(Instant sentAt, JsonNode input) implements LostCall {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	@Override
	public boolean sent(JsonNode listed) {
		return listed.equals(JSON.readTree(this.input.toString()));
	}

	@Override
	public Mono<Boolean> isKnown(String jobId) {
		return Mono.just(false);
	}

}
