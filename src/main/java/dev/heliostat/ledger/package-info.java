/**
 * Durable records of generations and money.
 */
@NullMarked
package dev.heliostat.ledger;

import org.jspecify.annotations.NullMarked;
