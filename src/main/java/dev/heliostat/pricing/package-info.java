/**
 * Price components to quotes and charges.
 */
@NullMarked
package dev.heliostat.pricing;

import org.jspecify.annotations.NullMarked;
