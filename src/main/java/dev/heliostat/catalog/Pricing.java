package dev.heliostat.catalog;

import java.math.BigDecimal;
import java.net.URI;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import tools.jackson.databind.JsonNode;

/**
 * What an offering costs, and how that is known.
 *
 * @param components what is added up
 * @param free whether a price of zero is meant
 * @param source who states the price
 * @param sourceUrl where it is stated
 * @param effectiveAt since when, or the day on which the source was read
 * @param notes remarks for people
 */
public record Pricing(List<Component> components, boolean free, String source, Optional<URI> sourceUrl,
		LocalDate effectiveAt, List<String> notes) {

	/**
	 * One thing that is charged for.
	 *
	 * @param type input or output
	 * @param metric what is counted
	 * @param unitPrice dollars for one unit
	 * @param unitSize how much one unit holds, such as 1000000 tokens
	 * @param conditions the parameter or result values under which the component applies;
	 * all must hold
	 * @param measure how a quantity is measured
	 * @param caps the largest quantity to assume in a quote, for metrics that are known
	 * only afterwards
	 */
	public record Component(Type type, Metric metric, BigDecimal unitPrice, BigDecimal unitSize,
			Map<String, JsonNode> conditions, Measure measure, List<Cap> caps) {
	}

	/**
	 * How the quantity of one picture is measured. One megapixel is 1024 x 1024.
	 *
	 * @param whole whether megapixels are rounded up to whole ones
	 * @param from the part of the quantity that comes after so much of it
	 * @param to the part of the quantity up to so much of it
	 * @param atLeast the smallest quantity that is charged
	 * @param atMost the largest quantity that is charged
	 * @param defaultSteps steps above this number scale the quantity
	 * @param perInput units that each picture sent in adds at most, for tokens
	 * @param perPartial units that each unfinished look adds at most, for tokens
	 */
	public record Measure(boolean whole, BigDecimal from, Optional<BigDecimal> to, Optional<BigDecimal> atLeast,
			Optional<BigDecimal> atMost, Optional<BigDecimal> defaultSteps, BigDecimal perInput,
			BigDecimal perPartial) {
	}

	/**
	 * An upper bound of a quantity.
	 *
	 * @param conditions the parameter values under which it holds; none for always
	 * @param quantity the bound, in units of the metric
	 */
	public record Cap(Map<String, JsonNode> conditions, BigDecimal quantity) {
	}

	/** Which side of a request is charged. */
	public enum Type {

		INPUT, OUTPUT

	}

	/** What is counted. */
	public enum Metric {

		IMAGE, MEGAPIXEL, PIXEL, MEGAPIXEL_STEP, STEP, TOKEN, TOKEN_TEXT, TOKEN_IMAGE, COMPUTE_SECOND, REQUEST,
		BILLING_UNIT

	}

}
