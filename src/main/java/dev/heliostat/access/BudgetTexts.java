package dev.heliostat.access;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayError.Exhausted;
import dev.heliostat.ledger.Measure;
import dev.heliostat.ledger.Reservation;

/**
 * What callers are told of their budgets.
 */
public final class BudgetTexts {

	/** How every warning about a budget begins. */
	public static final String WARNING = "budget: ";

	private final Budgets budgets;

	public BudgetTexts(Budgets budgets) {
		this.budgets = budgets;
	}

	/** The error of a request that a budget does not have. */
	public GatewayError refusal(Reservation.Refused refused, Instant now) {
		return refusal(this.budgets.find(refused.account().budget()), refused.account().budget(), refused.measure(),
				refused.left(), refused.asked(), now);
	}

	/** The error that a request would get now. */
	public static GatewayError refusal(Budgets.Standing standing, long asked, Instant now) {
		return refusal(Optional.of(standing.budget()), standing.budget().id(), standing.budget().terms().measure(),
				standing.left(), asked, now);
	}

	private static GatewayError refusal(Optional<Budget> budget, String id, Measure measure, long left, long asked,
			Instant now) {
		Optional<Instant> resetsAt = budget.flatMap(known -> known.terms().window().end(now, known.terms().zone()));
		String reset = budget
			.map(known -> resetsAt.map(at -> " It resets at " + at(at, known) + ".")
				.orElse(" It does not reset; only the operator can raise it."))
			.orElse("");
		String message = budget.map(BudgetTexts::name).orElse("A budget") + " has " + amount(measure, left)
				+ " left, and this request may take " + amount(measure, asked) + "." + reset
				+ ((measure == Measure.USD_MICROS) ? " Choose a cheaper model or size, or ask the operator for more."
						: " Ask for less, or ask the operator for more.");
		return new GatewayError.InsufficientQuota(message,
				Optional.of(new Exhausted(id, measure.key(), decimal(measure, left), resetsAt)));
	}

	/** The error of a request whose price nobody knows. */
	public static GatewayError unknownPrice(Budget budget, String model) {
		return new GatewayError.InsufficientQuota("The price of " + model + " is not known here, and "
				+ lower(name(budget)) + " permits known prices only. Choose another model, or ask the operator to "
				+ "enter the price into the catalog.", Optional.empty());
	}

	/** A warning that a budget runs low. */
	public String warning(Reservation.Notice notice, Instant now) {
		Optional<Budget> budget = this.budgets.find(notice.account().budget());
		String reset = budget.flatMap(
				known -> known.terms().window().end(now, known.terms().zone()).map(at -> ", resets " + at(at, known)))
			.orElse("");
		return WARNING + notice.account().budget() + " has taken " + amount(notice.measure(), notice.taken()) + " of "
				+ amount(notice.measure(), notice.limit()) + reset;
	}

	private static String name(Budget budget) {
		Budget.Terms terms = budget.terms();
		return "The budget of " + switch (budget.owner().kind()) {
			case KEY -> "this key";
			case PROJECT -> "this project";
			case USER -> "this end user";
		} + " (" + amount(terms.measure(), terms.measure().units(terms.amount())) + switch (terms.window()) {
			case DAY -> " a day";
			case MONTH -> " a month";
			case TOTAL -> " in total";
		} + ")";
	}

	private static String lower(String text) {
		return "t" + text.substring(1);
	}

	private static String at(Instant instant, Budget budget) {
		return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(instant.atZone(budget.terms().zone()));
	}

	/** An amount for people. */
	static String amount(Measure measure, long units) {
		BigDecimal value = decimal(measure, units);
		return switch (measure) {
			case USD_MICROS -> "USD " + value.movePointLeft(6).stripTrailingZeros().toPlainString();
			case IMAGES -> value.toPlainString() + ((units == 1) ? " picture" : " pictures");
			case MEGAPIXELS -> value.toPlainString() + " megapixels";
		};
	}

	/** An amount in the measure's own unit. */
	public static BigDecimal decimal(Measure measure, long units) {
		BigDecimal value = BigDecimal.valueOf(units).divide(BigDecimal.valueOf(measure.unit())).stripTrailingZeros();
		return (value.scale() < 0) ? value.setScale(0) : value;
	}

}
