package dev.heliostat.provider;

import java.util.Optional;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Offering;
import dev.heliostat.image.Capability;
import dev.heliostat.image.ImageProvider;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every provider as it is configured: credentials, clients and adapters.
 */
public interface Providers {

	/**
	 * Why a provider cannot be called as things are configured; empty when it can.
	 * @return a sentence that says what to set, such as which environment variable
	 */
	Optional<String> unconfigured(Catalog catalog, String provider);

	/**
	 * Whether a provider has everything that it needs, and is not switched off by
	 * configuration; whatever its switch says.
	 */
	boolean isConfigured(Catalog catalog, String provider);

	/** How many credentials a provider has. */
	int credentials(Catalog catalog, String provider);

	/** What would be sent to an offering for a body that the parameter rules made. */
	Preview preview(Catalog catalog, Offering offering, Capability capability, ObjectNode body);

	/** The offering, ready to be called. */
	ImageProvider of(Catalog catalog, Offering offering);

}
