/**
 * One guarded try at one offering: what is billed, what may be tried elsewhere.
 */
@NullMarked
package dev.heliostat.attempt;

import org.jspecify.annotations.NullMarked;
