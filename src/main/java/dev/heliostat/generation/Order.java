package dev.heliostat.generation;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

import dev.heliostat.access.Caller;
import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.ledger.ClientNotes;
import dev.heliostat.ledger.GenerationRecord.Repeats;
import dev.heliostat.routing.Preferences;

/**
 * One client request as it was understood: who, what, where, and in which form the answer
 * is wanted.
 *
 * @param caller who asks
 * @param requestId the {@code x-request-id} of the answer
 * @param request what is asked for
 * @param preferences where it may run
 * @param form how pictures are wanted; empty for the model's usual form
 * @param sandbox fault knobs for the sandbox
 * @param deadline when the answer must have begun, where the client says it
 * @param repeats how a repetition of this request is known
 * @param webhook where its end is to be told
 * @param endUser the keyed hash of whom it is for, where the client says it
 * @param client what the client says of it for its own accounts
 */
public record Order(Caller caller, String requestId, ImageRequest request, Preferences preferences,
		Optional<AnswerForm> form, Optional<String> sandbox, Optional<Duration> deadline, Repeats repeats,
		Optional<URI> webhook, Optional<String> endUser, ClientNotes client) {

	/** Orders that an older version kept have no notes. */
	public Order {
		client = Objects.requireNonNullElse(client, ClientNotes.NONE);
		endUser = Objects.requireNonNullElse(endUser, Optional.empty());
	}

	/** The same order for another form of its request. */
	Order with(ImageRequest other) {
		return new Order(this.caller, this.requestId, other, this.preferences, this.form, this.sandbox, this.deadline,
				this.repeats, this.webhook, this.endUser, this.client);
	}

	/** The same order with knobs for the sandbox, where that serves it. */
	public Order withSandbox(String knobs) {
		return new Order(this.caller, this.requestId, this.request, this.preferences, this.form, Optional.of(knobs),
				this.deadline, this.repeats, this.webhook, this.endUser, this.client);
	}

	/** Whether the sandbox serves it whatever it names: test keys never spend. */
	public boolean isSandboxed() {
		return this.caller.kind() == Caller.Kind.TEST;
	}

}
