/**
 * The built-in provider of free, deterministic pictures.
 */
@NullMarked
package dev.heliostat.provider.sandbox;

import org.jspecify.annotations.NullMarked;
