package dev.heliostat.pricing;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import dev.heliostat.catalog.Pricing;
import dev.heliostat.catalog.Pricing.Cap;
import dev.heliostat.catalog.Pricing.Component;
import dev.heliostat.catalog.Pricing.Metric;
import dev.heliostat.catalog.Pricing.Type;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ProviderResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How much of each metric a submission uses: expected at most before it, and really after
 * it.
 */
final class Quantities {

	/** One megapixel as the providers that price by it count: 1024 x 1024. */
	private static final BigDecimal MEGAPIXEL = BigDecimal.valueOf(1024 * 1024);

	private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

	private Quantities() {
	}

	static boolean isTokens(Metric metric) {
		return metric == Metric.TOKEN || metric == Metric.TOKEN_TEXT || metric == Metric.TOKEN_IMAGE;
	}

	static boolean isCached(Component component) {
		JsonNode cached = component.conditions().get("cached");
		return cached != null && cached.asBoolean(false);
	}

	/**
	 * How much of a metric is used.
	 *
	 * @param used as it is
	 * @param billable after the provider's rounding and bounds
	 */
	record Amount(BigDecimal used, BigDecimal billable) {

		static Amount of(BigDecimal quantity) {
			return new Amount(quantity, quantity);
		}

	}

	/** An upper bound; empty when there is none. */
	static Optional<Amount> expected(Component component, Work work) {
		BigDecimal pictures = BigDecimal.valueOf(work.pictures());
		BigDecimal submissions = BigDecimal.valueOf(work.submissions());
		BigDecimal sent = submissions.multiply(BigDecimal.valueOf(work.inputs().size()));
		boolean input = component.type() == Type.INPUT;
		BigDecimal looks = number(work, "partial_images").orElse(BigDecimal.ZERO)
			.multiply(component.measure().perPartial());
		Optional<BigDecimal> cap = cap(component, work).map(looks::add).map(pictures::multiply);
		BigDecimal sentTokens = component.measure().perInput().multiply(sent);
		Optional<Amount> exact = switch (component.metric()) {
			case REQUEST -> Optional.of(Amount.of(submissions));
			case IMAGE -> Optional.of(Amount.of(input ? sent : pictures));
			case MEGAPIXEL, PIXEL, MEGAPIXEL_STEP -> areas(component, work, expectedSizes(work));
			case STEP -> number(work, "steps").map(pictures::multiply).map(Amount::of);
			case TOKEN, TOKEN_TEXT -> (input && cap.isEmpty())
					? Optional
						.of(Amount.of(BigDecimal.valueOf(work.promptBytes()).multiply(submissions).add(sentTokens)))
					: Optional.empty();
			case TOKEN_IMAGE ->
				(input && cap.isEmpty()) ? sentImageTokens(component, sent, sentTokens) : Optional.empty();
			case COMPUTE_SECOND, BILLING_UNIT -> Optional.empty();
		};
		return exact.or(() -> cap.map(Amount::of));
	}

	/** Without a bound for a picture that is sent, there is none for several either. */
	private static Optional<Amount> sentImageTokens(Component component, BigDecimal sent, BigDecimal tokens) {
		boolean bounded = sent.signum() == 0 || component.measure().perInput().signum() > 0;
		return bounded ? Optional.of(Amount.of(tokens)) : Optional.empty();
	}

	/** What was really used; empty when the result does not say. */
	static Optional<Amount> actual(Component component, Work work, ProviderResult result) {
		boolean input = component.type() == Type.INPUT;
		BigDecimal made = BigDecimal.valueOf(result.images().size());
		return switch (component.metric()) {
			case REQUEST -> Optional.of(Amount.of(BigDecimal.ONE));
			case IMAGE -> Optional.of(Amount.of(input ? BigDecimal.valueOf(work.inputs().size()) : made));
			case MEGAPIXEL, PIXEL, MEGAPIXEL_STEP ->
				areas(component, work, result.sizes().orElseGet(() -> expectedSizes(work)));
			case STEP -> number(work, "steps").map(made::multiply).map(Amount::of);
			case COMPUTE_SECOND -> fact(result, "predict_time");
			case BILLING_UNIT -> fact(result, "billing_units");
			case TOKEN, TOKEN_TEXT, TOKEN_IMAGE -> Optional.empty();
		};
	}

	private static Optional<Amount> fact(ProviderResult result, String name) {
		return Optional.ofNullable(result.facts().get(name)).map(JsonNode::decimalValue).map(Amount::of);
	}

