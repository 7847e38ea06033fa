package dev.heliostat.routing;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How an offering is chosen.
 *
 * @param strategy what counts: the lowest price, the shortest time, a balance of both, or
 * a fixed order
 * @param valueOfSecond what one second of waiting is worth, in dollars, for the balanced
 * strategy
 * @param explore the share of requests, from 0 to 1, that are sent to an offering of
 * which little has been measured, if it costs at most half as much again as the best one
 * @param allowUnknownPrice whether offerings may serve whose price is unknown
 * @param retry what may be tried elsewhere: only what is certainly unbilled, or also what
 * may have been billed, so that a picture may be paid for twice
 * @param patience how long a job may wait at its provider before another offering is
 * asked instead; only where a waiting job can be cancelled without being billed. Empty
 * for as long as it takes
 */
@Validated
@ConfigurationProperties(prefix = "heliostat.routing", ignoreUnknownFields = false)
public record RoutingProperties(@DefaultValue("balanced") Strategy strategy,
		@DefaultValue("0.001") @DecimalMin("0") BigDecimal valueOfSecond,
		@DefaultValue("0.01") @DecimalMin("0") @DecimalMax("1") double explore,
		@DefaultValue("false") boolean allowUnknownPrice, @DefaultValue("safe") Retry retry,
		Optional<Duration> patience) {

	/** What may be tried elsewhere. */
	public enum Retry {

		/** What is certainly unbilled. */
		SAFE,
		/**
		 * Also what may have been billed: it is then booked as such, beside what served.
		 */
		EAGER

	}

	/** What counts when an offering is chosen. */
	public enum Strategy {

		/** A second is worth nothing. */
		CHEAPEST,
		/** Price and time, weighed by the value of a second. */
		BALANCED,
		/** Only time counts. */
		FASTEST,
		/** The order of the request, then the catalog's priorities and weights. */
		PRIORITY

	}

}
