package dev.heliostat.image;

import java.time.Instant;

import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * A submission that was begun, and of which nobody knows what became: what its job would
 * be known by among those that the provider lists.
 */
public interface LostCall {

	/** When it was begun. */
	Instant sentAt();

	/** Whether a job was created with what the submission sent. */
	boolean sent(JsonNode input);

	/** Whether a job belongs to another submission. */
	Mono<Boolean> isKnown(String jobId);

}
