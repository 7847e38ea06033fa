package dev.heliostat.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.catalog.Provider;
import dev.heliostat.generation.Delivery.Delivered;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.routing.Candidate;
import tools.jackson.databind.JsonNode;

/**
 * Says what a generation with pictures ended as.
 */
final class Completion {

	private Completion() {
	}

	static Generation of(Run run, Delivered delivered) {
		AttemptRecord first = served(run);
		Provider provider = run.plan().catalog().provider(first.provider()).orElseThrow();
		return new Generation(run.running(), provider.name(), provider.label(), first.executedModel(),
				delivered.images(), Usage.sum(run.outcomes()), fact(run, "quality"),
				fact(run, "background").map(said -> delivered.opaque() ? "opaque" : said),
				warnings(run, first, delivered));
	}

	private static AttemptRecord served(Run run) {
		for (AttemptRecord attempt : run.attempts()) {
			if (attempt.outcome().filter("served"::equals).isPresent()) {
				return attempt;
			}
		}
		throw new IllegalStateException("There are pictures of " + run.id() + ", and nobody served them.");
	}

	/** What the offering that served changed, not the one that was tried first. */
	private static List<String> warnings(Run run, AttemptRecord served, Delivered delivered) {
		List<String> warnings = new ArrayList<>();
		for (Candidate candidate : run.plan().candidates()) {
			if (candidate.offering().key().equals(served.offering())) {
				warnings.addAll(candidate.request().warnings());
				break;
			}
		}
		warnings.addAll(delivered.warnings());
		warnings.addAll(Verdict.missing(run, delivered.images().size()));
		warnings.addAll(run.holding().warnings());
		return warnings;
	}

	private static Optional<String> fact(Run run, String name) {
		for (AttemptOutcome outcome : run.outcomes()) {
			if (outcome instanceof AttemptOutcome.Served served) {
				return Optional.ofNullable(served.result().facts().get(name)).map(JsonNode::asString);
			}
		}
		return Optional.empty();
	}

}