	private static List<ImageSize> expectedSizes(Work work) {
		return work.size().map(size -> Collections.nCopies(work.pictures(), size)).orElse(List.of());
	}

	/** Adds up the areas of the pictures made, or of those sent. */
	private static Optional<Amount> areas(Component component, Work work, List<ImageSize> made) {
		boolean input = component.type() == Type.INPUT;
		List<ImageSize> sizes = input ? work.inputs() : made;
		if (sizes.isEmpty() && !input) {
			return Optional.empty();
		}
		Optional<BigDecimal> steps = number(work, "steps");
		if (component.metric() == Metric.MEGAPIXEL_STEP && steps.isEmpty()) {
			return Optional.empty();
		}
		BigDecimal factor = switch (component.metric()) {
			case MEGAPIXEL_STEP -> steps.orElseThrow();
			case MEGAPIXEL -> component.measure()
				.defaultSteps()
				.flatMap(usual -> steps.map(count -> count.divide(usual, MathContext.DECIMAL128).max(BigDecimal.ONE)))
				.orElse(BigDecimal.ONE);
			default -> BigDecimal.ONE;
		};
		BigDecimal used = BigDecimal.ZERO;
		BigDecimal billable = BigDecimal.ZERO;
		for (ImageSize size : sizes) {
			BigDecimal pixels = BigDecimal.valueOf(size.pixels());
			BigDecimal quantity = (component.metric() == Metric.PIXEL) ? pixels : pixels.divide(MEGAPIXEL);
			used = used.add(quantity.multiply(factor));
			billable = billable.add(billable(component, quantity).multiply(factor));
		}
		BigDecimal times = input ? BigDecimal.valueOf(work.submissions()) : BigDecimal.ONE;
		return Optional.of(new Amount(used.multiply(times), billable.multiply(times)));
	}

	/** The part of one picture's quantity that a component charges. */
	private static BigDecimal billable(Component component, BigDecimal quantity) {
		Pricing.Measure measure = component.measure();
		boolean whole = component.metric() == Metric.MEGAPIXEL && measure.whole();
		BigDecimal rounded = whole ? quantity.setScale(0, RoundingMode.CEILING) : quantity;
		BigDecimal bounded = rounded.max(measure.atLeast().orElse(rounded)).min(measure.atMost().orElse(MOST));
		return bounded.min(measure.to().orElse(bounded)).subtract(measure.from()).max(BigDecimal.ZERO);
	}

	/**
	 * The tokens of one component in OpenAI's usage object; cached ones count apart where
	 * they have a price.
	 */
	static long tokens(Component component, ObjectNode usage, boolean cachedPriced) {
		boolean input = component.type() == Type.INPUT;
		String side = input ? "input" : "output";
		JsonNode details = usage.path(side + "_tokens_details");
		JsonNode cached = details.path("cached_tokens_details");
		long total = usage.path(side + "_tokens").asLong(0);
		long text = details.path("text_tokens").asLong(input ? total : 0);
		long image = details.path("image_tokens").asLong(input ? 0 : total);
		long cachedImage = cached.path("image_tokens").asLong(0);
		long cachedText = cached.path("text_tokens").asLong(details.path("cached_tokens").asLong(0) - cachedImage);
		return switch (component.metric()) {
			case TOKEN_TEXT -> share(text, cachedText, component, cachedPriced);
			case TOKEN_IMAGE -> share(image, cachedImage, component, cachedPriced);
			case TOKEN -> share(total, cachedText + cachedImage, component, cachedPriced);
			case IMAGE, MEGAPIXEL, PIXEL, MEGAPIXEL_STEP, STEP, COMPUTE_SECOND, REQUEST, BILLING_UNIT -> 0;
		};
	}

	private static long share(long all, long cached, Component component, boolean cachedPriced) {
		long known = Math.clamp(cached, 0, all);
		if (isCached(component)) {
			return known;
		}
		return cachedPriced ? all - known : all;
	}

	private static Optional<BigDecimal> cap(Component component, Work work) {
		for (Cap cap : component.caps()) {
			if (Conditions.judge(cap.conditions(), work.pricedBy()) == Conditions.Verdict.HOLD) {
				return Optional.of(cap.quantity());
			}
		}
		return Optional.empty();
	}

	private static Optional<BigDecimal> number(Work work, String field) {
		return Optional.ofNullable(work.pricedBy().get(field)).filter(JsonNode::isNumber).map(JsonNode::decimalValue);
	}

}
