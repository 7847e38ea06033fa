package dev.heliostat.catalog;

import java.time.Instant;
import java.util.List;

/**
 * What became of the latest reading of the catalog.
 *
 * @param loadedAt when the snapshot in force was read
 * @param models how many models it has
 * @param offerings how many offerings it has
 * @param checkedAt when files were last read
 * @param problems what was wrong with them; then the snapshot in force is an earlier one
 * @param stalePrices offerings whose price is older than half a year
 */
public record CatalogStatus(Instant loadedAt, int models, int offerings, Instant checkedAt,
		List<CatalogProblem> problems, List<String> stalePrices) {
}
