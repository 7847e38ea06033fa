package dev.heliostat.catalog;

/**
 * Gives the snapshot in force. A request takes it once and keeps it to its end.
 */
@FunctionalInterface
public interface Catalogs {

	Catalog current();

}
