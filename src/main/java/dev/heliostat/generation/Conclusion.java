package dev.heliostat.generation;

import java.util.List;
import java.util.Optional;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.ledger.GenerationRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Brings runs to their end: pictures are delivered and booked, or an error says why there
 * are none.
 */
final class Conclusion {

	private static final Logger logger = LoggerFactory.getLogger(Conclusion.class);

	private final Delivery delivery;

	private final Results results;

	private final Ends ends;

	private final Cancelled cancelled;

	private final Allowance allowance;

	Conclusion(Delivery delivery, Results results, Ends ends, Cancelled cancelled, Allowance allowance) {
		this.delivery = delivery;
		this.results = results;
		this.ends = ends;
		this.cancelled = cancelled;
		this.allowance = allowance;
	}

	/** The end of a run whose submissions have all ended. */
	Mono<Generation> of(Run run) {
		return run.images().isEmpty() ? fail(run, verdict(run)) : deliver(run);
	}

	/** Whatever of it was kept: nobody is to begin or wait for what was refused. */
	void unbegun(Run run, Throwable failure) {
		if (failure instanceof GatewayException known && known.error() instanceof GatewayError.StoreUnavailable) {
			run.broke(failure);
			this.ends.later(run.finished(run.broken(), Optional.empty()), List.of());
		}
	}

	private GatewayError verdict(Run run) {
		if (this.cancelled.has(run.id())) {
			return Cancelled.error(run.id());
		}
		if (run.broken().isPresent() && run.isUnbilled()) {
			return run.broken().get();
		}
		return run.attempts().isEmpty() ? run.holding().refused().map(this.allowance::refusal).orElse(Verdict.of(run))
				: Verdict.of(run);
	}

	/** The end of a run that has no pictures. */
	Mono<Generation> fail(Run run, GatewayError error) {
		String result = this.results.seal(Result.of(error, run.form()));
		GenerationRecord record = run.finished(Optional.of(error), Optional.of(result));
		if (run.broken().isPresent()) {
			// The store does not answer, and the client need not wait for that.
			this.ends.later(record, List.of());
			return Mono.error(error.asException());
		}
		return this.ends.settle(record, List.of()).then(Mono.error(error.asException()));
	}

	/**
	 * Converts and stores the pictures and books what they cost together with where they
	 * are.
	 */
	private Mono<Generation> deliver(Run run) {
		return this.delivery.deliver(run.images(), run.form(), run.pictureOwner()).flatMap(delivered -> {
			Generation made = Completion.of(run, delivered);
			GenerationRecord record = run.finished(Optional.empty(),
					Optional.of(this.results.seal(Result.of(made, run.form()))));
			return this.ends.settle(record, delivered.media())
				.then(this.delivery.addressed(made.with(record), run.form(), delivered.media()));
		}).onErrorResume(failure -> !(failure instanceof GatewayException), failure -> {
			logger.error("The pictures of {} could not be delivered", run.id(), failure);
			return fail(run,
					new GatewayError.Internal("The picture was made, but could not be stored. The operator finds "
							+ "the reason in the log under " + run.id() + ".", true));
		});
	}

}
