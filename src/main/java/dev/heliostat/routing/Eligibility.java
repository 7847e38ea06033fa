package dev.heliostat.routing;

import java.util.Locale;
import java.util.Optional;

import dev.heliostat.access.Caller;
import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Offering;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.provider.Providers;
import dev.heliostat.provider.SandboxOffering;

/**
 * Says why an offering may not serve a request, before anything about the request's
 * parameters is looked at.
 */
final class Eligibility {

	private final Providers providers;

	private final RoutingProperties properties;

	Eligibility(Providers providers, RoutingProperties properties) {
		this.providers = providers;
		this.properties = properties;
	}

	/** The reason for exclusion as a sentence; empty when the offering may serve. */
	Optional<String> exclusion(Catalog catalog, Offering offering, ImageRequest request, Preferences preferences,
			Caller caller) {
		String provider = offering.provider();
		if (!offering.status().inService()) {
			return Optional.of("The offering is " + offering.status().name().toLowerCase(Locale.ROOT) + ".");
		}
		if (!offering.capabilities().contains(request.capability())) {
			return Optional.of("The offering does not support " + request.capability().phrase() + ".");
		}
		if (!provider.equals(SandboxOffering.PROVIDER) && !caller.mayUseProvider(provider)) {
			return Optional.of("This key may not use the provider.");
		}
		if (!preferences.only().isEmpty() && !preferences.only().contains(provider)) {
			return Optional.of("provider.only does not name it.");
		}
		if (preferences.ignore().contains(provider)) {
			return Optional.of("provider.ignore names it.");
		}
		Optional<String> unconfigured = this.providers.unconfigured(catalog, provider);
		if (unconfigured.isPresent()) {
			return unconfigured;
		}
		if (offering.pricing().isEmpty() && !this.properties.allowUnknownPrice() && !preferences.allowUnknownPrice()) {
			return Optional.of("Its price is unknown. Set heliostat.routing.allow-unknown-price=true, or send "
					+ "provider.allow_unknown_price, or add a price to the catalog.");
		}
		return Optional.empty();
	}

}
