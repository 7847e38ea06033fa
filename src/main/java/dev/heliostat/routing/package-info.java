/**
 * From a model and a request to a plan: eligibility, score, health.
 */
@NullMarked
package dev.heliostat.routing;

import org.jspecify.annotations.NullMarked;
