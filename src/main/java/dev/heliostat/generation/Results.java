package dev.heliostat.generation;

import java.util.Optional;

import dev.heliostat.access.SecretKey;
import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.GenerationRecord;
import reactor.core.publisher.Mono;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps results for whoever asks again. They are encrypted, because they may hold prompts
 * as providers rewrote them.
 */
final class Results {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	/**
	 * Knows its reader from the start: looking for it would take a lock on an event loop.
	 */
	private static final ObjectReader READER = JSON.readerFor(Result.class);

	private static final String PURPOSE = "result";

	private final SecretKey secret;

	private final Delivery delivery;

	Results(SecretKey secret, Delivery delivery) {
		this.secret = secret;
		this.delivery = delivery;
	}

	/** The durable text of a result. */
	String seal(Result result) {
		return this.secret.seal(PURPOSE, JSON.writeValueAsBytes(result));
	}

	/** What an ended generation ended with; empty where that cannot be read any more. */
	Optional<Result> open(GenerationRecord ended) {
		return ended.result()
			.flatMap(sealed -> this.secret.unseal(PURPOSE, sealed))
			.map(plain -> READER.<Result>readValue(plain));
	}

	/**
	 * Gives an ended generation again: its pictures, or its error. Fails with
	 * {@code ResultExpired} after the pictures' time.
	 * @param form the form of the pictures; empty for the one that was wanted first
	 */
	Mono<Generation> again(GenerationRecord ended, Optional<AnswerForm> form) {
		return Mono.defer(() -> {
			Result result = open(ended).orElseThrow(() -> new GatewayError.ResultExpired(
					"The generation " + ended.id() + " ended as " + ended.errorCode().orElse("succeeded")
							+ ", and its result was deleted or cannot be read any more.")
				.asException());
			if (result.error().isPresent()) {
				return Mono.error(result.error().get().error().asException());
			}
			return this.delivery.again(result, form.orElse(result.form()), ended)
				.map(images -> new Generation(ended, result.provider(), result.providerLabel(), result.executedModel(),
						images, result.usage(), result.quality(), result.background(), result.warnings()));
		});
	}

}
