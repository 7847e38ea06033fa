package dev.heliostat.catalog;

import java.nio.file.Path;
import java.time.Clock;

/**
 * The catalog as the jar ships it, for tests of other packages.
 */
public final class ShippedCatalog {

	private ShippedCatalog() {
	}

	public static Catalog load() {
		return CatalogLoader.strict(new CatalogSources(Path.of("target/no-overlay")), Clock.systemUTC()).load();
	}

}
