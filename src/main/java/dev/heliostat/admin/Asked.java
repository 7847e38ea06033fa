package dev.heliostat.admin;

import java.util.Optional;

import dev.heliostat.access.Actor;
import dev.heliostat.access.Caller;
import dev.heliostat.access.Repetition;
import dev.heliostat.access.Version;

/**
 * Who asks for a change, by the API or on the operator's desk, and under which
 * conditions.
 *
 * @param caller whose key it is
 * @param actor the same as the audit log names it
 * @param version which version is meant
 * @param repetition what a repeated creation is known by
 */
public record Asked(Caller caller, Actor actor, Version version, Optional<Repetition> repetition) {
}
