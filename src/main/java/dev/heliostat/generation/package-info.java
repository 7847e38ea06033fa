/**
 * The use case: admit, plan, reserve, attempt, deliver, settle.
 */
@NullMarked
package dev.heliostat.generation;

import org.jspecify.annotations.NullMarked;
