package dev.heliostat.pricing;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

import dev.heliostat.catalog.Pricing.Cap;
import dev.heliostat.catalog.Pricing.Component;
import dev.heliostat.catalog.Pricing.Metric;
import dev.heliostat.catalog.Pricing.Type;
import dev.heliostat.image.GeneratedImage;
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

	private Quantities() {
	}

	static boolean isTokens(Metric metric) {
		return metric == Metric.TOKEN || metric == Metric.TOKEN_TEXT || metric == Metric.TOKEN_IMAGE;
	}

	static boolean isCached(Component component) {
		JsonNode cached = component.conditions().get("cached");
		return cached != null && cached.asBoolean(false);
	}

	/** An upper bound; empty when there is none. */
	static Optional<BigDecimal> expected(Component component, Work work) {
		BigDecimal pictures = BigDecimal.valueOf(work.pictures());
		Optional<BigDecimal> cap = cap(component, work).map(pictures::multiply);
		boolean input = component.type() == Type.INPUT;
		return switch (component.metric()) {
			case REQUEST -> Optional.of(BigDecimal.ONE);
			case IMAGE -> Optional.of(input ? BigDecimal.ZERO : pictures);
			case MEGAPIXEL ->
				input ? Optional.of(BigDecimal.ZERO) : megapixels(work).map(pictures::multiply).or(() -> cap);
			case PIXEL -> input ? Optional.of(BigDecimal.ZERO) : pixels(work).map(pictures::multiply).or(() -> cap);
			case STEP -> number(work, "steps").map(pictures::multiply).or(() -> cap);
			case MEGAPIXEL_STEP ->
				number(work, "steps").flatMap(steps -> megapixels(work).map(steps::multiply).map(pictures::multiply))
					.or(() -> cap);
			case TOKEN, TOKEN_TEXT -> input ? Optional.of(cap.orElse(BigDecimal.valueOf(work.promptBytes()))) : cap;
			case TOKEN_IMAGE -> input ? Optional.of(cap.orElse(BigDecimal.ZERO)) : cap;
			case COMPUTE_SECOND, BILLING_UNIT -> cap;
		};
	}

	/** What was really used; empty when the result does not say. */
	static Optional<BigDecimal> actual(Component component, Work work, ProviderResult result) {
		boolean input = component.type() == Type.INPUT;
		return switch (component.metric()) {
			case REQUEST -> Optional.of(BigDecimal.ONE);
			case IMAGE -> Optional.of(input ? BigDecimal.ZERO : BigDecimal.valueOf(result.images().size()));
			case MEGAPIXEL -> Optional.of(input ? BigDecimal.ZERO : area(result).divide(MEGAPIXEL));
			case PIXEL -> Optional.of(input ? BigDecimal.ZERO : area(result));
			case STEP -> number(work, "steps").map(steps -> steps.multiply(BigDecimal.valueOf(result.images().size())));
			case MEGAPIXEL_STEP -> number(work, "steps").map(steps -> steps.multiply(area(result).divide(MEGAPIXEL)));
			case COMPUTE_SECOND -> Optional.ofNullable(result.facts().get("predict_time")).map(JsonNode::decimalValue);
			case BILLING_UNIT -> Optional.ofNullable(result.facts().get("billing_units")).map(JsonNode::decimalValue);
			case TOKEN, TOKEN_TEXT, TOKEN_IMAGE -> Optional.empty();
		};
	}

	/**
	 * Megapixels are billed as whole ones for each picture, at least one; everything else
	 * as it is.
	 */
	static BigDecimal billable(Metric metric, BigDecimal quantity, int pictures) {
		if (metric != Metric.MEGAPIXEL || pictures == 0 || quantity.signum() == 0) {
			return quantity;
		}
		BigDecimal count = BigDecimal.valueOf(pictures);
		return quantity.divide(count, 10, RoundingMode.HALF_UP).setScale(0, RoundingMode.CEILING).multiply(count);
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

	private static Optional<BigDecimal> megapixels(Work work) {
		return pixels(work).map(pixels -> pixels.divide(MEGAPIXEL));
	}

	private static Optional<BigDecimal> pixels(Work work) {
		return work.size().map(ImageSize::pixels).map(BigDecimal::valueOf);
	}

	private static Optional<BigDecimal> number(Work work, String field) {
		return Optional.ofNullable(work.pricedBy().get(field)).filter(JsonNode::isNumber).map(JsonNode::decimalValue);
	}

	private static BigDecimal area(ProviderResult result) {
		long pixels = 0;
		for (GeneratedImage image : result.images()) {
			pixels += image.size().pixels();
		}
		return BigDecimal.valueOf(pixels);
	}

}
