package dev.heliostat.routing;

import java.util.List;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Model;

/**
 * The offerings that a request will try, in order, and those that it will not, each with
 * the reason.
 *
 * @param catalog the snapshot that the request keeps to its end
 * @param model the model that was asked for
 * @param candidates at least one
 * @param exclusions what may not serve, and why
 */
public record Plan(Catalog catalog, Model model, List<Candidate> candidates, List<Exclusion> exclusions) {

	public Plan {
		candidates = List.copyOf(candidates);
		exclusions = List.copyOf(exclusions);
	}

	/** The offering that is tried first. */
	public Candidate first() {
		return this.candidates.getFirst();
	}

	/**
	 * An offering that may not serve.
	 *
	 * @param offering its key
	 * @param reason a sentence
	 */
	public record Exclusion(String offering, String reason) {
	}

}
