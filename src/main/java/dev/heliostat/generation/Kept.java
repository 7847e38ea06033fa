package dev.heliostat.generation;

import java.util.Optional;

import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.GenerationRecord;

/**
 * A generation as its owner can look it up.
 *
 * @param record where it stands
 * @param generation what it made, when it made something that is still kept
 * @param error why there is nothing, when it has ended without or its pictures are gone
 * @param prompt its prompt, where its project has it kept and this is asked for alone
 */
public record Kept(GenerationRecord record, Optional<Generation> generation, Optional<GatewayError> error,
		Optional<String> prompt) {

	/** One without its prompt. */
	public Kept(GenerationRecord record, Optional<Generation> generation, Optional<GatewayError> error) {
		this(record, generation, error, Optional.empty());
	}

	/** The same with its prompt. */
	Kept with(Optional<String> found) {
		return new Kept(this.record, this.generation, this.error, found);
	}

	/** Shows no prompt. */
	@Override
	public String toString() {
		return "Kept[" + this.record.id() + "]";
	}

}
