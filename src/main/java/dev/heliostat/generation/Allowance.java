package dev.heliostat.generation;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.Budget;
import dev.heliostat.access.BudgetTexts;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Limits;
import dev.heliostat.access.Permit;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.ledger.Measure;
import dev.heliostat.ledger.Reservation.Notice;
import dev.heliostat.ledger.Reservation.Refused;
import dev.heliostat.routing.Candidate;
import dev.heliostat.routing.Plan;
import dev.heliostat.telemetry.GatewayMeters;
import reactor.core.publisher.Mono;

/**
 * What budgets and limits say about orders, in words and figures.
 */
final class Allowance {

	private final Budgets budgets;

	private final Limits limits;

	private final BudgetTexts texts;

	private final BudgetNotices notices;

	private final GatewayMeters meters;

	private final Clock clock;

	Allowance(Budgets budgets, Limits limits, BudgetNotices notices, GatewayMeters meters, Clock clock) {
		this.budgets = budgets;
		this.limits = limits;
		this.texts = new BudgetTexts(budgets);
		this.notices = notices;
		this.meters = meters;
		this.clock = clock;
	}

	/** The right to run an order, as far as limits go. */
	Mono<Permit> permit(Order order) {
		ImageRequest request = order.request();
		double megapixels = Holding.size(request).map(size -> size.pixels() / 1e6).orElse(1.0);
		return this.limits.acquire(order.caller(), request.count(), megapixels * request.count());
	}

	private List<Budget> budgets(Order order) {
		return this.budgets.of(order.caller(), order.endUser());
	}

	/** What a run of an order takes out of budgets, nothing so far. */
	Holding holding(Order order, int earlier) {
		return new Holding(budgets(order), order.endUser(), this.clock.instant(), earlier);
	}

	/**
	 * A plan without the offerings whose price is unknown, where a budget counts dollars;
	 * fails where none is left.
	 */
	Plan priced(Order order, Plan plan) {
		List<Budget> own = budgets(order);
		if (own.isEmpty()) {
			return plan;
		}
		Optional<Budget> inDollars = own.stream()
			.filter(budget -> budget.terms().hard() && budget.terms().measure() == Measure.USD_MICROS)
			.findFirst();
		if (inDollars.isEmpty()) {
			return plan;
		}
		List<Candidate> candidates = new ArrayList<>();
		List<Plan.Exclusion> exclusions = new ArrayList<>(plan.exclusions());
		for (Candidate candidate : plan.candidates()) {
			if (candidate.quote().isPresent()) {
				candidates.add(candidate);
			}
			else {
				exclusions.add(new Plan.Exclusion(candidate.offering().key(),
						"Its price is unknown, and a budget of the caller permits known prices only."));
			}
		}
		if (candidates.isEmpty()) {
			throw BudgetTexts.unknownPrice(inDollars.get(), plan.model().slug()).asException();
		}
		return new Plan(plan.catalog(), plan.model(), candidates, exclusions);
	}

	/** The refusal that a request would meet now, from whomever serves it. */
	Mono<Optional<GatewayError>> refusal(Order order, Plan plan) {
		List<Budget> own = budgets(order);
		if (own.isEmpty()) {
			return Mono.just(Optional.empty());
		}
		return this.budgets.standings(own, order.endUser())
			.map(standings -> standings.stream()
				.filter(standing -> standing.budget().terms().hard())
				.flatMap(standing -> refusal(order, plan, standing).stream())
				.findFirst());
	}

	private Optional<GatewayError> refusal(Order order, Plan plan, Budgets.Standing standing) {
		long least = Long.MAX_VALUE;
		for (Candidate candidate : plan.candidates()) {
			long pictures = order.request().count();
			least = Math.min(least, switch (standing.budget().terms().measure()) {
				case USD_MICROS -> candidate.quoted().micros();
				case IMAGES -> pictures;
				case MEGAPIXELS ->
					Holding.pixels(candidate.request().size(), order.request(), candidate.model()) * pictures;
			});
		}
		return (least > standing.left()) ? Optional.of(BudgetTexts.refusal(standing, least, this.clock.instant()))
				: Optional.empty();
	}

	GatewayError refusal(Refused refused) {
		this.meters.budget("refused", refused.measure().key());
		return this.texts.refusal(refused, this.clock.instant());
	}

	/** Tells a caller that budgets run low, and once in a window the operator. */
	void low(Run run, List<Notice> low) {
		for (Notice notice : low) {
			String warning = this.texts.warning(notice, this.clock.instant());
			run.warn(warning);
			this.meters.budget("warned", notice.measure().key());
			if (notice.first()) {
				this.notices.tell(run.order().caller().project(), notice, warning);
			}
		}
	}

}
