package dev.heliostat.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.heliostat.image.GatewayError;
import dev.heliostat.media.Transcoder;
import dev.heliostat.routing.Candidate;
import dev.heliostat.routing.Plan;

/**
 * Sees to it, before anything is spent, that pictures can be had as they are wanted.
 */
final class Outputs {

	private final Transcoder transcoder;

	Outputs(Transcoder transcoder) {
		this.transcoder = transcoder;
	}

	/**
	 * A plan without the offerings whose pictures could not be converted; fails with what
	 * is missing where none is left.
	 */
	Plan possible(Plan plan) {
		List<Candidate> candidates = new ArrayList<>();
		List<Plan.Exclusion> exclusions = new ArrayList<>(plan.exclusions());
		Optional<GatewayError> fault = Optional.empty();
		for (Candidate candidate : plan.candidates()) {
			Optional<GatewayError> refusal = this.transcoder.refusal(candidate.request().output());
			if (refusal.isEmpty()) {
				candidates.add(candidate);
				continue;
			}
			fault = fault.or(() -> refusal);
			exclusions.add(new Plan.Exclusion(candidate.offering().key(), refusal.get().message()));
		}
		if (candidates.isEmpty()) {
			throw fault.orElseThrow().asException();
		}
		return new Plan(plan.catalog(), plan.model(), candidates, exclusions);
	}

	/** Turns a new request away that would add to too much work. */
	void admit(Plan plan) {
		if (plan.first().request().output().needsWork()) {
			this.transcoder.admit();
		}
	}

}
