/**
 * Providers: registry, credentials, HTTP clients and parameter rules; one package below
 * for each protocol.
 */
@NullMarked
package dev.heliostat.provider;

import org.jspecify.annotations.NullMarked;
