package dev.heliostat.routing;

import java.util.Optional;

import dev.heliostat.attempt.SizeClass;
import dev.heliostat.attempt.Standing;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Provider;
import dev.heliostat.image.Money;
import dev.heliostat.pricing.Quote;
import dev.heliostat.provider.UpstreamRequest;

/**
 * An offering that may serve a request, with what its place in the plan was judged by.
 *
 * @param model the model that it serves
 * @param provider its provider
 * @param offering the offering
 * @param request the request in the offering's terms, for as many pictures as one
 * submission makes
 * @param quote the price of the whole request at this offering; empty when it is unknown
 * and that is allowed
 * @param size what its speed and success were looked up for
 * @param expectedSeconds the usual time for a submission
 * @param success the share of submissions that bring a picture
 * @param confidence how many measurements these two rest on, older ones counting less
 * @param standing whether it is tried in its turn, or only after all others
 * @param circuit its circuit: {@code closed}, {@code open} or {@code half_open}
 * @param score what the order goes by; lower is better
 */
public record Candidate(Model model, Provider provider, Offering offering, UpstreamRequest request,
		Optional<Quote> quote, SizeClass size, double expectedSeconds, double success, double confidence,
		Standing standing, String circuit, double score) {

	/** The quote's total; zero where the price is unknown. */
	public Money quoted() {
		return this.quote.map(Quote::total).orElse(Money.ZERO);
	}

}
