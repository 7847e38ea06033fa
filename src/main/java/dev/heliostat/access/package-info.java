/**
 * Keys, callers and projects.
 */
@NullMarked
package dev.heliostat.access;

import org.jspecify.annotations.NullMarked;
