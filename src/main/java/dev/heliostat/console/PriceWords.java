package dev.heliostat.console;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.heliostat.catalog.Pricing;
import dev.heliostat.catalog.Pricing.Component;
import dev.heliostat.catalog.Pricing.Measure;
import dev.heliostat.image.Money;
import tools.jackson.databind.JsonNode;

/**
 * Prices as people say them.
 */
final class PriceWords {

	private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

	private PriceWords() {
	}

	/** An amount such as {@code $0.04}; small ones keep their digits. */
	static String dollars(Money money) {
		return dollars(money.usd());
	}

	static String dollars(BigDecimal usd) {
		BigDecimal plain = usd.stripTrailingZeros();
		return "$" + ((plain.scale() < 2) ? plain.setScale(2, RoundingMode.UNNECESSARY) : plain).toPlainString();
	}

	/** Such as {@code $5.00 per 1M text tokens in}. */
	static String unit(Component component) {
		BigDecimal size = component.unitSize();
		String noun = noun(component.metric());
		String side = switch (component.metric()) {
			case TOKEN, TOKEN_TEXT, TOKEN_IMAGE ->
				(component.type() == Pricing.Type.INPUT) ? " sent in" : " that come out";
			case IMAGE, MEGAPIXEL, PIXEL, MEGAPIXEL_STEP, STEP ->
				(component.type() == Pricing.Type.INPUT) ? " sent in" : "";
			case COMPUTE_SECOND, REQUEST, BILLING_UNIT -> "";
		};
		String many = (size.compareTo(BigDecimal.ONE) == 0) ? noun : count(size) + " " + noun + "s";
		return dollars(component.unitPrice()) + " per " + many.replace("seconds of computings", "seconds of computing")
				+ side;
	}

	private static String count(BigDecimal size) {
		if (size.remainder(MILLION).signum() == 0) {
			return size.divide(MILLION).stripTrailingZeros().toPlainString() + "M";
		}
		return size.stripTrailingZeros().toPlainString();
	}

	private static String noun(Pricing.Metric metric) {
		return switch (metric) {
			case IMAGE -> "image";
			case MEGAPIXEL -> "megapixel";
			case PIXEL -> "pixel";
			case MEGAPIXEL_STEP -> "megapixel and step";
			case STEP -> "step";
			case TOKEN -> "token";
			case TOKEN_TEXT -> "text token";
			case TOKEN_IMAGE -> "image token";
			case COMPUTE_SECOND -> "second of computing";
			case REQUEST -> "request";
			case BILLING_UNIT -> "billing unit";
		};
	}

	/** When a component applies and how it is measured; empty for always and simply. */
	static String circumstances(Component component) {
		List<String> words = new ArrayList<>();
		component.conditions().forEach((name, value) -> words.add(name + " " + condition(value)));
		Measure measure = component.measure();
		if (measure.from().signum() > 0) {
			words.add("beyond " + plain(measure.from()));
		}
		measure.to().ifPresent(to -> words.add("up to " + plain(to)));
		measure.atLeast().ifPresent(least -> words.add("at least " + plain(least)));
		measure.atMost().ifPresent(most -> words.add("at most " + plain(most)));
		measure.defaultSteps().ifPresent(steps -> words.add("more for above " + plain(steps) + " steps"));
		if (measure.perInput().signum() > 0) {
			words.add("at most " + plain(measure.perInput()) + " for each picture sent in");
		}
		if (measure.perPartial().signum() > 0) {
			words.add("at most " + plain(measure.perPartial()) + " for each unfinished look");
		}
		component.caps()
			.forEach(cap -> words.add("quoted with at most " + plain(cap.quantity()) + within(cap.conditions())));
		return String.join("; ", words);
	}

	private static String within(Map<String, JsonNode> conditions) {
		return conditions.isEmpty() ? ""
				: " for " + String.join(", ",
						conditions.entrySet()
							.stream()
							.map(entry -> entry.getKey() + " " + condition(entry.getValue()))
							.sorted()
							.toList());
	}

	private static String condition(JsonNode value) {
		if (value.isArray()) {
			List<String> any = new ArrayList<>();
			value.forEach(item -> any.add(item.asString()));
			return String.join(" or ", any);
		}
		if (value.isObject()) {
			String least = value.has("minimum") ? "from " + value.path("minimum").asString() : "";
			String most = value.has("maximum") ? "to " + value.path("maximum").asString() : "";
			return (least + " " + most).strip();
		}
		return value.asString();
	}

	private static String plain(BigDecimal number) {
		return number.stripTrailingZeros().toPlainString();
	}

}
