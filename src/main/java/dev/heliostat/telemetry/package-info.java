/**
 * Names of meters and tags, and observation conventions.
 */
@NullMarked
package dev.heliostat.telemetry;

import org.jspecify.annotations.NullMarked;
