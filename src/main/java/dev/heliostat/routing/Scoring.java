package dev.heliostat.routing;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.heliostat.attempt.Health;
import dev.heliostat.attempt.OfferingHealth;
import dev.heliostat.attempt.SizeClass;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Provider;
import dev.heliostat.pricing.Quote;
import dev.heliostat.provider.UpstreamRequest;
import dev.heliostat.routing.RoutingProperties.Strategy;

/**
 * The one objective: (price + value of a second x expected seconds) / probability of
 * success, lowest first; what is not well last.
 */
final class Scoring {

	private final Health health;

	private final Turns turns;

	private final RoutingProperties properties;

	Scoring(Health health, Turns turns, RoutingProperties properties) {
		this.health = health;
		this.turns = turns;
		this.properties = properties;
	}

	/** Judges an offering that may serve. */
	Candidate judge(Model model, Provider provider, Offering offering, UpstreamRequest request, Optional<Quote> quote,
			Preferences preferences) {
		OfferingHealth measured = this.health.of(offering);
		SizeClass size = SizeClass.of(request.size());
		double seconds = measured.seconds(size);
		double success = measured.success(size);
		double usd = quote.map(known -> known.total().micros() / 1e6).orElse(0.0);
		double score = switch (strategy(preferences)) {
			case CHEAPEST -> usd / success;
			case BALANCED -> (usd + this.properties.valueOfSecond().doubleValue() * seconds) / success;
			case FASTEST -> seconds / success;
			case PRIORITY -> offering.priority() + this.turns.place(offering);
		};
		return new Candidate(model, provider, offering, request, quote, size, seconds, success,
				measured.confidence(size), measured.standing(), measured.state().name().toLowerCase(Locale.ROOT),
				score);
	}

	/**
	 * Those that are well first, then the order that the request names, then the score,
	 * then the key.
	 */
	void sort(List<Candidate> candidates, Preferences preferences) {
		if (candidates.size() < 2) {
			return;
		}
		List<String> order = preferences.order();
		boolean byPrice = switch (strategy(preferences)) {
			case CHEAPEST, BALANCED -> true;
			case FASTEST, PRIORITY -> false;
		};
		candidates.sort(Comparator.<Candidate, Boolean>comparing(candidate -> candidate.standing().isLast())
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

	Strategy strategy(Preferences preferences) {
		return preferences.sort().orElse(this.properties.strategy());
	}

}
