/**
 * The create-then-poll protocol of Replicate.
 */
@NullMarked
package dev.heliostat.provider.replicate;

import org.jspecify.annotations.NullMarked;
