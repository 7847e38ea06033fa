package dev.heliostat.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;

import dev.heliostat.attempt.Health;
import dev.heliostat.attempt.Standing;
import dev.heliostat.catalog.Offering;
import dev.heliostat.routing.RoutingProperties.Strategy;

/**
 * What happens to a plan when a request really runs by it: it takes its turn, takes the
 * one probe of an offering that may be well again, and is now and then sent where little
 * has been measured.
 */
final class Departure {

	/** Learning may cost this much more than the best offering, and no more. */
	private static final double DEAREST = 1.5;

	private final Scoring scoring;

	private final Turns turns;

	private final Health health;

	private final double share;

	private final DoubleSupplier dice;

	/**
	 * Makes a departure.
	 * @param share how many of the requests explore, from 0 to 1
	 * @param dice even numbers from 0 to 1
	 */
	Departure(Scoring scoring, Turns turns, Health health, double share, DoubleSupplier dice) {
		this.scoring = scoring;
		this.turns = turns;
		this.health = health;
		this.share = share;
		this.dice = dice;
	}

	Plan of(Plan plan, Preferences preferences) {
		List<Candidate> candidates = new ArrayList<>(plan.candidates());
		if (exploration(plan, preferences) > 0 && this.dice.getAsDouble() < this.share) {
			explored(plan).ifPresent(candidate -> {
				candidates.remove(candidate);
				candidates.addFirst(candidate);
			});
		}
		probe(candidates);
		if (this.scoring.strategy(preferences) == Strategy.PRIORITY) {
			takeTurn(candidates);
		}
		return new Plan(plan.catalog(), plan.model(), candidates, plan.exclusions());
	}

	/** The chance that a request is sent elsewhere than to the first of its plan. */
	double exploration(Plan plan, Preferences preferences) {
		boolean free = preferences.order().isEmpty() && preferences.allowFallbacks()
				&& this.scoring.strategy(preferences) != Strategy.PRIORITY;
		return (free && explored(plan).isPresent()) ? this.share : 0;
	}

	/** Whom least is known of, among those that are well and hardly dearer. */
	private static Optional<Candidate> explored(Plan plan) {
		if (plan.candidates().size() < 2) {
			return Optional.empty();
		}
		Candidate first = plan.first();
		return plan.candidates()
			.stream()
			.skip(1)
			.filter(candidate -> candidate.standing() == Standing.READY && candidate.model().equals(first.model())
					&& candidate.quote().isPresent()
					&& candidate.quoted().micros() <= first.quoted().micros() * DEAREST)
			.min((one, other) -> Double.compare(one.confidence(), other.confidence()));
	}

	/** Only one request probes; to the others the offering is as ill as before. */
	private void probe(List<Candidate> candidates) {
		for (int i = candidates.size(); i > 0 && candidates.getFirst().standing() == Standing.PROBE; i--) {
			if (this.health.of(candidates.getFirst().offering()).claimProbe()) {
				return;
			}
			candidates.addLast(candidates.removeFirst());
		}
	}

	private void takeTurn(List<Candidate> candidates) {
		Candidate first = candidates.getFirst();
		List<Offering> equals = candidates.stream()
			.filter(candidate -> candidate.model().equals(first.model()) && !candidate.standing().isLast())
			.map(Candidate::offering)
			.filter(offering -> offering.priority() == first.offering().priority())
			.toList();
		if (equals.contains(first.offering())) {
			this.turns.take(first.offering(), equals);
		}
	}

}
