/**
 * The OpenAI-compatible HTTP surface: routes, handlers, wire records, error envelope.
 */
@NullMarked
package dev.heliostat.api;

import org.jspecify.annotations.NullMarked;
