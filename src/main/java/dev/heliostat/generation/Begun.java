package dev.heliostat.generation;

import dev.heliostat.ledger.GenerationRecord;
import reactor.core.publisher.Mono;

/**
 * A generation that goes on by itself, or that of an earlier request which this one
 * repeats.
 *
 * @param record where it stood when the request was admitted
 * @param end its end, to be taken once; whoever cancels it leaves the result to those who
 * ask again
 */
public record Begun(GenerationRecord record, Mono<Generation> end) {
}
