package dev.heliostat.generation;

import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.generation.Submissions.Submission;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.routing.Candidate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes all pictures of a generation side by side: as many as an offering makes at once
 * in one submission, each submission failing over by itself. An offering that a budget
 * refuses is passed over.
 */
final class Pictures {

	private static final Logger logger = LoggerFactory.getLogger(Pictures.class);

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
	Mono<Void> make(Run run) {
		return make(run, 0, run.order().request().count(), 0);
	}

	/** Makes some pictures, beginning with one candidate of the plan. */
	private Mono<Void> make(Run run, int from, int count, int candidateIndex) {
		if (candidateIndex >= run.plan().candidates().size()) {
			return Mono.empty();
		}
		Candidate candidate = run.plan().candidates().get(candidateIndex);
		ImageRequest request = run.order().request();
		int perCall = Math.max(1, candidate.offering().mode(request.capability()).nativeCount(request.partials()));
		return this.submissions.begin(run, candidate, from, count, perCall).onErrorResume(failure -> {
			// Others of the generation are under way, and are followed to their end.
			logger.warn("A submission of {} could not be written down, and is not sent: {}", run.id(),
					failure.getMessage());
			run.broke(failure);
			return Mono.empty();
		}).flatMap(begun -> switch (begun.size()) {
			case 0 -> make(run, from, count, candidateIndex + 1);
			case 1 -> follow(run, begun.getFirst(), candidateIndex);
			default -> Flux.fromIterable(begun).flatMap(submission -> follow(run, submission, candidateIndex)).then();
		});
	}

	private Mono<Void> follow(Run run, Submission submission, int candidateIndex) {
		return this.submissions.send(run, submission)
			.flatMap(outcome -> next(run, outcome, submission.what().picture(), submission.what().work().pictures(),
					candidateIndex));
	}

	private Mono<Void> next(Run run, AttemptOutcome outcome, int from, int count, int candidateIndex) {
		return outcome.mayFailOver(this.eager) ? make(run, from, count, candidateIndex + 1) : Mono.empty();
	}

}
