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
 */
public record Kept(GenerationRecord record, Optional<Generation> generation, Optional<GatewayError> error) {
}
