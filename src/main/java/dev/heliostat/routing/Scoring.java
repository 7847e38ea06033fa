package dev.heliostat.routing;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import dev.heliostat.attempt.Health;
import dev.heliostat.attempt.OfferingHealth;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Provider;
import dev.heliostat.pricing.Quote;
import dev.heliostat.provider.UpstreamRequest;
import dev.heliostat.routing.RoutingProperties.Strategy;

/**
 * The one objective: (price + value of a second x expected seconds) / probability of
 * success, lowest first; open circuits last.
 */
final class Scoring {

	private final Health health;

	private final RoutingProperties properties;

	Scoring(Health health, RoutingProperties properties) {
		this.health = health;
		this.properties = properties;
	}

	/** Judges an offering that may serve. */
	Candidate judge(Model model, Provider provider, Offering offering, UpstreamRequest request, Optional<Quote> quote,
			Preferences preferences) {
		OfferingHealth measured = this.health.of(offering);
		double seconds = measured.seconds();
		double success = measured.success();
		double usd = quote.map(known -> known.total().micros() / 1e6).orElse(0.0);
		double score = switch (strategy(preferences)) {
			case CHEAPEST -> usd / success;
			case BALANCED -> (usd + this.properties.valueOfSecond().doubleValue() * seconds) / success;
			case FASTEST -> seconds / success;
			case PRIORITY -> 1.0 / offering.weight();
		};
		return new Candidate(model, provider, offering, request, quote, seconds, success, measured.isCircuitOpen(),
				score);
	}

	/**
	 * Closed circuits first, then the order that the request names, then the score, then
	 * the key.
	 */
	void sort(List<Candidate> candidates, Preferences preferences) {
		List<String> order = preferences.order();
		boolean byPrice = switch (strategy(preferences)) {
			case CHEAPEST, BALANCED -> true;
			case FASTEST, PRIORITY -> false;
		};
		candidates.sort(Comparator.comparing(Candidate::circuitOpen)
			.thenComparingInt(candidate -> rank(order, candidate.offering().provider()))
			// Not known is not cheap.
			.thenComparing(candidate -> byPrice && candidate.quote().isEmpty())
			.thenComparingDouble(Candidate::score)
			.thenComparing(candidate -> candidate.offering().key()));
	}

	private static int rank(List<String> order, String provider) {
		int index = order.indexOf(provider);
		return (index < 0) ? Integer.MAX_VALUE : index;
	}

	private Strategy strategy(Preferences preferences) {
		return preferences.sort().orElse(this.properties.strategy());
	}

}
