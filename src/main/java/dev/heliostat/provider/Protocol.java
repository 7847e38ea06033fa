package dev.heliostat.provider;

import dev.heliostat.catalog.Offering;
import dev.heliostat.image.ImageProvider;

/**
 * A wire format that many providers may share. Each implementation is a bean; provider
 * files name it.
 */
public interface Protocol {

	/** The name by which provider files choose it. */
	String name();

	/** Makes an offering callable. */
	ImageProvider open(ProviderConnection connection, Offering offering);

}
