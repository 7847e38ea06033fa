package dev.heliostat.generation;

import java.util.ArrayList;
import java.util.List;

import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.routing.Candidate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes all pictures of a generation side by side: as many as an offering makes at once
 * in one submission, each submission failing over by itself.
 */
final class Pictures {

	private final Submissions submissions;

	private final boolean eager;

	/**
	 * Makes a fan-out.
	 * @param eager whether a picture that may have been billed is tried elsewhere
	 */
	Pictures(Submissions submissions, boolean eager) {
		this.submissions = submissions;
		this.eager = eager;
	}

	/** Makes what can be made; what came of each submission is in the run. */
	Mono<Run> make(Run run) {
		return make(run, 0, run.order().request().count(), 0).thenReturn(run);
	}

	/** Makes some pictures, beginning with one candidate of the plan. */
	private Mono<Void> make(Run run, int from, int count, int candidateIndex) {
		if (candidateIndex >= run.plan().candidates().size()) {
			return Mono.empty();
		}
		Candidate candidate = run.plan().candidates().get(candidateIndex);
		ImageRequest request = run.order().request();
		int perCall = Math.max(1, candidate.offering().mode(request.capability()).nativeCount(request.partials()));
		List<Mono<Void>> chunks = new ArrayList<>();
		for (int at = from; at < from + count; at += perCall) {
			chunks.add(chunk(run, candidate, at, Math.min(perCall, from + count - at), candidateIndex));
		}
		return Flux.fromIterable(chunks).flatMap(chunk -> chunk).then();
	}

	private Mono<Void> chunk(Run run, Candidate candidate, int from, int count, int candidateIndex) {
		return this.submissions.submit(run, candidate, from, count)
			.flatMap(outcome -> next(run, outcome, from, count, candidateIndex));
	}

	private Mono<Void> next(Run run, AttemptOutcome outcome, int from, int count, int candidateIndex) {
		return outcome.mayFailOver(this.eager) ? make(run, from, count, candidateIndex + 1) : Mono.empty();
	}

}
