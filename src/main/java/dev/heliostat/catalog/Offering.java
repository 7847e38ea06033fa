package dev.heliostat.catalog;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.heliostat.image.Capability;

/**
 * One model at one provider.
 *
 * @param key {@code provider/slug}, the id in configuration and metrics
 * @param provider the provider's name
 * @param modelSlug the model's slug
 * @param providerModel the provider's own model id; may hold slashes
 * @param status whether it can be used
 * @param shutdown when the provider ends, or ended, it, where that is known of it alone
 * @param modes how it does each of the things that it can do
 * @param pricing what it costs; empty when unknown, which is never the same as free
 * @param expected what to assume about speed and success until measured
 * @param giveUp how long to follow an accepted job before it is cancelled
 * @param priority its group under the {@code priority} strategy; lower ones are asked
 * first
 * @param weight its share of the requests within that group
 * @param notes remarks for people
 */
public record Offering(String key, String provider, String modelSlug, String providerModel, Model.Status status,
		Optional<LocalDate> shutdown, Map<Capability, Mode> modes, Optional<Pricing> pricing, Expected expected,
		Duration giveUp, int priority, int weight, List<String> notes) {

	/**
	 * The provider's side of {@code metadata.executed_model}: provider and its own id;
	 * split at the first slash.
	 */
	public String executedModel() {
		return this.provider + "/" + this.providerModel;
	}

	/** What it can do. */
	public Set<Capability> capabilities() {
		return this.modes.keySet();
	}

	/** How it does something that it can do. */
	public Mode mode(Capability capability) {
		Mode mode = this.modes.get(capability);
		if (mode == null) {
			throw new IllegalArgumentException(this.key + " does not support " + capability.label());
		}
		return mode;
	}

	/**
	 * What is assumed of an offering before it was measured.
	 *
	 * @param seconds the usual time for one picture
	 * @param success the share of submissions that bring a picture, above 0 and at most 1
	 */
	public record Expected(double seconds, double success) {
	}

}
