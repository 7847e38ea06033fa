package dev.heliostat.generation;

import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.catalog.Offering;
import dev.heliostat.image.Billed;
import dev.heliostat.image.Money;
import dev.heliostat.pricing.Pricer;
import dev.heliostat.pricing.Work;
import dev.heliostat.provider.SandboxOffering;
import dev.heliostat.telemetry.GatewayMeters;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says what an ended submission costs, and counts it.
 */
final class Booking {

	private final Pricer pricer;

	private final GatewayMeters meters;

	Booking(Pricer pricer, GatewayMeters meters) {
		this.pricer = pricer;
		this.meters = meters;
	}

	/**
	 * What a submission costs.
	 *
	 * @param billed whether it is charged for
	 * @param charge what it costs, or may cost
	 */
	record Booked(Billed billed, Money charge) {
	}

	Booked book(Offering offering, Work work, Money quote, AttemptOutcome outcome) {
		String provider = offering.provider();
		Booked booked = switch (outcome) {
			case AttemptOutcome.Served served -> {
				this.meters.providerWait(provider, served.result().waited());
				served.result().usage().ifPresent(usage -> tokens(provider, offering.modelSlug(), usage));
				yield provider.equals(SandboxOffering.PROVIDER) ? new Booked(Billed.NO, Money.ZERO)
						: new Booked(Billed.YES, this.pricer.charge(offering, work, served.result(), quote));
			}
			case AttemptOutcome.Refused refused -> atQuote(refused.failure().billed(), quote);
			case AttemptOutcome.Failed failed -> atQuote(failed.failure().billed(), quote);
		};
		this.meters.attempt(provider, offering.modelSlug(), outcome.key(), booked.billed().key(), outcome.duration());
		if (booked.charge().micros() > 0) {
			this.meters.cost(provider, offering.modelSlug(), (booked.billed() == Billed.YES) ? "settled" : "maybe",
					booked.charge().usd().doubleValue());
		}
		return booked;
	}

	/** What is or may be billed without a result is booked at the upper bound. */
	private static Booked atQuote(Billed billed, Money quote) {
		return new Booked(billed, switch (billed) {
			case NO -> Money.ZERO;
			case YES, MAYBE -> quote;
		});
	}

	private void tokens(String provider, String model, ObjectNode usage) {
		this.meters.tokens(provider, model, "input", usage.path("input_tokens").asLong(0));
		this.meters.tokens(provider, model, "output", usage.path("output_tokens").asLong(0));
	}

}
