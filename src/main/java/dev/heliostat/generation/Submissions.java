package dev.heliostat.generation;

import java.util.Optional;

import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.attempt.Attempts;
import dev.heliostat.image.Billed;
import dev.heliostat.image.Money;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.pricing.Pricer;
import dev.heliostat.pricing.Quote;
import dev.heliostat.pricing.Work;
import dev.heliostat.provider.ParameterRules;
import dev.heliostat.provider.Providers;
import dev.heliostat.provider.SandboxOffering;
import dev.heliostat.provider.UpstreamRequest;
import dev.heliostat.routing.Candidate;
import dev.heliostat.routing.Router;
import dev.heliostat.telemetry.GatewayMeters;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes one submission of a generation: writes it down before it is sent, and what came
 * of it afterwards.
 */
final class Submissions {

	private final Providers providers;

	private final ParameterRules rules;

	private final Pricer pricer;

	private final Attempts attempts;

	private final Ledger ledger;

	private final GatewayMeters meters;

	Submissions(Providers providers, ParameterRules rules, Pricer pricer, Attempts attempts, Ledger ledger,
			GatewayMeters meters) {
		this.providers = providers;
		this.rules = rules;
		this.pricer = pricer;
		this.attempts = attempts;
		this.ledger = ledger;
		this.meters = meters;
	}

	/**
	 * Submits for some pictures at one offering. Fails only when the submission could not
	 * be written down first.
	 */
	Mono<AttemptOutcome> submit(Run run, Candidate candidate, int picture, int pictures) {
		return Mono.defer(() -> {
			Order order = run.order();
			UpstreamRequest request = this.rules.translate(order.request(), candidate.offering(), pictures, picture);
			Work work = Router.work(order.request(), request, pictures);
			Money quote = this.pricer.quote(candidate.offering(), work).map(Quote::total).orElse(Money.ZERO);
			int attempt = run.begin(candidate, picture, pictures, quote);
			ProviderCall call = new ProviderCall(run.id() + "-" + attempt, order.request().capability(), request.body(),
					order.request().images(), order.request().mask(), pictures,
					jobId -> writeDown(run, () -> run.accepted(attempt, jobId)), Optional.empty(), order.sandbox());
			this.meters.reserved(quote.micros());
			return writeDown(run, () -> {
			}).then(Mono.defer(() -> this.attempts.attempt(candidate.offering(),
					this.providers.of(run.plan().catalog(), candidate.offering()), call)))
				.doOnNext(outcome -> settle(run, attempt, candidate, work, quote, outcome))
				.doFinally(signal -> this.meters.reserved(-quote.micros()));
		});
	}

	/**
	 * Changes the run and queues its record in one step, so that records are written in
	 * the order of the changes.
	 */
	private Mono<Void> writeDown(Run run, Runnable change) {
		return Mono.defer(() -> {
			synchronized (run) {
				change.run();
				return Mono.fromFuture(this.ledger.save(run.running()).toFuture(), true);
			}
		});
	}

	private void settle(Run run, int attempt, Candidate candidate, Work work, Money quote, AttemptOutcome outcome) {
		String provider = candidate.offering().provider();
		String model = candidate.offering().modelSlug();
		Billed billed;
		Money charge;
		switch (outcome) {
			case AttemptOutcome.Served served -> {
				boolean free = provider.equals(SandboxOffering.PROVIDER);
				billed = free ? Billed.NO : Billed.YES;
				charge = free ? Money.ZERO : this.pricer.charge(candidate.offering(), work, served.result(), quote);
				this.meters.providerWait(provider, served.result().waited());
				served.result().usage().ifPresent(usage -> tokens(provider, model, usage));
			}
			case AttemptOutcome.Refused refused -> {
				billed = refused.failure().billed();
				charge = atQuote(billed, quote);
			}
			case AttemptOutcome.Failed failed -> {
				billed = failed.failure().billed();
				charge = atQuote(billed, quote);
			}
		}
		run.ended(attempt, outcome, billed, charge);
		this.meters.attempt(provider, model, outcome.key(), billed.key(), outcome.duration());
		if (charge.micros() > 0) {
			this.meters.cost(provider, model, (billed == Billed.YES) ? "settled" : "maybe", charge.usd().doubleValue());
		}
	}

	/** What is or may be billed without a result is booked at the upper bound. */
	private static Money atQuote(Billed billed, Money quote) {
		return switch (billed) {
			case NO -> Money.ZERO;
			case YES, MAYBE -> quote;
		};
	}

	private void tokens(String provider, String model, ObjectNode usage) {
		this.meters.tokens(provider, model, "input", usage.path("input_tokens").asLong(0));
		this.meters.tokens(provider, model, "output", usage.path("output_tokens").asLong(0));
	}

	static Optional<ProviderFailure> failure(AttemptOutcome outcome) {
		return switch (outcome) {
			case AttemptOutcome.Served _ -> Optional.empty();
			case AttemptOutcome.Refused refused -> Optional.of(refused.failure());
			case AttemptOutcome.Failed failed -> Optional.of(failed.failure());
		};
	}

}
