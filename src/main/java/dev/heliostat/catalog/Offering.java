package dev.heliostat.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.heliostat.image.Capability;
import tools.jackson.databind.JsonNode;

/**
 * One model at one provider.
 *
 * @param key {@code provider/slug}, the id in configuration and metrics
 * @param provider the provider's name
 * @param modelSlug the model's slug
 * @param providerModel the provider's own model id; may hold slashes
 * @param status whether it can be used
 * @param capabilities what it can do
 * @param parameters rules by client parameter name; those of the provider's file are
 * already merged in
 * @param fixed fields that are always sent upstream as they are
 * @param pricing what it costs; empty when unknown, which is never the same as free
 * @param expected what to assume about speed and success until measured
 * @param giveUp how long to follow an accepted job before it is cancelled
 * @param weight its share among equals under the {@code priority} strategy
 * @param notes remarks for people
 */
public record Offering(String key, String provider, String modelSlug, String providerModel, Model.Status status,
		Set<Capability> capabilities, Map<String, ParameterRule> parameters, Map<String, JsonNode> fixed,
		Optional<Pricing> pricing, Expected expected, Duration giveUp, int weight, List<String> notes) {

	/**
	 * The provider's side of {@code metadata.executed_model}: provider and its own id;
	 * split at the first slash.
	 */
	public String executedModel() {
		return this.provider + "/" + this.providerModel;
	}

	/**
	 * The number of pictures that one submission can make: 1 when {@code n} has to be
	 * emulated.
	 */
	public int nativeCount() {
		ParameterRule rule = this.parameters.get("n");
		if (rule == null) {
			return 1;
		}
		return switch (rule.kind()) {
			case PASS, RENAME -> rule.maximum().map(java.math.BigDecimal::intValueExact).orElse(1);
			case CONVERT, EMULATE, REJECT -> 1;
		};
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
