package dev.heliostat.routing;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

import dev.heliostat.routing.RoutingProperties.Strategy;

/**
 * What a request says about where it may run: the body's {@code provider} object and
 * {@code models} list.
 *
 * @param only the only providers that may serve; empty for any
 * @param ignore providers that may not serve
 * @param order providers to try first, in this order
 * @param sort the strategy for this request
 * @param allowFallbacks whether a second offering may be tried
 * @param maxPrice the most that one picture may cost, in dollars
 * @param allowUnknownPrice whether an offering may serve whose price is unknown
 * @param models models to fall back to, in this order
 */
public record Preferences(List<String> only, List<String> ignore, List<String> order, Optional<Strategy> sort,
		boolean allowFallbacks, Optional<BigDecimal> maxPrice, boolean allowUnknownPrice, List<String> models) {

	/** No wishes. */
	public static final Preferences NONE = new Preferences(List.of(), List.of(), List.of(), Optional.empty(), true,
			Optional.empty(), false, List.of());

}
