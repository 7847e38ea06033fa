/**
 * Picture bytes: spool, sniff, fetch, store, sign; the egress guard.
 */
@NullMarked
package dev.heliostat.media;

import org.jspecify.annotations.NullMarked;
