package dev.heliostat.pricing;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Pricing;
import dev.heliostat.catalog.Pricing.Component;
import dev.heliostat.catalog.Pricing.Type;
import dev.heliostat.image.Money;
import dev.heliostat.image.ProviderResult;
import tools.jackson.databind.JsonNode;

/**
 * Turns price components into quotes before, and charges after, a submission. Components
 * of one type, metric and range are alternatives that their conditions choose between;
 * all others are added up.
 */
public final class Pricer {

	/**
	 * What a submission would cost at most: where a condition cannot be judged yet, the
	 * dearest alternative counts.
	 * @return empty when the price is unknown
	 */
	public Optional<Quote> quote(Offering offering, Work work) {
		if (offering.pricing().isEmpty()) {
			return Optional.empty();
		}
		Pricing pricing = offering.pricing().get();
		if (pricing.components().isEmpty()) {
			return pricing.free() ? Optional.of(Quote.FREE) : Optional.empty();
		}
		List<Quote.Line> lines = new ArrayList<>();
		BigDecimal sum = BigDecimal.ZERO;
		boolean output = false;
		for (List<Component> alternatives : groups(pricing)) {
			Optional<Quote.Line> dearest = Optional.empty();
			for (Component component : possible(alternatives, work)) {
				Optional<Quantities.Amount> quantity = Quantities.expected(component, work);
				if (quantity.isEmpty()) {
					return Optional.empty();
				}
				Quote.Line line = line(component, quantity.get());
				if (dearest.isEmpty() || line.cost().compareTo(dearest.get().cost()) > 0) {
					dearest = Optional.of(line);
				}
			}
			if (dearest.isPresent()) {
				Quote.Line line = dearest.get();
				output |= line.type() == Type.OUTPUT;
				lines.add(line);
				sum = sum.add(line.cost());
			}
		}
		return output ? Optional.of(new Quote(Money.ceiling(sum), lines)) : Optional.empty();
	}

	/**
	 * The alternatives that may apply: those that nothing speaks against, without those
	 * that a more specific one replaces for certain.
	 */
	private static List<Component> possible(List<Component> alternatives, Work work) {
		int specific = 0;
		for (Component component : alternatives) {
			if (Conditions.judge(component.conditions(), work.pricedBy()) == Conditions.Verdict.HOLD) {
				specific = Math.max(specific, component.conditions().size());
			}
		}
		List<Component> possible = new ArrayList<>();
		for (Component component : alternatives) {
			switch (Conditions.judge(component.conditions(), work.pricedBy())) {
				case HOLD -> {
					if (component.conditions().size() == specific) {
						possible.add(component);
					}
				}
				case POSSIBLE -> possible.add(component);
				case FAIL -> {
					// Another value was asked for.
				}
			}
		}
		return possible;
	}

	/**
	 * What a finished submission cost. The provider's own figure wins; else the
	 * components are applied to what the result says of itself.
	 * @param quote what was held, taken where the result does not say what a component
	 * needs
	 */
	public Money charge(Offering offering, Work work, ProviderResult result, Money quote) {
		if (result.reportedCost().isPresent()) {
			return Money.halfUp(result.reportedCost().get());
		}
		if (offering.pricing().isEmpty()) {
			return quote;
		}
		Map<String, JsonNode> known = known(work, result);
		BigDecimal sum = BigDecimal.ZERO;
		for (List<Component> alternatives : groups(offering.pricing().get())) {
			Optional<BigDecimal> cost = Quantities.isTokens(alternatives.getFirst().metric())
					? tokenCost(alternatives, result) : cost(alternatives, work, known, result);
			if (cost.isEmpty()) {
				return quote;
			}
			sum = sum.add(cost.get());
		}
		return Money.halfUp(sum);
	}

	private static Map<String, JsonNode> known(Work work, ProviderResult result) {
		if (result.facts().isEmpty()) {
			return work.pricedBy();
		}
		Map<String, JsonNode> known = new HashMap<>(work.pricedBy());
		known.putAll(result.facts());
		return known;
	}

	/**
	 * Applies the alternative whose conditions hold most specifically; those told by the
	 * result come first.
	 */
	private static Optional<BigDecimal> cost(List<Component> alternatives, Work work, Map<String, JsonNode> known,
			ProviderResult result) {
		Optional<Component> chosen = Optional.empty();
		int best = -1;
		boolean undecided = false;
		for (Component component : alternatives) {
			Conditions.Verdict verdict = Conditions.judge(component.conditions(), known);
			if (verdict == Conditions.Verdict.HOLD) {
				int rank = component.conditions().size();
				for (String field : component.conditions().keySet()) {
					rank += result.facts().containsKey(field) ? 100 : 0;
				}
				if (rank > best) {
					best = rank;
					chosen = Optional.of(component);
				}
			}
			undecided |= verdict == Conditions.Verdict.POSSIBLE;
		}
		if (chosen.isEmpty()) {
			return undecided ? Optional.empty() : Optional.of(BigDecimal.ZERO);
		}
		Component component = chosen.get();
		return Quantities.actual(component, work, result).map(amount -> line(component, amount).cost());
	}

	/** Splits the usage between the plain and the cached price of a kind of token. */
	private static Optional<BigDecimal> tokenCost(List<Component> alternatives, ProviderResult result) {
		if (result.usage().isEmpty()) {
			return Optional.empty();
		}
		BigDecimal sum = BigDecimal.ZERO;
		boolean cachedPriced = alternatives.stream().anyMatch(Quantities::isCached);
		for (Component component : alternatives) {
			BigDecimal tokens = BigDecimal.valueOf(Quantities.tokens(component, result.usage().get(), cachedPriced));
			sum = sum.add(price(component, tokens));
		}
		return Optional.of(sum);
	}

	private static Quote.Line line(Component component, Quantities.Amount amount) {
		return new Quote.Line(component.type(), component.metric(), amount.used(), amount.billable(),
				component.unitPrice(), price(component, amount.billable()));
	}

	private static BigDecimal price(Component component, BigDecimal quantity) {
		BigDecimal price = component.unitPrice().multiply(quantity);
		return component.unitSize().equals(BigDecimal.ONE) ? price
				: price.divide(component.unitSize(), MathContext.DECIMAL128);
	}

	/** The components, those together that are alternatives. */
	private static List<List<Component>> groups(Pricing pricing) {
		List<List<Component>> groups = new ArrayList<>();
		for (Component component : pricing.components()) {
			group(groups, component).add(component);
		}
		return groups;
	}

	private static List<Component> group(List<List<Component>> groups, Component component) {
		for (List<Component> group : groups) {
			if (areAlternatives(group.getFirst(), component)) {
				return group;
			}
		}
		List<Component> fresh = new ArrayList<>();
		groups.add(fresh);
		return fresh;
	}

	private static boolean areAlternatives(Component one, Component other) {
		return one.type() == other.type() && one.metric() == other.metric()
				&& one.measure().from().equals(other.measure().from())
				&& one.measure().to().equals(other.measure().to());
	}

}
