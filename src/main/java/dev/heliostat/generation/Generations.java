package dev.heliostat.generation;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.catalog.Provider;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.routing.Plan;
import dev.heliostat.routing.Router;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * The product's one use case: a request becomes pictures. Read {@link #generate} from top
 * to bottom to understand the gateway.
 */
public final class Generations {

	private static final Logger logger = LoggerFactory.getLogger(Generations.class);

	private final Router router;

	private final Pictures pictures;

	private final Ledger ledger;

	private final Delivery delivery;

	private final Running running;

	private final Clock clock;

	Generations(Router router, Pictures pictures, Ledger ledger, Delivery delivery, Running running, Clock clock) {
		this.router = router;
		this.pictures = pictures;
		this.ledger = ledger;
		this.delivery = delivery;
		this.running = running;
		this.clock = clock;
	}

	/** Finds who would serve an order, in which order and at what price; runs nothing. */
	public Plan plan(Order order) {
		return this.router.plan(order.request(), order.preferences(), order.isSandboxed());
	}

	/**
	 * Runs an order to its end, whether or not somebody still listens: a client that
	 * hangs up does not stop a job that may be billed. Releases the pictures that the
	 * order came with. Fails with a {@code GatewayException}.
	 */
	public Mono<Generation> generate(Order order) {
		return Mono.defer(() -> {
			Run run = begin(order);
			return this.running.toItsEnd(run,
					this.pictures.make(run)
						.then(Mono.defer(() -> settle(run)))
						.flatMap(record -> deliver(run, record))
						.doFinally(end -> order.request().release()));
		});
	}

	private Run begin(Order order) {
		try {
			return new Run(order, plan(order), this.clock);
		}
		catch (RuntimeException ex) {
			order.request().release();
			throw ex;
		}
	}

	/** Books what it cost; an order without a picture then ends as an error. */
	private Mono<GenerationRecord> settle(Run run) {
		Optional<GatewayError> error = run.images().isEmpty() ? Optional.of(Verdict.of(run)) : Optional.empty();
		GenerationRecord record = run.finished(error);
		return this.ledger.settle(record).onErrorResume(failure -> {
			logger.error("The end of {} could not be written; its last record stands", run.id(), failure);
			return Mono.empty();
		}).then(error.isPresent() ? Mono.error(error.get().asException()) : Mono.just(record));
	}

	private Mono<Generation> deliver(Run run, GenerationRecord record) {
		List<GeneratedImage> images = run.images();
		return this.delivery.deliver(images, run.order().form().orElse(run.plan().model().answer())).map(delivered -> {
			AttemptRecord first = record.attempts()
				.stream()
				.filter(attempt -> attempt.outcome().filter("served"::equals).isPresent())
				.findFirst()
				.orElseThrow();
			Provider provider = run.plan().catalog().provider(first.provider()).orElseThrow();
			return new Generation(record, run.plan().model(), provider, first.executedModel(), delivered,
					Usage.sum(run.outcomes()), fact(run, "quality"), fact(run, "background"),
					warnings(run, first, images.size()));
		})
			.doOnError(failure -> images.forEach(image -> image.content().release()))
			.onErrorMap(failure -> !(failure instanceof GatewayException), failure -> {
				logger.error("The pictures of {} could not be delivered", run.id(), failure);
				return new GatewayError.Internal(
						"The picture was made, but could not be stored. The operator finds the "
								+ "reason in the log under " + run.id() + ".",
						true)
					.asException();
			});
	}

	/** What the offering that served changed, not the one that was tried first. */
	private static List<String> warnings(Run run, AttemptRecord served, int made) {
		List<String> warnings = new ArrayList<>();
		run.plan()
			.candidates()
			.stream()
			.filter(candidate -> candidate.offering().key().equals(served.offering()))
			.findFirst()
			.ifPresent(candidate -> warnings.addAll(candidate.request().warnings()));
		warnings.addAll(Verdict.missing(run, made));
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
