package dev.heliostat.provider;

import dev.heliostat.catalog.Offering;
import dev.heliostat.image.ImageRequest;

/**
 * The parameter rules as the catalog states them.
 */
final class CatalogParameterRules implements ParameterRules {

	@Override
	public UpstreamRequest translate(ImageRequest request, Offering offering, int count, int index) {
		return new Translation(request, offering, count, index).run();
	}

}
