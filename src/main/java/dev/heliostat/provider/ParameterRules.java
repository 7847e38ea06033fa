package dev.heliostat.provider;

import dev.heliostat.catalog.Offering;
import dev.heliostat.image.ImageRequest;

/**
 * Translates a request into an offering's terms, by the offering's rules alone.
 */
public interface ParameterRules {

	/**
	 * Makes the upstream body. Fails with {@code GatewayException} (invalid value,
	 * unknown or rejected parameter) when the offering cannot take the request.
	 * @param count how many pictures the submission is for; at most what the offering
	 * makes at once
	 * @param index the index of the first picture that it is for: a given seed is counted
	 * on, so that pictures differ
	 */
	UpstreamRequest translate(ImageRequest request, Offering offering, int count, int index);

}
