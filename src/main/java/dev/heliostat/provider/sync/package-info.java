/**
 * The synchronous protocol: one request, and its answer brings the pictures.
 */
@NullMarked
package dev.heliostat.provider.sync;

import org.jspecify.annotations.NullMarked;
