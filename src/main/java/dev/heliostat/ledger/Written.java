package dev.heliostat.ledger;

/**
 * What became of a write that is durable.
 *
 * @param effective whether it changed something
 * @param reservation what it took out of budgets
 */
record Written(boolean effective, Reservation reservation) {
}
