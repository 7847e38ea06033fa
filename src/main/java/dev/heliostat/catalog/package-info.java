/**
 * Models, providers and offerings: load, validate, watch, snapshot.
 */
@NullMarked
package dev.heliostat.catalog;

import org.jspecify.annotations.NullMarked;
